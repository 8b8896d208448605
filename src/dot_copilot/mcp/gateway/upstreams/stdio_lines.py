"""Cutting a child's output into lines, within bounds that hold whatever the child writes."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable

_EDGE = 512
"""Bytes kept of both ends of a line that is too long, to see whom it answers."""
_ENDLESS = 8
"""A line this many times the limit is taken for endless."""

_TOKENS = re.compile(
    r"gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|(?<=earer )[A-Za-z0-9._~+/=-]{8,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"
)
HIDDEN = "[hidden]"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the secrets named, and without anything that looks like a token."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    return _TOKENS.sub(HIDDEN, text)


class Lines(asyncio.Protocol):
    """Hands over each line of at most `limit` bytes, without its end.

    Of a longer line `on_oversized` gets the first and the last bytes and the size; `on_endless` is called once when a line
    does not end at all; `on_end` once when the output has ended.
    """

    def __init__(
        self,
        limit: int,
        on_line: Callable[[bytes], None],
        on_oversized: Callable[[bytes, bytes, int], None],
        on_endless: Callable[[], None],
        on_end: Callable[[], None],
    ) -> None:
        self._limit = limit
        self._on_line, self._on_oversized, self._on_endless, self._on_end = on_line, on_oversized, on_endless, on_end
        self._parts: list[bytes] = []
        self._size = 0
        self._head: bytes | None = None

    def data_received(self, data: bytes) -> None:
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._add(data[start:end])
            self._finish()
            start = end + 1
        if start < len(data):
            self._add(data[start:])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - an error of reading is an end like any other
        self._parts.clear()
        self._on_end()

    def _add(self, piece: bytes) -> None:
        before, self._size = self._size, self._size + len(piece)
        if self._size <= self._limit:
            self._parts.append(piece)
            return
        if self._head is None:
            self._head = b"".join([*self._parts, piece])[:_EDGE]
        self._parts = [b"".join([*self._parts, piece])[-_EDGE:]]
        endless = self._limit * _ENDLESS
        if before <= endless < self._size:
            self._on_endless()

    def _finish(self) -> None:
        line, head, size = b"".join(self._parts), self._head, self._size
        self._parts, self._size, self._head = [], 0, None
        if head is not None:
            self._on_oversized(head, line, size)
        elif line.strip():
            self._on_line(line)


class Tail(asyncio.Protocol):
    """The last lines a child wrote on its standard error, redacted; at most `lines` of at most `width` characters."""

    def __init__(self, secrets: Iterable[str], lines: int = 40, width: int = 500) -> None:
        self._secrets, self._width = tuple(secrets), width
        self._lines: deque[str] = deque(maxlen=lines)
        self._open = b""
        self._cut = False

    def data_received(self, data: bytes) -> None:
        *done, rest = data.split(b"\n")
        if done:
            self._keep(self._open + (b"" if self._cut else done[0]))
            for piece in done[1:][-(self._lines.maxlen or 1) :]:
                self._keep(piece)
            self._open, self._cut = b"", False
        self._open = self._open if self._cut else self._open + rest
        if len(self._open) > self._width * 4:
            # A token may straddle the cut, so more is dropped than has to be.
            self._open, self._cut = self._open[: self._width], True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - an error of reading is an end like any other
        self._keep(self._open)
        self._open = b""

    def _keep(self, line: bytes) -> None:
        text = redact(line[: self._width * 4].decode("utf-8", "replace"), self._secrets).strip()
        if text:
            self._lines.append("".join(c if c.isprintable() else "?" for c in text[: self._width]))

    @property
    def text(self) -> str:
        """All that is kept, oldest first."""
        return "\n".join(self._lines)

    @property
    def last(self) -> str:
        """The last line, "" if there is none."""
        return self._lines[-1] if self._lines else ""
