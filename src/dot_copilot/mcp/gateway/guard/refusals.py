"""Refusals on record: the first few of a minute one by one, the rest as one entry that says how many it stands for.

A client that hammers at a door is news once. Its attempts must not fill the carrier's audit log, and none may be missing in it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from dot_copilot.mcp.gateway.ports import Verdict

if TYPE_CHECKING:
    from dot_copilot.mcp.gateway.guard.calls import Calls
    from dot_copilot.mcp.gateway.guard.entry import Entry

ONE_BY_ONE: Final = 10
"""Refusals of one tool to one connection in a minute that have an entry each."""
WINDOW_S: Final = 60.0
_MOST_KEYS: Final = 10_000
_Key = tuple[UUID, str, str]


class _Window:
    """A minute of one connection and tool. `rest` is the entry that stands for all but the first, `error` its last reason."""

    __slots__ = ("error", "number", "rest", "since")

    def __init__(self, since: float) -> None:
        self.since, self.number, self.error = since, 0, ""
        self.rest: Entry | None = None


class Refusals:
    """Which refusals of the last minute are on record already. Each gateway remembers its own: two write twice as many."""

    def __init__(self, calls: Calls, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._calls, self._monotonic = calls, monotonic
        self._windows: OrderedDict[_Key, _Window] = OrderedDict()

    def note(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, error: str) -> None:
        """Puts one on record, on disk when it returns; raises `Refused` (503) when that can't be done."""
        self.sweep()
        key = verdict.caller.session_id, upstream, tool
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= _MOST_KEYS:
                self._close(self._windows.popitem(last=False)[1])
            window = self._windows[key] = _Window(self._monotonic())
        window.error = error
        if window.number < ONE_BY_ONE:
            self._calls.begin(verdict, upstream, tool, arguments).end("refused", error)
        elif window.rest is None:
            window.rest = self._calls.begin_many(verdict, upstream, tool, arguments)
        else:
            window.rest.more()
        window.number += 1

    def sweep(self, *, everything: bool = False) -> None:
        """Ends the entries whose minute is over; of `everything` when the process stops."""
        now = self._monotonic()
        while self._windows:
            key, window = next(iter(self._windows.items()))
            if not everything and now - window.since < WINDOW_S:
                return
            del self._windows[key]
            self._close(window)

    def _close(self, window: _Window) -> None:
        if window.rest is not None:
            window.rest.end_many(window.error)
