"""Carry connections to services on loopback: python -m tests.relay ADDRESS PORT [PORT…]

Prints the ports that ADDRESS listens on, one for each given one, in one line.
"""

import asyncio
import sys
from contextlib import suppress


async def main(address: str, ports: list[int]) -> None:
    doors = [await asyncio.start_server(_carrier(port), address, 0) for port in ports]
    print(*(door.sockets[0].getsockname()[1] for door in doors), flush=True)
    await asyncio.Event().wait()


def _carrier(port: int):
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))

    return carry


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [int(port) for port in sys.argv[2:]]))
