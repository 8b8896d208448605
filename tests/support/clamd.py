"""A small clamd: the real protocol (zPING, zINSTREAM, StreamMaxLength), and one signature, that of the EICAR test file."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# The EICAR test file is harmless, and every scanner finds it. Kept in two pieces, so that none finds it in this repository.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class SmallClamd:
    """`sizes`: how much of each file arrived, before the answer."""

    def __init__(self, stream_max: int) -> None:
        self.stream_max = stream_max
        self.sizes: list[int] = []
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one command."""
        try:
            command = await reader.readuntil(b"\0")
            if command == b"zPING\0":
                writer.write(b"PONG\0")
            elif command == b"zINSTREAM\0":
                writer.write(await self._instream(reader) + b"\0")
            else:
                writer.write(b"UNKNOWN COMMAND\0")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _instream(self, reader: asyncio.StreamReader) -> bytes:
        data = bytearray()
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            data += await reader.readexactly(length)
            if len(data) > self.stream_max:
                self.sizes.append(len(data))
                return b"INSTREAM size limit exceeded. ERROR"
        self.sizes.append(len(data))
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"


@asynccontextmanager
async def small_clamd(stream_max: int = 25 << 20) -> AsyncIterator[SmallClamd]:
    """Listens while the block runs."""
    clamd = SmallClamd(stream_max)
    server = await asyncio.start_server(clamd.answer, "127.0.0.1", 0, limit=1 << 20)
    clamd.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield clamd
