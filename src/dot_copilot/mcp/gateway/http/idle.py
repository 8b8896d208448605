"""Connections of clients that ask nothing any more: one timer closes them all, so that an answer need not set its own."""

from __future__ import annotations

import asyncio
from collections.abc import Set as AbstractSet
from typing import Any


class Idle:
    """Closes connections that have served nothing for `seconds`, and those whose request's head does not come in that time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self.connections: AbstractSet[Any] = frozenset()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """There is a connection to look after."""
        if self._timer is None:
            self._timer = loop.call_later(self._seconds / 4, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        last = loop.time() - self._seconds
        for one in list(self.connections):
            if one.rests and one.rests_since < last and not one.transport.is_closing():
                one.transport.close()
        if self.connections:
            self.watch(loop)
