"""What the sites answer, asked over HTTPS by their own names: whose version it is, whether it is right, and how quick."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Release

SMOKE: Sequence[tuple[str, int, str]] = (
    ("/healthz", 200, '"status":"ok"'),
    ("/api/openapi.json", 200, '"DOT-Copilot"'),
    ("/api/v1/drivers", 401, '"type"'),
    ("/mcp", 401, ""),
)
"""What is asked of a version on trial: the path, the status it must have, and what must be in the body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one request. Status 0 is none at all, and `body` then says why."""

    status: int
    body: str
    seconds: float

    @property
    def version(self) -> str:
        """Whose `/readyz` this is; empty if it is none of ours (App Service's own page answers 200 too)."""
        try:
            said = httpx.Response(200, text=self.body).json()
        except ValueError:
            return ""
        return str(said.get("version", "")) if isinstance(said, dict) and "parts" in said else ""


class Asks(Protocol):
    """Asks a path of a host."""

    async def __call__(self, host: str, path: str) -> Answer: ...


async def over_https(host: str, path: str) -> Answer:
    """One request, which never raises."""
    began = time.perf_counter()
    try:
        async with httpx.AsyncClient(timeout=15) as client:
            said = await client.get(f"https://{host}{path}")
        return Answer(said.status_code, said.text, time.perf_counter() - began)
    except httpx.HTTPError as error:
        return Answer(0, f"{type(error).__name__}: {error}", time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Front:
    """`asks`, and how long a site may take to come up (seconds): App Service installs packages before it starts it."""

    asks: Asks
    start_s: float = 900
    pause_s: float = 3

    async def version(self, host: str) -> str:
        """Whose version answers now, ready or not; empty if nobody does."""
        return (await self.asks(host, "/readyz")).version

    async def ready(self, host: str, release: Release, times: int = 1) -> None:
        """Until the release itself says `times` in a row that it is ready; StepFailedError with the last words if not in time."""
        deadline, row, last = time.monotonic() + self.start_s, 0, Answer(0, "it was not asked", 0)
        while row < times:
            last = await self.asks(host, "/readyz")
            row = row + 1 if last.status == 200 and last.version == release.version else 0
            if row < times:
                if time.monotonic() > deadline:
                    raise StepFailedError(
                        f"{host} did not become ready as {release.version} within {self.start_s:.0f} s; it answers as "
                        f"{last.version or 'nobody'} with {last.status or last.body}",
                        {"readyz.txt": f"{last.status}\n{last.body[:4000]}\n"},
                    )
                await asyncio.sleep(self.pause_s)

    async def smoke(self, host: str, release: Release) -> None:
        """What users will ask; StepFailedError for the first answer that is wrong."""
        await self.ready(host, release)
        for path, status, holds in SMOKE:
            said = await self.asks(host, path)
            if said.status != status or holds not in said.body.replace('": "', '":"'):
                wrong = (
                    f"{path} answered {said.status or said.body} instead of {status}"
                    if said.status != status
                    else f"{path}: {holds}"
                )
                raise StepFailedError(
                    f"{release.version} failed its smoke test: {wrong}", {"answer.txt": said.body[:4000] + "\n"}
                )

    async def warm(self, host: str, limit_s: float = 2.0, most: int = 30) -> None:
        """Ask until three answers in a row are quick; StepFailedError when they never are."""
        row = 0
        for _ in range(most):
            said = [await self.asks(host, path) for path, *_ in SMOKE]
            row = row + 1 if all(one.status and one.seconds < limit_s for one in said) else 0
            if row == 3:
                return
        slowest = max(one.seconds for one in said)
        raise StepFailedError(f"{host} did not become quick: an answer took {slowest:.1f} s, and {limit_s} s is the limit")
