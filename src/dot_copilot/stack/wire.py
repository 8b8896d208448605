"""The few bytes of HTTP and RESP a supervisor needs, without the import time of a client library."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dot_copilot.stack.errors import ProbeError

_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body, or None if it is empty."""
        return json.loads(self.body) if self.body else None


async def request(
    port: int,
    method: str,
    path: str,
    *,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    authority: str = "",
) -> Answer:
    """One HTTP/1.0 request to 127.0.0.1 (1.0, so that the end of the answer is the end of the connection).

    With `authority`, the file of a certificate authority, it is made with TLS, and the certificate must be good.
    Raises OSError when nothing listens (or TLS fails) and ProbeError when the answer is not HTTP.
    """
    payload = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.0", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(payload)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    tls = ssl.create_default_context(cafile=authority) if authority else None
    name = "localhost" if authority else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name)
    try:
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
        await writer.drain()
        return _parse(await _read_all(reader))
    finally:
        writer.close()


def basic(user: str, password: str) -> dict[str, str]:
    """The header of basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    chunks = bytearray()
    while len(chunks) < _MOST_BYTES:
        chunk = await reader.read(65536)
        if not chunk:
            break
        chunks += chunk
    return bytes(chunks)


def _parse(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise ProbeError("the answer is not HTTP")
    pairs = (line.partition(":") for line in rest)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Answer(int(words[1]), headers, body)


async def valkey_ping(port: int, password: str) -> None:
    """AUTH and PING; raises ProbeError with the server's own words if it does not answer PONG."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"*2\r\n$4\r\nAUTH\r\n" + _bulk(password) + b"*1\r\n$4\r\nPING\r\n")
        await writer.drain()
        for expected in (b"+OK", b"+PONG"):
            line = (await reader.readline()).rstrip()
            if line != expected:
                raise ProbeError(f"valkey answered {line.decode(errors='replace')!r}")
    finally:
        writer.close()


def _bulk(text: str) -> bytes:
    raw = text.encode()
    return b"$%d\r\n%s\r\n" % (len(raw), raw)
