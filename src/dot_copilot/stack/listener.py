"""What the supervisor tells on a port of its own: `/state` (JSON) and `/metrics`. It can be asked, never ordered.

It answers on 127.0.0.1 only, and only to its own names, so that a web page whose name was rebound to this machine
learns nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

_PATIENCE_S = 5.0
_LONGEST_HEAD = 16 << 10
_MOST_CLIENTS = 32
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 421: "Misdirected Request"}

Page = Callable[[], tuple[str, str]]
"""Makes a page when it is asked for: its content type and its text."""


class Listener:
    """Serves `pages` by their path, from `start` until `stop`."""

    def __init__(self, port: int, pages: Mapping[str, Page]) -> None:
        self._port = port
        self._pages = pages
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._server: asyncio.Server | None = None
        self._clients = 0

    async def start(self) -> None:
        """Listen; OSError if the port is taken."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=_LONGEST_HEAD)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer; a client that is slow or one too many is sent away."""
        self._clients += 1
        try:
            if self._clients <= _MOST_CLIENTS:
                async with asyncio.timeout(_PATIENCE_S):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._answer(head.decode("latin-1")))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self._clients -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _answer(self, head: str) -> bytes:
        first, *rest = head.split("\r\n")
        words = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        status, kind, text = self._page(words, headers.get("host", ""))
        body = text.encode()
        lines = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if words[0] == "HEAD" else body)

    def _page(self, words: list[str], host: str) -> tuple[int, str, str]:
        plain = "text/plain; charset=utf-8"
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return 400, plain, "this is not HTTP\n"
        if host not in self._hosts:
            return 421, plain, "the supervisor does not answer under that Host name\n"
        if words[0] not in ("GET", "HEAD"):
            return 405, plain, "the supervisor can only be asked (GET)\n"
        page = self._pages.get(words[1].partition("?")[0])
        if page is None:
            return 404, plain, f"there are: {', '.join(self._pages)}\n"
        return (200, *page())
