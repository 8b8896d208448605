"""An API that is watched by stand-ins, with folders of traces and logs of its own."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.platform import Platform
from dot_copilot.core.settings import Settings
from tests.support.servers import Servers
from tests.support.watchers import Running, Watchers
from tests.support.world import World


@dataclass
class Watched:
    """The API with who watches it, and the folders it reads."""

    world: World
    watchers: Watchers
    home: Path
    settings: Settings

    def password(self, name: str) -> str:
        """A secret of the installation."""
        assert self.settings.secrets_file is not None
        return str(json.loads(self.settings.secrets_file.read_text())[name])

    def trace(self, part: str, *spans: dict[str, Any]) -> None:
        """Spans in a part's file."""
        (self.home / "traces").mkdir(exist_ok=True)
        with (self.home / f"traces/{part}.jsonl").open("ab") as file:
            file.writelines(msgspec.json.encode({"part": part, **one}) + b"\n" for one in spans)

    def log(self, name: str, *lines: dict[str, Any] | bytes) -> None:
        """Lines in a log file."""
        with (self.home / f"logs/{name}.log").open("ab") as file:
            file.writelines((one if isinstance(one, bytes) else msgspec.json.encode(one)) + b"\n" for one in lines)


def span(trace_id: str, span_id: int, name: str = "GET /api/v1/drivers", **more: Any) -> dict[str, Any]:
    """A span that ended a moment ago. `after_ms` after that moment's beginning."""
    start = time.time_ns() - 5_000_000_000 + int(more.pop("after_ms", 0) * 1_000_000)
    usual: dict[str, Any] = {
        "parent_id": None,
        "kind": "server",
        "duration_ms": 10.0,
        "status": "ok",
        "carrier_id": None,
        "attributes": {},
    }
    return {"trace_id": trace_id, "span_id": f"{span_id:016x}", "name": name, "start": start, **usual, **more}


@pytest.fixture
def watchers() -> Iterator[Watchers]:
    """Stand-ins that know nothing yet."""
    with Running() as running:
        yield running


@pytest.fixture
def watched_settings(servers: Servers, watchers: Watchers, tmp_path: Path) -> Settings:
    """The settings of the watched API."""
    (tmp_path / "logs").mkdir()
    urls = dict.fromkeys(("prometheus_url", "alertmanager_url", "supervisor_url"), watchers.url)
    return servers.settings.model_copy(update={**urls, "home": tmp_path, "logs_dir": tmp_path / "logs"})


@pytest_asyncio.fixture(loop_scope="session")
async def watched(
    watched_settings: Settings,
    watchers: Watchers,
    worker: Platform,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Watched]:
    """A carrier on an API of its own. `@pytest.mark.parametrize("watched", [{...}], indirect=True)` changes settings."""
    settings = watched_settings.model_copy(update=getattr(request, "param", {}))

    async def build() -> Platform:
        return await build_platform(settings, "app")

    app = create_app(build)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        app.state.platform.keys = worker.keys  # tokens stay good when a test moves the installation elsewhere
        transport.platform = app.state.platform  # type: ignore[attr-defined]
        usdot = str(time.time_ns())[-12:-2]
        yield Watched(await World.create(transport, worker, stack, usdot=usdot[:8]), watchers, tmp_path, settings)
