"""A transport that sends the head of an answer together with its body.

uvicorn writes both one after the other, and uvloop sends each at once. A process that is killed in between leaves a client with
a head alone: nginx has passed it on, and can't ask another process any more. Nor is that rare: with the first write the processor
goes to whoever waits for it. Together they are one packet, of which all arrives or nothing; and one system call, not two.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

_STATUS: Final = b"HTTP/1.1 "
_END_OF_HEAD: Final = b"\r\n\r\n"
_COPIED: Final = 64 * 1024
"""A longer body is not copied to stand behind its head: the kernel takes both from where they are."""


class WholeWrites:
    """Wraps the transport of a server's connection. A head waits for what follows it, but not beyond this turn of the loop."""

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head = b""

    def write(self, data: bytes) -> None:
        """See `asyncio.WriteTransport.write`."""
        head = self._head
        if head:
            self._head = b""
            if len(data) <= _COPIED:
                self._transport.write(head + data)
            else:
                self._transport.writelines([head, data])
        elif data.endswith(_END_OF_HEAD) and data.startswith(_STATUS):
            self._head = data
            self._loop.call_soon(self._no_longer)
        else:
            self._transport.write(data)

    def _no_longer(self) -> None:
        """Nothing followed: an answer to HEAD, or a stream whose first piece is still to come."""
        head, self._head = self._head, b""
        if head:
            self._transport.write(head)

    def close(self) -> None:
        """See `asyncio.BaseTransport.close`: what was written is sent before."""
        self._no_longer()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
