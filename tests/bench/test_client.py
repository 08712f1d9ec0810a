"""The client of the benchmarks: calls that are due are sent, whoever else still waits for an answer."""

import asyncio

import pytest

from bench.traffic.client import Call, send

pytestmark = pytest.mark.full

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def _sent(*, together: int, **pace):
    """Send calls to a server that answers when so many wait; return the answers, and how many connections it saw."""
    connections = []

    async def scenario():
        waiting = asyncio.Barrier(together)

        async def serve(reader, writer):
            connections.append(writer)
            while await reader.readline():
                await reader.readuntil(b"\r\n\r\n")
                await waiting.wait()
                writer.write(ANSWER)
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await send(port, lambda: Call("page", "/"), **pace)

    return asyncio.run(scenario()), len(connections)


def test_without_a_rate_each_connection_waits_for_its_answer():
    answers, connections = _sent(together=1, connections=2, seconds=0.2)
    assert connections == 2 and len(answers) >= 2
    assert {answer.status for answer in answers} == {200}


def test_a_call_that_is_due_waits_for_nobody_elses_answer():
    answers, connections = _sent(together=10, connections=1, seconds=0.5, rate=20.0)
    assert len(answers) == connections == 10
    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) >= 0.4  # the first waited for the last
