"""Keeps the catalogue current: asks each upstream at start, when it says its lists changed, now and then, and after a fall."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.snapshot import SnapshotStore
from dot_copilot.mcp.gateway.ports import Reports
from dot_copilot.mcp.gateway.upstreams.base import Upstream, UpstreamError

logger = logging.getLogger(__name__)

_FIRST_RETRY, _LAST_RETRY = 0.5, 15.0
_FETCH_SECONDS = 60.0
_SNAPSHOT_SECONDS = 0.5


class Supervisor:
    """One task an upstream. An upstream that is down never holds up the others or the start."""

    def __init__(self, catalogue: Catalogue, upstreams: list[Upstream], reports: Reports, snapshots: SnapshotStore) -> None:
        self._catalogue, self._upstreams, self._reports, self._snapshots = catalogue, upstreams, reports, snapshots
        self._wake = {upstream.name: asyncio.Event() for upstream in upstreams}
        self._tasks: list[asyncio.Task[None]] = []
        self._fetched: set[str] = set()

    async def start(self) -> None:
        """Begins; waits for no upstream. What processes saw last is there at once: who follows one that died knows its tools."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SNAPSHOT_SECONDS):
                await asyncio.gather(*(self._last_good(upstream) for upstream in self._upstreams))
        for upstream in self._upstreams:
            await upstream.start(self.changed)
            self._tasks.append(asyncio.create_task(self._keep(upstream), name=f"catalogue {upstream.name}"))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for upstream in self._upstreams:
            await upstream.stop()

    def changed(self, name: str) -> None:
        """An upstream's lists or state may have changed: ask it soon."""
        self._wake[name].set()

    async def _keep(self, upstream: Upstream) -> None:
        wake, retry = self._wake[upstream.name], _FIRST_RETRY
        while True:
            wake.clear()
            good = await self._once(upstream)
            wait = upstream.config.refresh if good else retry
            retry = _FIRST_RETRY if good else min(retry * 2, _LAST_RETRY)
            try:
                async with asyncio.timeout(wait):
                    await wake.wait()
            except TimeoutError:
                continue

    async def _once(self, upstream: Upstream) -> bool:
        good = True
        try:
            async with asyncio.timeout(_FETCH_SECONDS):
                fetched = await upstream.fetch()
            new = self._catalogue.update(upstream, fetched)
            if new or upstream.name not in self._fetched:
                self._fetched.add(upstream.name)
                self._reports.offered(upstream.name, [entry.offered for entry in self._catalogue.of(upstream.name)])
                await self._snapshots.save(upstream.name, fetched)
        except (UpstreamError, TimeoutError) as error:
            good = False
            text = error.text if isinstance(error, UpstreamError) else "its lists did not arrive in time"
            logger.warning("upstream %s: %s", upstream.name, text)
            await self._last_good(upstream)
        except Exception:  # whatever an upstream sends, the others go on
            good = False
            logger.exception("upstream %s: its lists could not be read", upstream.name)
        for one in self._upstreams:  # all of them: what one offers may have taken a name from another
            self._report(one)
        return good

    def _report(self, upstream: Upstream) -> None:
        conflicts = self._catalogue.conflicts.get(upstream.name, [])
        detail = " ".join(text for text in (upstream.detail, *conflicts[:3]) if text)
        self._reports.upstream(upstream.name, upstream.state, detail, len(self._catalogue.of(upstream.name)))

    async def _last_good(self, upstream: Upstream) -> None:
        """At a start without the upstream: the lists another process saw last."""
        if self._catalogue.fetched(upstream.name) is None:
            known = await self._snapshots.load(upstream.name)
            if known is not None:
                self._catalogue.update(upstream, known)
