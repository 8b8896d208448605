"""Requests as bytes, for what no client library would send: targets with dots and escapes, two lengths, foreign names."""

from __future__ import annotations

import contextlib
import socket
import ssl


def send(port: int, request: bytes, trust: ssl.SSLContext | bool = True, seconds: float = 5) -> bytes:
    """All that 127.0.0.1:`port` answers until it closes the connection, or is silent for half a second."""
    with socket.create_connection(("127.0.0.1", port), seconds) as raw:
        connection = trust.wrap_socket(raw, server_hostname="localhost") if isinstance(trust, ssl.SSLContext) else raw
        with connection:
            connection.sendall(request)
            connection.settimeout(0.5)
            answer = b""
            with contextlib.suppress(TimeoutError, ConnectionError, ssl.SSLError):
                while chunk := connection.recv(65536):
                    answer += chunk
            return answer


def get(target: str, *headers: str, host: str = "localhost", method: str = "GET") -> bytes:
    """A request for exactly this target, after which the connection is closed."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
