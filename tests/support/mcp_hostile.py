"""An upstream that misbehaves on demand: a tool's name says how. Raw sockets, so that nothing corrects it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

VERSION = "2026-07-28"
Writer = asyncio.StreamWriter
Behaviour = Callable[[dict[str, Any], Writer], Awaitable[None]]


def http(body: bytes, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """A whole response."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def answer(message: dict[str, Any], result: Any) -> bytes:
    """A well-formed response to a request."""
    return http(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode())


STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """One chunk of a stream (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(message: Any) -> bytes:
    """One event in a chunk."""
    return chunk(b"data: " + json.dumps(message).encode() + b"\n\n")


OK = {"content": [{"type": "text", "text": "fine"}], "resultType": "complete"}


class Hostile:
    """`behaviours`: tool name -> what it does. `seen`: the calls that arrived. `heads`: all requests' heads in lower case."""

    def __init__(self, behaviours: dict[str, Behaviour]) -> None:
        self.behaviours = behaviours
        self.seen: list[dict[str, Any]] = []
        self.closed: list[str] = []
        self.heads: list[str] = []
        self.tools: list[dict[str, Any]] = [{"name": name, "inputSchema": {"type": "object"}} for name in behaviours]
        self.endless = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Hostile:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        name = "idle"
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
                message = json.loads(await reader.readexactly(length)) if length else {}
                self.heads.append(head)
                name = str(message.get("params", {}).get("name", message.get("method", "")))
                await self._serve(message, writer)
                await writer.drain()
                if name in self.behaviours and writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            self.closed.append(name)
        finally:
            writer.close()

    async def _serve(self, message: dict[str, Any], writer: Writer) -> None:
        method = message.get("method")
        if method == "server/discover":
            result = {"supportedVersions": [VERSION], "capabilities": {"tools": {}}, "resultType": "complete"}
            writer.write(answer(message, result))
        elif method == "tools/list":
            cursor = message["params"].get("cursor", "0")
            more = {"nextCursor": str(int(cursor) + 1)} if self.endless else {}
            writer.write(answer(message, {"tools": self.tools, "resultType": "complete", **more}))
        elif method == "tools/call":
            self.seen.append(message)
            await self.behaviours[message["params"]["name"]](message, writer)
        else:
            error = {"code": -32601, "message": "no"}
            writer.write(http(json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "error": error}).encode(), "404 Not Found"))
