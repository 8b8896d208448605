"""As much of HTTP/2 (RFC 9113) as asks one question: headers are sent as they are given, which no library would do."""

from __future__ import annotations

import socket
import ssl
import struct
from pathlib import Path

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RST, _SETTINGS, _GOAWAY, _WINDOW = 0, 1, 3, 4, 7, 8
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_STATUSES = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}
"""Those that have a place of their own in HPACK's table (RFC 7541, appendix A)."""


def trusting(authority: Path, protocol: str) -> ssl.SSLContext:
    """Trusts one authority, and speaks one protocol (`h2`, `http/1.1`)."""
    context = ssl.create_default_context(cafile=str(authority))
    context.set_alpn_protocols([protocol])
    return context


def ask(port: int, context: ssl.SSLContext, headers: list[tuple[str, str]]) -> tuple[int | None, bytes]:
    """The status and the body that 127.0.0.1:`port` answers; (None, b"") if the stream or the connection is refused."""
    with (
        socket.create_connection(("127.0.0.1", port), 10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        block = b"".join(_literal(name, value) for name, value in headers)
        window = struct.pack(">I", 1 << 20)
        frames = _frame(_SETTINGS, 0, 0, b"") + _frame(_WINDOW, 0, 0, window)
        connection.sendall(PREFACE + frames + _frame(_HEADERS, _END_STREAM | _END_HEADERS, 1, block))
        return _answer(connection)


def _answer(connection: ssl.SSLSocket) -> tuple[int | None, bytes]:
    stream = connection.makefile("rb")
    status, body = None, b""
    while len(head := stream.read(9)) == 9:
        length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
        payload = stream.read(length)
        if kind == _SETTINGS and not flags & _ACK:
            connection.sendall(_frame(_SETTINGS, _ACK, 0, b""))
        elif kind == _HEADERS:
            status = _status(payload)
        elif kind == _DATA:
            body += payload
        if kind in (_RST, _GOAWAY) or (kind in (_HEADERS, _DATA) and flags & _END_STREAM):
            break
    return status, body


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _literal(name: str, value: str) -> bytes:
    """A field without index and without Huffman code; shorter than 127 bytes each."""
    key, text = name.encode(), value.encode()
    assert max(len(key), len(text)) < 127
    return b"\x00" + bytes([len(key)]) + key + bytes([len(text)]) + text


def _status(block: bytes) -> int:
    """The first field of nginx' answer: an index, or index 8 with three digits."""
    while block[0] & 0xE0 == 0x20:  # a change of the table's size comes first
        block = block[1:]
    if block[0] & 0x80:
        return _STATUSES[block[0] & 0x7F]
    assert block[1] == 3, block[:8]
    return int(block[2:5])
