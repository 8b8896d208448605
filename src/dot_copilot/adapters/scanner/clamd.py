"""ClamAV's daemon, by its own protocol: `zINSTREAM`, chunks with their length before them, and a word of answer (clamd(8))."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from dot_copilot.core.ports import ScanRefused

_CONNECT = 3.0
_ANSWER = 120.0
_CHUNK = 256 * 1024
_LONGEST = 4096
_TOO_LARGE = b"size limit exceeded"


class Clamd:
    """`address` is host:port, or the path of a local socket. One connection a file, as clamd wants it."""

    name = "clamd"

    def __init__(self, address: str) -> None:
        self._address = address

    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        """Streams the file to clamd, which may answer, and hang up, before it has had all of it."""
        async with self._connected() as (reader, writer):
            writer.write(b"zINSTREAM\0")
            # clamd that has seen enough (its StreamMaxLength) answers and hangs up in the middle: listen while sending.
            answer = asyncio.create_task(reader.read(_LONGEST))
            try:
                with suppress(ConnectionResetError, BrokenPipeError):
                    await _send(writer, chunks, answer)
                return _verdict(await asyncio.wait_for(answer, _ANSWER))
            finally:
                answer.cancel()

    async def ready(self) -> None:
        """PING is answered by PONG."""
        async with self._connected() as (reader, writer):
            writer.write(b"zPING\0")
            answer = await asyncio.wait_for(reader.read(_LONGEST), _CONNECT)
        if answer.rstrip(b"\0\n") != b"PONG":
            raise ConnectionError(f"clamd at {self._address} answered a PING with {answer[:40]!r}")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            reader, writer = await asyncio.wait_for(self._connect(), _CONNECT)
        except (TimeoutError, OSError) as error:
            raise ConnectionError(f"clamd at {self._address}: {type(error).__name__}") from error
        try:
            yield reader, writer
        except TimeoutError as error:
            raise ConnectionError(f"clamd at {self._address} does not answer in time") from error
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


async def _send(writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes], answer: asyncio.Task[bytes]) -> None:
    async for chunk in chunks:
        for place in range(0, len(chunk), _CHUNK):
            if answer.done():
                return
            piece = chunk[place : place + _CHUNK]
            writer.write(struct.pack(">I", len(piece)) + piece)
            await asyncio.wait_for(writer.drain(), _ANSWER)
            await asyncio.sleep(0)
    writer.write(struct.pack(">I", 0))
    await asyncio.wait_for(writer.drain(), _ANSWER)


def _verdict(answer: bytes) -> str | None:
    """`stream: OK`, `stream: NAME FOUND`, or a line that ends in ERROR."""
    line = answer.rstrip(b"\0\r\n ")
    if line.endswith(b" OK"):
        return None
    if line.endswith(b" FOUND"):
        return line.removesuffix(b" FOUND").partition(b": ")[2].decode("utf-8", "replace")
    if _TOO_LARGE in line:
        raise ScanRefused("is larger than the virus scanner takes (its StreamMaxLength)")
    raise ConnectionError(f"clamd answered {line[:120]!r}")
