"""The ASGI application: few threads for pages, none for streams, and nothing of one request left for the next."""

import asyncio
import threading
from contextlib import contextmanager

import psycopg
import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation
from psycopg_pool import ConnectionPool

from community import urls as site
from community.common import afterwards, asgi
from community.common.asgi import Application
from community.common.connections import check_idle
from tests.clocks import SkippingLoop

pytestmark = pytest.mark.django_db
THREADS = 3
SCRIPT = "/static/community/js/theme.js"
seen: list[str] = []
beginning: list[object] = []
together: list[int] = []
gate = threading.Event()
arrived = threading.Semaphore(0)


def busy(request):
    seen.append(threading.current_thread().name)
    arrived.release()
    assert gate.wait(60)
    return HttpResponse("done")


def speak(request):
    before = translation.get_language()
    translation.activate("zh-hans")
    return HttpResponse(before)


def leave(request):
    afterwards.add("wait", lambda: gate.wait(60) and seen.append("done"))
    afterwards.add("fail", broken)
    return HttpResponse("sent")


def broken():
    raise OperationalError("no database")


def parts(request):
    return StreamingHttpResponse(iter(["one, ", "two"]))


async def stream(request):
    async def events():
        yield b"data: hello\n\n"

    return StreamingHttpResponse(events(), content_type="text/event-stream")


async def slow_stream(request):
    beginning.append(request)
    together.append(len(beginning))
    await asyncio.sleep(0.05)
    beginning.remove(request)
    return await stream(request)


async def endless(request):
    async def events():
        yield b"data: hello\n\n"
        await asyncio.sleep(60)

    return StreamingHttpResponse(events(), content_type="text/event-stream")


urlpatterns = [
    path("busy/", busy),
    path("static/busy", busy),
    path("slow-stream/", slow_stream),
    path("endless/", endless),
    path("speak/", speak),
    path("leave/", leave),
    path("parts/", parts),
    path("stream/", stream),
    *site.urlpatterns,
]


@pytest.fixture(autouse=True)
def _small(settings):
    settings.PAGE_THREADS, settings.ROOT_URLCONF = THREADS, __name__
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("Preferences")]
    gate.clear()
    seen.clear()
    while arrived.acquire(blocking=False):
        pass


async def ask(application: Application, address: str) -> tuple[int, str]:
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": address, "query_string": b""}
    request = ApplicationCommunicator(application, scope | {"headers": [(b"host", b"testserver")]})
    await request.send_input({"type": "http.request", "body": b""})
    status, body, more = (await request.receive_output(60))["status"], b"", True
    while more:
        part = await request.receive_output(60)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await request.wait(60)
    return status, body.decode()


@contextmanager
def counted_ends():
    ends: list[str] = []

    def end(**_):
        ends.append(threading.current_thread().name)

    request_finished.connect(end)
    try:
        yield ends
    finally:
        request_finished.disconnect(end)


def test_pages_that_wait_share_few_threads():
    async def scenario():
        application = Application()
        pages = [asyncio.create_task(ask(application, "/busy/")) for _ in range(4 * THREADS)]
        for _ in range(THREADS):
            await asyncio.to_thread(arrived.acquire)
        alive, streamed = await ask(application, "/healthz"), await ask(application, "/stream/")
        in_progress = len(seen)
        gate.set()
        return alive, streamed, in_progress, await asyncio.gather(*pages)

    alive, streamed, in_progress, pages = asyncio.run(scenario())
    assert alive == (200, "ok\n")
    assert streamed == (200, "data: hello\n\n")
    assert in_progress == THREADS == len(set(seen))
    assert pages == [(200, "done")] * 4 * THREADS


@pytest.mark.parametrize("together", [1, 2])
def test_few_pages_run_at_once_and_health_files_and_streams_wait_for_none_of_them(together, settings, monkeypatch):
    monkeypatch.setattr(asgi, "PATIENCE", 60)
    settings.PAGES_RUN = together

    async def scenario():
        application = Application()
        first = [asyncio.create_task(ask(application, "/busy/")) for _ in range(together)]
        for _ in first:
            await asyncio.to_thread(arrived.acquire)
        waiting = [asyncio.create_task(ask(application, "/busy/")) for _ in range(2 * THREADS)]
        others = [await ask(application, address) for address in ("/healthz", "/stream/", SCRIPT)]
        running = len(seen)
        gate.set()
        return others, running, await asyncio.gather(*first, *waiting)

    others, running, pages = asyncio.run(scenario())
    assert others[:2] == [(200, "ok\n"), (200, "data: hello\n\n")] and others[2][0] == 200
    assert running == together
    assert pages == [(200, "done")] * (together + 2 * THREADS)
    assert len(seen) == len(pages)


def test_files_leave_threads_to_pages(monkeypatch):
    """An address of a file may be that of none, whose page is made like any other."""
    monkeypatch.setattr(asgi, "PATIENCE", 60)

    async def scenario():
        application = Application()
        files = [asyncio.create_task(ask(application, "/static/busy")) for _ in range(2 * THREADS)]
        for _ in range(asgi.FILES_RUN):
            await asyncio.to_thread(arrived.acquire)
        page = await asyncio.wait_for(ask(application, "/speak/"), 60)
        running = len(seen)
        gate.set()
        return page, running, await asyncio.gather(*files)

    page, running, files = asyncio.run(scenario())
    assert page == (200, "en")
    assert running == asgi.FILES_RUN < THREADS
    assert files == [(200, "done")] * 2 * THREADS


def test_a_place_is_given_back_once():
    async def scenario():
        places = asgi.Places(1, patience=0.01)
        async with places.place(), places.place():  # the first keeps it for too long
            assert places.free.locked()
        async with places.place():
            assert places.free.locked()
        try:
            async with places.place():
                raise ValueError
        except ValueError:
            assert not places.free.locked()
        async with places.place():
            assert places.free.locked()

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_the_language_of_one_request_is_not_that_of_the_next_in_its_thread(settings):
    settings.PAGE_THREADS = 1

    async def scenario():
        application = Application()
        return [await ask(application, "/speak/") for _ in range(2)]

    assert asyncio.run(scenario()) == [(200, "en")] * 2


def test_every_request_ends_once_in_the_thread_that_answered_it():
    with counted_ends() as ends:
        asyncio.run(ask(Application(), "/speak/"))
    assert len(ends) == 1 and ends[0].startswith("page")


def test_a_page_is_sent_before_what_it_leaves_to_do():
    application = Application()
    assert asyncio.run(ask(application, "/leave/")) == (200, "sent")
    assert seen == []
    gate.set()
    application.threads.shutdown(wait=True)
    assert seen == ["done"]


def test_a_page_in_parts_is_sent_whole_and_ends_once():
    with counted_ends() as ends, pytest.warns(Warning, match="StreamingHttpResponse must consume"):
        assert asyncio.run(ask(Application(), "/parts/")) == (200, "one, two")
    assert len(ends) == 1


def test_a_site_below_a_path_finds_its_streams(settings):
    async def scenario():
        scope = {"type": "http", "method": "GET", "root_path": "/site", "path": "/site/stream/", "query_string": b""}
        request = ApplicationCommunicator(Application(), scope | {"headers": [(b"host", b"testserver")]})
        await request.send_input({"type": "http.request", "body": b""})
        start = await request.receive_output(60)
        await request.wait(60)
        return dict(start["headers"])[b"Content-Type"]

    assert asyncio.run(scenario()) == b"text/event-stream"


def test_a_pool_hands_out_no_connection_that_the_server_has_closed(postgres_url):
    with (
        ConnectionPool(postgres_url, min_size=1, max_size=1, check=check_idle, kwargs={"autocommit": True}) as pool,
        psycopg.connect(postgres_url, autocommit=True) as other,
    ):
        with pool.connection() as first:
            key = first.info.backend_pid
        with pool.connection() as again:
            assert again.info.backend_pid == key
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [key])
        with pool.connection() as fresh:
            assert fresh.execute("SELECT 1").fetchone() == (1,)
            assert fresh.info.backend_pid != key


def test_streams_begin_a_few_at_a_time_and_then_make_room(monkeypatch):
    monkeypatch.setattr(asgi, "STREAMS_BEGIN", 1)

    async def scenario():
        application = Application()
        streams = [asyncio.create_task(ask(application, "/slow-stream/")) for _ in range(5)]
        return await asyncio.gather(*streams)

    together.clear()
    assert asyncio.run(scenario()) == [(200, "data: hello\n\n")] * 5
    assert together == [1] * 5


def test_an_open_stream_keeps_no_other_from_beginning(monkeypatch):
    monkeypatch.setattr(asgi, "STREAMS_BEGIN", 1)

    async def scenario():
        application = Application()
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/endless/", "query_string": b""}
        first = ApplicationCommunicator(application, scope | {"headers": [(b"host", b"testserver")]})
        await first.send_input({"type": "http.request", "body": b""})
        assert (await first.receive_output(60))["status"] == 200
        second = await ask(application, "/stream/")
        await first.send_input({"type": "http.disconnect"})
        await first.wait(60)
        return second

    assert asyncio.run(scenario()) == (200, "data: hello\n\n")


def test_a_stream_whose_request_never_ends_keeps_no_other_from_beginning(monkeypatch):
    monkeypatch.setattr(asgi, "STREAMS_BEGIN", 1)

    async def scenario():
        application = Application()
        scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/stream/", "query_string": b""}
        slow = ApplicationCommunicator(application, scope | {"headers": [(b"host", b"testserver")]})
        await slow.send_input({"type": "http.request", "body": b"x", "more_body": True})
        second = await ask(application, "/stream/")
        await slow.send_input({"type": "http.disconnect"})
        await slow.wait(60)
        return second

    assert asyncio.run(scenario()) == (200, "data: hello\n\n")


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch):
    """Those that come a little at a time are, too; one that brings enough each time may take longer in all."""
    monkeypatch.setattr(asgi, "BODY_BYTES", 100)

    async def sent(address: str, pieces: list[bytes], seconds: float, *, ends: bool = False) -> int:
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": address, "query_string": b""}
        request = ApplicationCommunicator(Application(), scope | {"headers": [(b"host", b"testserver")]})
        for piece in pieces:
            await request.send_input({"type": "http.request", "body": piece, "more_body": True})
            while not (request.input_queue.empty() or request.future.done()):
                await asyncio.sleep(0)
            asyncio.get_running_loop().skip(seconds)
            await asyncio.sleep(0)  # by now it is later
        if ends:
            await request.send_input({"type": "http.request", "body": b"", "more_body": False})
        return (await request.receive_output(60))["status"]

    async def scenario():
        return [
            await sent("/speak/", [b"x"], 61),
            await sent("/stream/", [b"x"], 61),
            await sent("/speak/", [b"x"] * 8, 12),
            await sent("/speak/", [b"x" * 100] * 8, 12, ends=True),
        ]

    *slow, steady = asyncio.run(scenario(), loop_factory=SkippingLoop)
    assert slow == [408] * 3
    assert steady == 403  # from nowhere, and read
