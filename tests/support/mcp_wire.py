"""A client of the gateway over a bare socket, for what HTTP libraries would not send."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from types import TracebackType
from typing import Any

from msgspec import Struct

from tests.support.mcp_client import modern


def post(tool: str, number: int = 1, **more: str) -> bytes:
    """The bytes of a `tools/call`; `more` are headers to add or replace."""
    headers, body = modern("tools/call", {"name": tool, "arguments": {}}, number)
    given = {name.replace("_", "-"): value for name, value in more.items()}
    lines = {"host": "localhost", **{k.lower(): v for k, v in headers.items()}, "content-length": str(len(body)), **given}
    return ("POST /mcp HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode() + body


class Got(Struct):
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def message(self) -> Any:
        """The JSON-RPC answer: the body, or the last event of a stream."""
        if self.headers.get("content-type") == "text/event-stream":
            data = [line for line in self.body.split(b"\n") if line.startswith(b"data:")]
            return json.loads(data[-1].removeprefix(b"data:"))
        return json.loads(self.body)

    @property
    def result(self) -> Any:
        return self.message["result"]

    @property
    def id(self) -> Any:
        return self.message["id"]


class Wire:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def reset(self) -> None:
        """Leaves without a farewell."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._file.close()
        self._socket.close()

    def line(self) -> bytes:
        return self._file.readline()

    def answer(self) -> Got:
        """The next answer, whole."""
        status = int(self.line().split()[1])
        headers: dict[str, str] = {}
        while (line := self.line()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") != "chunked":
            return Got(status, headers, self._file.read(int(headers.get("content-length", "0"))))
        body = b""
        while size := int(self.line(), 16):
            body += self._file.read(size)
            self.line()
        self.line()
        return Got(status, headers, body)

    def closed(self, seconds: float = 5.0) -> bool:
        """Whether the gateway closes the connection within `seconds`."""
        self._socket.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            try:
                return self._file.read(1) == b""
            except ConnectionError:
                return True
        return False
