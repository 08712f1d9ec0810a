"""Child processes: slow, dead, large or noisy ones never affect their worker."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from community.rendering import Context, Rendered
from community.rendering.context import VERSION
from community.rendering.pool import Pool
from community.rendering.process import Child, TimedOut
from community.rendering.protocol import ChildFailed
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[3]
SLOW = "Formatting took longer than 1.2 seconds, so the text is shown as written."
FAILED = "The text could not be formatted just now, so it is shown as written."


def in_the_end(pool: Pool, text: str, context: Context | None = None) -> Rendered:
    """Render what takes a moment: on a machine that stalls, perhaps not at the first try."""
    for _try in range(10):
        found = pool.render(text, context)
        if found.notice != SLOW:
            break
    return found


def fence(name: str) -> Context:
    return Context(fences={"bp": f"tests.community.rendering.fences_for_tests.{name}"})


@pytest.fixture(scope="module")
def pool():
    pool = Pool()
    assert pool.warm()
    yield pool
    pool.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_text_is_rendered_in_a_child(pool):
    rendered, seconds = pool.render_timed("**a** $x$ \ud800", Context(prefix="p1-"))
    assert rendered.html.startswith("<p><strong>a</strong> <math>")
    assert 0 < seconds < 60
    assert (rendered.notice, rendered.version) == ("", VERSION)


@pytest.mark.parametrize("name", ["sleeps", "spins"])
def test_a_text_that_takes_too_long_comes_back_as_it_was_written(pool, name):
    eventually(lambda: pool._idle)
    rendered = pool.render("word\n\n```bp\nx\n```", fence(name))
    assert (rendered.notice, rendered.version) == (SLOW, 0)
    assert (
        rendered.html
        == f'<p class="render-notice">{SLOW}</p>\n<pre class="as-written" tabindex="0">word\n\n```bp\nx\n```</pre>'
    )


def test_an_answer_that_is_there_is_read_however_late(monkeypatch):
    """Whoever waits for it may have stalled, with the whole machine or for other threads of its process."""
    child = Child()
    child.wait_until_ready()
    receive = child._receive

    def stalled(deadline):
        assert select.select([child._out], [], [], 60)[0]
        return receive(time.monotonic() - 1)

    monkeypatch.setattr(child, "_receive", stalled)
    answer = child.ask({"source": "Then $x^2$.", "context": Context().as_dict()}, time.monotonic() + 60)
    assert "<math" in answer["rendered"]["html"]
    child.end()


def test_a_warm_spare_answers_after_a_loss(pool):
    eventually(lambda: len(pool._idle) == 2)
    [spare, taken] = pool._idle
    pool.render("```bp\nx\n```", fence("sleeps"))
    assert pool._idle[-1] is spare and not is_alive(taken.process.pid)
    assert in_the_end(pool, "**a**").html == "<p><strong>a</strong></p>"


def test_a_child_that_dies_leaves_the_text_as_it_was_written(pool):
    rendered = pool.render("```bp\nx\n```", fence("dies"))
    assert (rendered.notice, rendered.version) == (FAILED, 0)
    assert in_the_end(pool, "a").html == "<p>a</p>"


def test_a_child_killed_while_idle_is_no_more_than_one_lost_answer(pool):
    assert in_the_end(pool, "a").notice == ""
    victims = [child.process.pid for child in pool._idle]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    for _attempt in range(len(victims)):
        assert pool.render("a").html in {
            "<p>a</p>",
            f'<p class="render-notice">{FAILED}</p>\n<pre class="as-written" tabindex="0">a</pre>',
        }
    assert in_the_end(pool, "a").html == "<p>a</p>"


def test_a_child_has_no_more_than_its_memory(pool):
    rendered = pool.render("word\n\n```bp\nx\n```", fence("eats"))
    assert "word" in rendered.html and "<code" in rendered.html
    assert in_the_end(pool, "a").html == "<p>a</p>"


def test_what_a_fence_prints_is_no_part_of_the_answer(pool):
    assert in_the_end(pool, "```bp\nx\n```", fence("prints")).html == "<p>quiet</p>"


def test_many_threads_get_each_their_own_answer(pool):
    answers = {}

    def ask(number: int) -> None:
        answers[number] = in_the_end(pool, f"text {number} $x_{{{number}}}$").text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"text {number} $x_{{{number}}}$" for number in range(40)}
    assert len(pool._idle) + len(pool._busy) <= 2


def test_a_large_text_goes_through_the_pipe_whole(pool):
    text = "反向传播 " * 19_000
    assert in_the_end(pool, text, Context(kind="article")).html.count("反向传播") == 19_000


def test_a_child_ends_when_its_parent_is_killed():
    script = (
        "from community.rendering.pool import Pool; import time\n"
        "pool = Pool(); pool.warm(); pool.render('a')\n"
        "while not pool._idle:\n    time.sleep(0.01)\n"
        "print(*(c.process.pid for c in pool._idle), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True) as parent:
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert children and all(map(is_alive, children))
        parent.kill()
    eventually(lambda: not any(map(is_alive, children)))


def test_a_forked_process_gets_children_of_its_own():
    script = (
        "import os; from community.rendering import pool\n"
        "pool.warm(); first = pool.render('a').html\n"
        "pid = os.fork()\n"
        "pool.warm(); second = pool.render('b').html\n"
        "print(first, second, flush=True)\n"
        "pid and os.waitpid(pid, 0)\n"
        "os._exit(0) if not pid else None"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, cwd=ROOT, text=True, timeout=120
    )
    assert answer.stdout.splitlines() == ["<p>a</p> <p>b</p>"] * 2


def test_a_closed_pool_leaves_no_process():
    pool = Pool(size=1)
    pool.warm()
    (child,) = pool._idle
    pool.close()
    assert not is_alive(child.process.pid)
    assert pool.render("word").notice == FAILED


def test_a_child_knows_no_secret(monkeypatch):
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    child = Child()
    try:
        child.wait_until_ready()
        assert b"secret" not in Path(f"/proc/{child.process.pid}/environ").read_bytes()
    finally:
        child.end()


def test_a_child_needs_no_django():
    script = (
        "import sys; import community.rendering.child, community.rendering.pipeline; print('django' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, text=True, check=True)
    assert answer.stdout == "False\n"


class NeverReady:
    """A child that does not start, and says how."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def wait_until_ready(self) -> None:
        raise self.error

    def end(self) -> None:
        pass


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (TimedOut(), "WARNING", "A rendering child was not ready within 15 s"),
        (ChildFailed("the process has ended"), "ERROR", "A rendering child did not start: the process has ended"),
    ],
)
def test_children_that_do_not_start_are_a_sentence_in_the_log(caplog, error, level, words):
    caplog.set_level("WARNING", logger="community.rendering.pool")
    pool = Pool(size=1, start=lambda fences: NeverReady(error))
    assert pool.render("a").notice == FAILED
    told = {(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records}
    assert told == {(level, words, None), ("WARNING", "A rendering child failed: no child is free", None)}
    pool.close()
