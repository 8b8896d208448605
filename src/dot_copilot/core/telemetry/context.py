"""Which trace a request belongs to, on the wire: W3C Trace Context (https://www.w3.org/TR/trace-context/)."""

from __future__ import annotations

import re
from random import getrandbits
from typing import NamedTuple

HEADER = "traceparent"
STATE_HEADER = "tracestate"
WHOLE = "dot=1"
"""Our entry of `tracestate`: it is kept because somebody wanted it, and stands for itself alone (`Parent.whole`)."""
# Version 255 is forbidden; a future version may append fields after the flags.
_PARENT = re.compile(rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class Parent(NamedTuple):
    """The caller's place in a trace. `sampled`: it keeps its own part; `whole`: see `WHOLE`."""

    trace_id: str
    span_id: int
    sampled: bool
    whole: bool = False


def parse(header: bytes, state: bytes = b"") -> Parent | None:
    """The parent that a `traceparent` names; None for anything that is not one."""
    found = _PARENT.fullmatch(header)
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == b"00" and rest is not None:
        return None
    return Parent(trace_id.decode(), int(span_id, 16), bool(int(flags, 16) & 1), WHOLE.encode() in state)


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
