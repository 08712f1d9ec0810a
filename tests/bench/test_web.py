import asyncio
import os
import socket
import subprocess
import sys
import threading

import pytest

from bench import web
from bench.load.community import Community
from bench.load.texts import SHAPES
from bench.traffic import client, meters
from bench.traffic.pages import catalogue, statements
from community.content.models import Post

pytestmark = pytest.mark.full


@pytest.fixture
def filled(transactional_db):
    Community(SHAPES["tiny"], say=lambda line: None).write()


def test_every_page_is_measured_and_a_reply_is_written(filled, live_server, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
    found = catalogue()
    port = live_server.thread.port
    meter = meters.Meter({"web": lambda: [os.getpid()], "jobs": list})
    rows = [
        web.warm(port, page | {"queries": statements(page["path"], page["cookie"])}, meter, seconds=0.05, connections=2)
        for page in found["pages"]
        if page["name"].startswith(("front", "thread of 20", "category", "notifications"))
    ]
    assert [(row["name"], row["status"], row["errors"]) for row in rows if row["status"] != 200 or row["errors"]] == []
    names = [row["name"] for row in rows]
    assert {"front", "front, member", "thread of 20", "thread of 20, member", "notifications, member"} <= set(names)
    assert all(row["queries"] > 0 and row["requests"] > 1 and row["gzip"] < row["bytes"] for row in rows)
    before = Post.objects.count()
    reply = web.replies(port, found, meter, 3)
    assert (reply["errors"], Post.objects.count() - before) == (0, 5)  # two of them warm up
    lines = list(web.table({"pages": rows, "memory": {}, "reply": reply, "deployment": "", "size": "", "cores": 1}))
    assert len([line for line in lines if line.startswith("| ")]) == len(rows) + 1


def test_processor_time_is_counted_of_a_whole_tree():
    burns = "import time\nwhile time.process_time() < 0.5: pass"
    runs_it = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burns!r}])"
    parent = f"{runs_it}\nprint('ended', flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as root:
        assert root.stdout.readline() == b"ended\n"
        used = meters.cpu_seconds(meters.tree([root.pid]))
        root.communicate(b"\n")
    assert 0.4 <= used < 60  # each counter of the kernel is cut to a hundredth


def test_a_percentile_is_a_value_that_was_seen():
    values = list(range(1, 101))
    assert [client.percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert client.percentile([], 0.5) == 0.0
    assert client.percentile([7.0], 0.01) == 7.0


ANSWERS = {
    b"/plain": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    b"/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=1\r\nc\r\n0\r\n\r\n",
    b"/same": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    b"/last": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
def replying():
    """A server that answers by the table above; any other path ends the connection."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_reply_to_all, args=(door,), daemon=True).start()
        yield door.getsockname()[1]


def _reply_to_all(door: socket.socket) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        with line:
            while asked := line.recv(65536):
                answer = ANSWERS.get(asked.split(b" ")[1])
                if answer is None:
                    break
                line.sendall(answer)
                if b"close" in answer:
                    break


def test_the_client_reads_every_form_of_answer_on_kept_connections(replying):
    async def ask_all():
        connection = client.Connection(replying)
        paths = ("/plain", "/chunks", "/same", "/last", "/plain", "/broken", "/chunks")
        answers = [await connection.ask(client.Call(path, path)) for path in paths]
        connection.close()
        return answers

    answers = asyncio.run(ask_all())
    assert [answer.status for answer in answers] == [200, 200, 304, 200, 200, 0, 200]
    assert [answer.body for answer in answers] == [b"abc", b"abc", b"", b"", b"abc", b"", b"abc"]
    assert answers[2].header("etag") == "x"
