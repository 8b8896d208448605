"""Completions on record. Clients ask for them at every letter, so one line stands for a minute of typing at one argument.

What fails is on record each time. All are limited like other calls: one allowance for all completions of an upstream.
"""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from dot_copilot.mcp.gateway.ports import CallEntry, CallLog, Outcome, Refused, Verdict

METHOD: Final = "completion/complete"
WINDOW_S: Final = 60.0
_MOST_KEYS: Final = 10_000
_LONGEST: Final = 300
_FAILURES: Final = frozenset({"error", "timeout", "refused"})


class Completions:
    """Whose typing has a line already. Remembered by each process for itself: two gateways may write two lines."""

    def __init__(self, calls: CallLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls, self._clock = calls, clock
        self._written: OrderedDict[tuple[bytes, str, str], float] = OrderedDict()

    def begin(self, verdict: Verdict, upstream: str, subject: str, arguments: bytes) -> CallEntry:
        """`CallLog.begin` for a completion; see `subject_of`."""
        key, now = (verdict.token_id, upstream, subject), self._clock()
        if now - self._written.get(key, -WINDOW_S) < WINDOW_S:
            return _Unwritten(self._calls, verdict, upstream, subject, arguments)
        entry = self._calls.begin(verdict, upstream, subject, arguments)
        self._written.pop(key, None)
        self._written[key] = now
        if len(self._written) > _MOST_KEYS:
            self._written.popitem(last=False)
        return entry


class _Unwritten:
    """A completion that needs no line of its own unless it fails."""

    def __init__(self, calls: CallLog, *called: Any) -> None:
        self._calls, self._called = calls, called

    def end(self, outcome: Outcome, error: str | None = None, _answer: bytes = b"") -> None:
        """See `ports.CallEntry`. When the record is full too, the failure is in the answer alone."""
        if outcome in _FAILURES:
            with contextlib.suppress(Refused):
                self._calls.begin(*self._called).end(outcome, error)


def subject_of(name: str, params: dict[str, Any]) -> str:
    """What is completed: the reference's name or URI, as the upstream knows it, and the argument."""
    argument = params.get("argument")
    named = argument.get("name") if isinstance(argument, dict) else None
    return f"{METHOD} {name[:_LONGEST]} {str(named)[:_LONGEST]}"
