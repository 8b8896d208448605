"""What a gateway knows before its upstreams have answered."""

from __future__ import annotations

import pytest

from dot_copilot.mcp.gateway.catalogue.snapshot import NoSnapshots
from dot_copilot.mcp.gateway.catalogue.supervisor import Supervisor
from dot_copilot.mcp.gateway.upstreams.base import Fetched
from tests.support.mcp_guard import OpenGuard
from tests.unit.mcp.gateway.test_catalogue import catalogue, configured, names, tool


class Seen(NoSnapshots):
    """What another process saw last."""

    async def load(self, upstream: str) -> Fetched | None:
        return Fetched(tools=[tool("a")])


@pytest.mark.asyncio(loop_scope="session")
async def test_what_another_process_saw_last_is_known_before_the_first_request() -> None:
    found, upstreams = catalogue(configured({"name": "down"}, search=False))
    supervisor = Supervisor(found, list(upstreams), OpenGuard(), Seen())
    await supervisor.start()
    try:
        assert names(found) == ["a"]
    finally:
        await supervisor.stop()
