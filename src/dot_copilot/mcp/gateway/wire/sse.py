"""Server-sent events (WHATWG HTML, 9.2): an incremental reader, and a writer."""

from __future__ import annotations

from msgspec import Struct

PING = b": ping\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class Event(Struct):
    """One event. `data` may be empty: the priming event of resumable streams carries an id alone."""

    data: bytes = b""
    id: bytes | None = None
    retry: bytes | None = None
    comment: bool = False


class TooLarge(Exception):
    """An event is larger than the reader's bound."""


class Reader:
    """Turns chunks into events. Keeps at most `limit` bytes of an unfinished event."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that `chunk` completes. `TooLarge` when one does not end in time."""
        data = self._rest + chunk
        if b"\r" in data:
            # A lone CR at the end may be half of a CRLF: keep it for the next chunk.
            tail = b"\r" if data.endswith(b"\r") else b""
            data = data[: len(data) - len(tail)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        else:
            tail = b""
        blocks = data.split(b"\n\n")
        self._rest = blocks.pop() + tail
        if len(self._rest) > self._limit:
            raise TooLarge
        return [_event(block) for block in blocks if block.strip(b"\n")]


def _event(block: bytes) -> Event:
    event, lines, named = Event(), [], False
    for line in block.split(b"\n"):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            lines.append(value)
        elif name == b"id":
            event.id = value
        elif name == b"retry":
            event.retry = value
        named = named or name != b""
    event.data = b"\n".join(lines)
    event.comment = not named
    return event


def write(data: bytes, event_id: bytes | None = None, retry: bytes | None = None) -> bytes:
    """One event's bytes; `data` is JSON on one line, or empty."""
    head = b"" if event_id is None else b"id: " + event_id + b"\n"
    if retry is not None:
        head += b"retry: " + retry + b"\n"
    if b"\n" in data:
        data = data.replace(b"\n", b" ")  # JSON has no line break inside a string, so a blank is as good
    return head + b"event: message\ndata: " + data + b"\n\n"
