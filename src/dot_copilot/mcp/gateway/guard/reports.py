"""Tells PostgreSQL what upstreams offer and how they are, for the web application. In the background, newest word first."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

import orjson

from dot_copilot.mcp.gateway.guard.pins import Pins
from dot_copilot.mcp.gateway.guard.registry import BadData, Registry
from dot_copilot.mcp.gateway.ports import Offered, UpstreamState

_log = logging.getLogger(__name__)
_REPEAT_S = 60.0
"""What has not changed is said again, so that the web can tell an old word from a present one."""
_State = tuple[UpstreamState, str, int]


class PostgresReports:
    """The `Reports`. Only the newest word on each upstream is kept until PostgreSQL takes it, so nothing piles up."""

    def __init__(
        self,
        registry: Registry,
        pins: Pins,
        gateway: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        every_s: float = 0.2,
    ) -> None:
        self._registry, self._pins, self._gateway = registry, pins, gateway
        self._monotonic, self._every_s = monotonic, every_s
        self.latest: dict[str, list[Offered]] = {}
        """What each upstream offered last."""
        self._offers: dict[str, list[Offered]] = {}
        self._states: dict[str, _State] = {}
        self._said: dict[str, tuple[_State, float]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def offered(self, upstream: str, items: list[Offered]) -> None:
        """See `ports.Reports`."""
        self._offers[upstream] = self.latest[upstream] = list(items)
        self._wake.set()

    def upstream(self, name: str, state: UpstreamState, detail: str, tools: int) -> None:
        """See `ports.Reports`."""
        word: _State = state, detail, tools
        if self._states.get(name) != word:
            self._states[name] = word
            self._wake.set()

    def states(self) -> dict[str, UpstreamState]:
        """How the upstreams are, as this process was told last."""
        return {name: word[0] for name, word in self._states.items()}

    def start(self) -> None:
        """Begins to tell, in the background."""
        self._task = asyncio.create_task(self._run(), name="gateway reports")

    async def stop(self) -> None:
        """Ends that; the upstreams of a gateway that stops are off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            async with asyncio.timeout(1):
                for name in self._states:
                    await self._registry.report_upstream(name, self._gateway, "off", "the gateway was stopped", 0)
        except (OSError, BadData):
            pass

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_REPEAT_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self._tell()
            except OSError:
                self._wake.set()
                await asyncio.sleep(1)
            await asyncio.sleep(self._every_s)

    async def _tell(self) -> None:
        for upstream, items in list(self._offers.items()):
            try:
                await self._registry.offer_tools(upstream, self._encode(items))
            except BadData as error:
                _log.error("PostgreSQL refuses what %s offers: %s", upstream, error)
            if self._offers.get(upstream) is items:
                del self._offers[upstream]
        now = self._monotonic()
        for name, word in list(self._states.items()):
            said, at = self._said.get(name, (None, 0.0))
            if said != word or now - at >= _REPEAT_S - 5:
                await self._registry.report_upstream(name, self._gateway, *word)
                self._said[name] = word, now

    def _encode(self, items: list[Offered]) -> bytes:
        return b"[" + b",".join(self._encode_one(item) for item in items) + b"]"

    def _encode_one(self, item: Offered) -> bytes:
        head = orjson.dumps(
            {
                "kind": item.kind,
                "name": item.name,
                "hash": item.hash,
                "scope": item.scope or None,
                "trust": self._pins.trust(item),
                "baseline_hash": self._pins.baseline_hash(item),
            }
        )
        # U+0000 is valid JSON and no valid jsonb.
        return head[:-1] + b',"definition":' + item.definition.replace(b"\\u0000", b"\\ufffd") + b"}"
