"""Which definitions a carrier is served: ours, those that came with the release, and those its administrator approved."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal
from uuid import UUID

from dot_copilot.mcp.gateway.ports import Offered

_log = logging.getLogger(__name__)
Trust = Literal["built-in", "baseline", "none"]
Row = tuple[UUID, str, str, str, str, str]
"""carrier, upstream, kind, name, hash (hex), decision ('approved' or 'rejected')."""
_Key = tuple[str, str, str, str]


class BaselineError(Exception):
    """A baseline file cannot be used; the text names it."""


class Baseline:
    """What the release approves for each upstream: `<folder>/<upstream>.json`, {kind: {name: hash}}."""

    def __init__(self, approved: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
        self._approved = approved

    @classmethod
    def load(cls, folder: Path) -> Baseline:
        """Every file of the folder; none at all is a valid baseline."""
        approved: dict[str, dict[str, dict[str, str]]] = {}
        for path in sorted(folder.glob("*.json")):
            try:
                content = json.loads(path.read_text("utf-8"))
                kinds = {str(kind): dict(names.items()) for kind, names in content.items()}
                if not all(len(value) == 64 for names in kinds.values() for value in names.values()):
                    raise ValueError("a hash is not 64 hexadecimal digits")
            except (OSError, ValueError, AttributeError, TypeError) as error:
                raise BaselineError(f"{path}: {error}") from None
            approved[path.stem] = kinds
        return cls(approved)

    def hash(self, upstream: str, kind: str, name: str) -> str | None:
        """The approved hash of a name, or None for a name the release does not know."""
        return self._approved.get(upstream, {}).get(kind, {}).get(name)


class Pins:
    """The decisions of all carriers, held in memory and read again whenever somebody says so, and every half minute.

    `read` returns all rows and raises `OSError` when PostgreSQL is silent: then the last ones hold, and at a start without
    it only what is built in or came with the release is served.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Iterable[Row]]],
        baseline: Baseline,
        built_in: Iterable[str],
        changed: Callable[[], None] = lambda: None,
        *,
        every_s: float = 30.0,
    ) -> None:
        self._read, self._baseline, self._built_in, self._changed = read, baseline, frozenset(built_in), changed
        self._every_s = every_s
        self._carriers: dict[UUID, dict[_Key, str]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def is_built_in(self, upstream: str) -> bool:
        """Whether it is our own server."""
        return upstream in self._built_in

    def trust(self, item: Offered) -> Trust:
        """What speaks for this definition before any carrier has been asked."""
        if item.upstream in self._built_in:
            return "built-in"
        return "baseline" if self._baseline.hash(item.upstream, item.kind, item.name) == item.hash else "none"

    def baseline_hash(self, item: Offered) -> str | None:
        """What the release approves under this name."""
        return self._baseline.hash(item.upstream, item.kind, item.name)

    def allows(self, carrier: UUID, item: Offered) -> bool:
        """Whether this carrier is served exactly this definition. A rejection outweighs the release."""
        if item.upstream in self._built_in:
            return True
        pins = self._carriers.get(carrier)
        decision = pins.get((item.upstream, item.kind, item.name, item.hash)) if pins else None
        if decision is not None:
            return decision == "approved"
        return self._baseline.hash(item.upstream, item.kind, item.name) == item.hash

    def quarantined(self, items: Iterable[Offered]) -> int:
        """How many of these neither the release nor any carrier approves."""
        approved = {key for pins in self._carriers.values() for key, decision in pins.items() if decision == "approved"}
        held = [item for item in items if self.trust(item) == "none"]
        return sum(1 for item in held if (item.upstream, item.kind, item.name, item.hash) not in approved)

    def view(self, carrier: UUID) -> UUID | None:
        """Key of what `allows` says to this carrier: None for every carrier that has decided nothing."""
        return carrier if self._carriers.get(carrier) else None

    def start(self) -> None:
        """Begins to keep the decisions fresh, in the background."""
        self._task = asyncio.create_task(self._run(), name="gateway pins")

    async def stop(self) -> None:
        """Ends that."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def stale(self, _data: bytes | None) -> None:
        """A message of `signals.CATALOGUE`: read again now."""
        self._wake.set()

    async def refresh(self) -> bool:
        """Reads all decisions; False when nobody answered."""
        try:
            rows = await self._read()
        except OSError as error:
            _log.warning("approvals of tools could not be read (%s); the last ones hold", error)
            return False
        carriers: dict[UUID, dict[_Key, str]] = {}
        for carrier, upstream, kind, name, digest, decision in rows:
            carriers.setdefault(carrier, {})[upstream, kind, name, digest] = decision
        if carriers != self._carriers:
            self._carriers = carriers
            self._changed()
        return True

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            good = await self.refresh()
            try:
                async with asyncio.timeout(self._every_s if good else 1.0):
                    await self._wake.wait()
            except TimeoutError:
                continue
