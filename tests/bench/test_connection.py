"""A connection of the benchmarks' client."""

import asyncio

import pytest

from bench.traffic.client import Call, Connection

pytestmark = pytest.mark.full

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_one_that_the_server_has_closed_meanwhile_is_opened_again():
    """Servers close those on which nothing was asked for some seconds; that is no error of the page asked for next."""

    async def scenario():
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, asyncio.timeout(60):
            connection = Connection(server.sockets[0].getsockname()[1])
            answers = []
            for _ in range(3):
                answers.append(await connection.ask(Call("page", "/")))
                while connection._reader is not None and not connection._reader.at_eof():
                    await asyncio.sleep(0.01)
            connection.close()
            return answers

    assert [answer.status for answer in asyncio.run(scenario())] == [200] * 3
