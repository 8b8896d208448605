"""Reading what a server says on its pipe: whose answer it is, and whether it is one at all (JSON-RPC 2.0)."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import Any

from dot_copilot.mcp.gateway.upstreams.base import Message, Reply

_HEAD_ID = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,18})\s*,')
_TAIL_ID = re.compile(rb',\s*"id"\s*:\s*(\d{1,18})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$')


def answered_id(message: Message) -> int | None:
    """The request an answer is for. Our ids are numbers; some servers give them back as text."""
    number = message.get("id")
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) <= 18:
        return int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def guessed_id(head: bytes, tail: bytes) -> int | None:
    """The request an unreadable answer is for, when its first or last bytes say so unmistakably."""
    found = _HEAD_ID.match(head) or _TAIL_ID.search(tail)
    return int(found.group(1)) if found else None


def read_reply(message: Message) -> Reply | None:
    """The answer, or None if it is neither a result nor an error."""
    result, error = message.get("result"), message.get("error")
    if isinstance(result, dict) and error is None:
        return Reply(result=result)
    if isinstance(error, dict) and result is None and isinstance(error.get("code"), int):
        return Reply(error={**error, "message": str(error.get("message", ""))})
    return None


def member(message: Message, *path: str) -> Any:
    """A member by its path; None where it leads nowhere."""
    found: Any = message
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


class Faults:
    """Counts what a server gets wrong, and how much it says unasked; `too_many` when it is no use to go on with it."""

    def __init__(self, most: int = 1000, noise_bytes: int = 16 * 1024 * 1024, noise_per_s: int = 1024 * 1024) -> None:
        self.counts: Counter[str] = Counter()
        self._most, self._noise_bytes, self._noise_per_s = most, noise_bytes, noise_per_s
        self._noise, self._at = 0.0, time.monotonic()

    def count(self, kind: str) -> bool:
        """Counts one; True the first time this kind occurs."""
        self.counts[kind] += 1
        return self.counts[kind] == 1

    def unasked(self, size: int) -> None:
        """So many bytes came that answer nothing."""
        now = time.monotonic()
        self._noise = max(0.0, self._noise - (now - self._at) * self._noise_per_s) + size
        self._at = now

    @property
    def too_many(self) -> bool:
        """Whether the server talks nonsense, or without end."""
        return self._noise > self._noise_bytes or self.counts.total() > self._most
