import asyncio

from community.common.open_streams import OpenStream
from community.common.sse import Event, event_stream


async def collect(response):
    return b"".join([part async for part in response.streaming_content])


def test_events_are_written_as_the_standard_says():
    events = [Event("two\nlines", event="note", id="7"), Event({"学": 1})]
    assert [event.encode().decode() for event in events] == [
        "event: note\nid: 7\ndata: two\ndata: lines\n\n",
        'data: {"学": 1}\n\n',
    ]


async def slow(closed, pause):
    try:
        for n in range(3):
            await asyncio.sleep(pause)
            yield Event(str(n))
    finally:
        closed.append(True)


def test_silence_is_filled_with_heartbeats_and_no_event_is_lost():
    """There is nothing to tell until two heartbeats were heard, three times."""

    async def scenario():
        heard, closed = asyncio.Semaphore(0), []

        async def events():
            try:
                for n in range(3):
                    await heard.acquire()
                    await heard.acquire()
                    yield Event(str(n))
            finally:
                closed.append(True)

        told = []
        async with asyncio.timeout(60):
            async for part in event_stream(events(), OpenStream("net"), heartbeat=0.02).streaming_content:
                told.append(part.decode())
                if ": still here" in told[-1]:
                    heard.release()
        return "".join(told), closed

    text, closed = asyncio.run(scenario())
    assert [line for line in text.split("\n\n") if line.startswith("data")] == ["data: 0", "data: 1", "data: 2"]
    assert text.count(": still here") >= 6
    assert closed == [True]


def test_a_stream_ends_when_its_time_is_over():
    async def scenario():
        closed = []
        text = await collect(event_stream(slow(closed, 60), OpenStream("net"), heartbeat=0.01, max_seconds=0.05))
        return text, closed

    text, closed = asyncio.run(scenario())
    assert b"data" not in text
    assert closed == [True]


def test_a_reader_who_leaves_ends_the_generator():
    async def scenario():
        closed = []
        stream = event_stream(slow(closed, 0), OpenStream("net"), heartbeat=1).streaming_content
        await anext(stream)
        await stream.aclose()
        return closed

    assert asyncio.run(scenario()) == [True]
