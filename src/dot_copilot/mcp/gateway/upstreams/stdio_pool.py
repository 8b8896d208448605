"""One server process per credential, started on first use: idle ones are stopped, crashed ones replaced, under a cap."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from msgspec import Struct

from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.stdio_session import Session

_LONGEST_WAIT_S = 1.0
_LONGEST_BACKOFF_S = 30.0
_FORGIVEN_S = 60.0
_REMEMBERED = 1000
_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """Whose process: a keyed hash of the credential (never the credential), and whether its clients may be asked."""

    credential: str
    relays: bool


class _Slot(Struct, eq=False):
    """A process, or one that is being started."""

    opening: asyncio.Task[Session]
    born: float
    users: int = 0
    idle: asyncio.TimerHandle | None = None
    stopping: bool = False


class _Failures(Struct):
    """How often in a row a credential's process failed, and when it may be started again (loop time)."""

    count: int = 0
    until: float = 0.0
    why: str = ""


class Pool:
    """`connect(credential, relays)` makes an opened session, `on_crash` hears of each that ended by itself.

    `cap` bounds the processes, those being started and stopped included; `idle_s` is how long one is kept without use.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[str | None, bool], Session],
        *,
        cap: int,
        idle_s: float,
        on_crash: Callable[[str], None],
    ) -> None:
        self._name, self._connect, self._on_crash = name, connect, on_crash
        self._cap, self._idle_s = cap, idle_s
        self._pepper = secrets.token_bytes(32)
        self._slots: OrderedDict[Key, _Slot] = OrderedDict()
        self._failures: OrderedDict[Key, _Failures] = OrderedDict()
        self._endings: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def processes(self) -> int:
        """How many there are, those being started and stopped included."""
        return len(self._slots) + len(self._endings)

    @property
    def pids(self) -> list[int]:
        """The processes that run and may be used."""
        return [slot.opening.result().pid for slot in self._slots.values() if _is_open(slot)]

    def key(self, credential: str | None, relays: bool = False) -> Key:
        """The key of a credential; it tells nothing about it, and is another one in another process."""
        return Key(hashlib.blake2b((credential or "").encode(), key=self._pepper, digest_size=12).hexdigest(), relays)

    @contextlib.asynccontextmanager
    async def session(self, credential: str | None, *, relays: bool = False) -> AsyncIterator[Session]:
        """The credential's session, started if there is none. Raises `UpstreamError` "down" saying what to do."""
        key = self.key(credential, relays)
        slot = self._slots.get(key)
        if slot is None:
            slot = await self._make(key, credential)
        self._slots.move_to_end(key)
        slot.users += 1
        if slot.idle is not None:
            slot.idle.cancel()
            slot.idle = None
        try:
            # Others may be waiting for the same start, so one that gives up does not end it.
            yield await asyncio.shield(slot.opening)
        finally:
            slot.users -= 1
            if slot.users == 0 and self._slots.get(key) is slot and _is_open(slot):
                self._rest(key, slot)

    async def _make(self, key: Key, credential: str | None) -> _Slot:
        loop = asyncio.get_running_loop()
        await self._wait_for_turn(key)
        while key not in self._slots and self.processes >= self._cap:
            await self._make_room()
        if self._closed:
            raise UpstreamError("down", f"{self._name} is being stopped")
        if (slot := self._slots.get(key)) is None:
            opening = loop.create_task(self._open(key, credential))
            slot = self._slots[key] = _Slot(opening, loop.time())
            opening.add_done_callback(lambda done: self._opened(key, slot, done))
        return slot

    async def _wait_for_turn(self, key: Key) -> None:
        failures = self._failures.get(key)
        left = failures.until - asyncio.get_running_loop().time() if failures else 0.0
        if failures is None or left <= 0:
            return
        if left > _LONGEST_WAIT_S:
            often = "" if failures.count == 1 else f" ({failures.count} times in a row)"
            raise UpstreamError("down", f"{failures.why}{often}; it is started again in {left:.0f} s")
        await asyncio.sleep(left)

    async def _make_room(self) -> None:
        if not self._endings:
            idle = (key for key, slot in self._slots.items() if slot.users == 0 and _is_open(slot))
            oldest = next(idle, None)
            if oldest is None:
                raise UpstreamError("down", f"all {self._cap} processes of {self._name} are busy; try again in a moment")
            self._stop(oldest, "makes room for another")
        await asyncio.wait(set(self._endings), return_when=asyncio.FIRST_COMPLETED)

    async def _open(self, key: Key, credential: str | None) -> Session:
        session = self._connect(credential, key.relays)
        await session.open()
        return session

    def _opened(self, key: Key, slot: _Slot, opening: asyncio.Task[Session]) -> None:
        if opening.cancelled() or (error := opening.exception()) is not None:
            self._drop(key, slot)
            if not opening.cancelled():
                self._failed(key, str(error), lived_s=0.0)
            return
        session = opening.result()
        if slot.users == 0 and slot.idle is None:
            self._rest(key, slot)
        _log.info("%s: process %d started for %s", self._name, session.pid, key.credential)
        session.ended.add_done_callback(lambda done: self._ended(key, slot, session, done.result()))

    def _ended(self, key: Key, slot: _Slot, session: Session, how: str) -> None:
        if slot.stopping:
            return
        self._drop(key, slot)
        self._failed(key, f"the server {how}", lived_s=asyncio.get_running_loop().time() - slot.born)
        _log.warning("%s: process %d for %s %s; the next call starts another", self._name, session.pid, key.credential, how)
        # It may have closed its pipes and live on.
        self._finish(session)
        self._on_crash(how)

    def _failed(self, key: Key, why: str, *, lived_s: float) -> None:
        """The first failure costs no wait, and neither does one after a long life; then it doubles."""
        failures = self._failures.pop(key, None) or _Failures()
        failures.count = 1 if lived_s > _FORGIVEN_S else failures.count + 1
        wait = 0.0 if failures.count == 1 else min(_LONGEST_BACKOFF_S, 0.25 * 2 ** min(failures.count, 16))
        failures.until, failures.why = asyncio.get_running_loop().time() + wait, why
        self._failures[key] = failures
        if len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def _rest(self, key: Key, slot: _Slot) -> None:
        slot.idle = asyncio.get_running_loop().call_later(self._idle_s, self._stop, key, "is not used any more")

    def _drop(self, key: Key, slot: _Slot) -> None:
        if slot.idle is not None:
            slot.idle.cancel()
        if self._slots.get(key) is slot:
            del self._slots[key]

    def _stop(self, key: Key, why: str) -> None:
        slot = self._slots.get(key)
        if slot is None or slot.users or not _is_open(slot):
            return
        slot.stopping = True
        self._drop(key, slot)
        session = slot.opening.result()
        _log.info("%s: process %d for %s %s: it is stopped", self._name, session.pid, key.credential, why)
        self._finish(session)

    def _finish(self, session: Session) -> None:
        task = asyncio.get_running_loop().create_task(session.close())
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def close(self) -> None:
        """Stop every process and wait until the last is gone."""
        self._closed = True
        slots = list(self._slots.items())
        for key, slot in slots:
            slot.stopping = True
            self._drop(key, slot)
            slot.opening.cancel()
        opened = await asyncio.gather(*(slot.opening for _, slot in slots), return_exceptions=True)
        for session in opened:
            if isinstance(session, Session):
                self._finish(session)
        while self._endings:
            await asyncio.wait(set(self._endings))


def _is_open(slot: _Slot) -> bool:
    return slot.opening.done() and not slot.opening.cancelled() and slot.opening.exception() is None
