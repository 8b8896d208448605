"""Which trace a request belongs to, on the wire: W3C Trace Context (https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import re
from random import getrandbits
from typing import NamedTuple

HEADER = "traceparent"
STATE_HEADER = "tracestate"
WHOLE = "dot=1"
"""Our entry of `tracestate`: it is kept because somebody wanted it, and stands for itself alone (`Parent.whole`)."""
_DIGITS = b"0123456789abcdef"
_ODD = b"13579bdf"
_NO_TRACE, _NO_SPAN = b"0" * 32, b"0" * 16
_LENGTH = 55
_SHAPE = bytes(120 if byte in _DIGITS else byte if byte == 45 else 0 for byte in range(256))  # digits become x, dashes stay
_USUAL = b"xx-" + b"x" * 32 + b"-" + b"x" * 16 + b"-xx"
_WHOLE = WHOLE.encode()
# A future version may append fields after the flags; version 255 is forbidden.
_LATER = re.compile(rb"(?!00|ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


class Parent(NamedTuple):
    """The caller's place in a trace. `sampled`: it keeps its own part; `whole`: see `WHOLE`."""

    trace_id: str
    span_id: int
    sampled: bool
    whole: bool = False


def parse(header: bytes, state: bytes = b"") -> Parent | None:
    """The parent that a `traceparent` names; None for anything that is not one."""
    # Nearly every request has one, so that this is written for speed: digits apart, dashes alone are left, at their places.
    usual = header[:3] == b"00-" and len(header) == _LENGTH and header[35] == header[52] == 45
    if not (header.translate(None, _DIGITS) == b"---" if usual else _LATER.fullmatch(header)):
        return None
    if header[3:35] == _NO_TRACE or header[36:52] == _NO_SPAN:
        return None
    return Parent(str(header[3:35], "ascii"), int(header[36:52], 16), header[54] in _ODD, bool(state) and _WHOLE in state)


def usual(header: bytes) -> bytes:
    """The trace id of a `traceparent` of this version whose sender does not keep its own part, as nearly all are; else empty."""
    # One comparison for the places of all digits and dashes. The first digit of the version and the last of the flags say enough:
    # a later version of this length is read as ours. Sixteen zeros in a row might be an id that is none.
    if header.translate(_SHAPE) == _USUAL and header[::54] == b"00" and _NO_SPAN not in header:
        return header[3:35]
    return b""


def parse_text(header: str, state: str = "") -> Parent | None:
    """As `parse`, of text."""
    return parse(header.encode("latin-1", "replace"), state.encode("latin-1", "replace"))


def parse_carried(text: str) -> Parent | None:
    """The parent in a job's arguments (`trace.carry`)."""
    header, _, state = text.partition(";")
    return parse_text(header, state)


def new_trace_id() -> str:
    """32 hexadecimal digits, never all zero. Random, but no secret: ids may be shown to anybody."""
    return f"{getrandbits(128) or 1:032x}"


def new_span_id() -> int:
    """64 bits, never 0."""
    return getrandbits(64) or 1
