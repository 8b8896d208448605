"""Routing headers of revision 2026-07-28, and the `=?base64?...?=` form of values that are not plain ASCII."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Final

PROTOCOL_VERSION: Final = b"mcp-protocol-version"
METHOD: Final = b"mcp-method"
NAME: Final = b"mcp-name"
SESSION: Final = b"mcp-session-id"
PARAM_PREFIX: Final = b"mcp-param-"
ROUTING: Final = frozenset({PROTOCOL_VERSION, METHOD, NAME})

# Which member of params the Mcp-Name header repeats.
NAMED: Final = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}

_SENTINEL = re.compile(r"=\?base64\?(.*)\?=", re.DOTALL)
_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")

Headers = dict[bytes, bytes]


def read(pairs: Iterable[tuple[bytes, bytes]]) -> tuple[Headers, bytes | None]:
    """The headers of a request by lower-case name, and the first routing header that came twice (readers would disagree)."""
    headers: Headers = {}
    twice = None
    for name, value in pairs:
        if name in headers and (name in ROUTING or name.startswith(PARAM_PREFIX)):
            twice = twice or name
        headers[name] = value
    return headers, twice


def encode(value: str) -> bytes:
    """A value for a header field: itself when it is plain ASCII, else wrapped in base64."""
    if _PLAIN.fullmatch(value) and not _SENTINEL.fullmatch(value):
        return value.encode("ascii")
    return b"=?base64?" + base64.b64encode(value.encode()) + b"?="


def decode(value: bytes) -> str | None:
    """What a header field says; None for damaged or non-canonical base64, so that it equals nothing."""
    text = value.decode("latin-1")
    found = _SENTINEL.fullmatch(text)
    if found is None:
        return text
    try:
        raw = base64.b64decode(found[1], validate=True)
        return raw.decode() if base64.b64encode(raw).decode() == found[1] else None
    except (binascii.Error, ValueError):
        return None


def accepts(headers: Headers, kind: bytes) -> bool:
    """Whether the Accept header admits `kind` (such as b"text/event-stream"); wildcards count (RFC 9110, 12.5.1)."""
    accept = headers.get(b"accept", b"")
    if kind in accept or b"*/*" in accept:
        return True
    return kind.split(b"/")[0] + b"/*" in accept
