"""The observation window: what App Service counts of everybody's requests, and requests of our own for what is known at once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dot_copilot.deploy.azure.front import SMOKE, Answer, Front
from dot_copilot.deploy.azure.site import Site
from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Figures, Limits, Release
from dot_copilot.deploy.target import Say

_EVERY_S = 20
"""Between two questions to Azure's metrics, which are a minute late anyway."""


@dataclass(slots=True)
class Seen:
    """Answers to our own requests."""

    answers: list[Answer] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, path: str, wanted: int, said: Answer) -> None:
        self.answers.append(said)
        if said.status == 0 or said.status >= 500 or said.status != wanted:
            self.wrong.append(f"{path} {said.status} {said.body[:300]}")


def p99(seconds: Sequence[float]) -> float | None:
    """The 99th percentile (nearest rank) in seconds; None of nothing."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(len(ordered) * 0.99) - 1)] if ordered else None


async def sample(front: Front, host: str, times: int = 5) -> Seen:
    """Our own requests, one after the other, `times` round."""
    seen = Seen()
    for _ in range(times):
        for path, status, _holds in SMOKE:
            seen.add(path, status, await front.asks(host, path))
    return seen


async def watch(site: Site, front: Front, release: Release, limits: Limits, *, host: str, before: Figures, say: Say) -> Figures:
    """What was seen; StepFailedError as soon as a limit is broken, or another version answers."""
    began, since, asked = time.monotonic(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), 0.0
    seen, users = Seen(), (0, 0)
    slowest = max(limits.p99_s, limits.slower * (before.p99_s or 0))
    while True:
        round_ = await sample(front, host, 1)
        seen.answers += round_.answers
        seen.wrong += round_.wrong
        if (answers := await front.version(host)) != release.version:
            raise StepFailedError(f"{host} answers as {answers or 'nobody'}, and {release.version} should serve")
        left = limits.seconds - (time.monotonic() - began)
        if time.monotonic() - asked > _EVERY_S or left <= 0:
            asked, users = time.monotonic(), await site.metrics(since)
            say(f"{users[0]} requests of users, {users[1]} failed; {len(seen.answers)} of our own, {len(seen.wrong)} failed")
        figures = Figures(users[0] + len(seen.answers), users[1] + len(seen.wrong), p99([one.seconds for one in seen.answers]))
        _judge(figures, users, limits, seen, slowest=slowest, last=left <= 0)
        if left <= 0:
            return figures
        await asyncio.sleep(min(1.0, left))


def _judge(figures: Figures, users: tuple[int, int], limits: Limits, seen: Seen, *, slowest: float, last: bool) -> None:
    """Users' requests are judged once there are enough; our own are few, and more than one wrong among them is enough.

    The `last` judgement is about as many of our own as there are: a window must not be too short to see that all are slow.
    """
    evidence = {"bad-answers.txt": "\n".join(seen.wrong[:50]) + "\n"}
    if users[0] >= limits.least and users[1] / users[0] > limits.errors:
        raise StepFailedError(f"{users[1]} of {users[0]} requests failed, and {limits.errors:.1%} is the limit", evidence)
    if len(seen.wrong) > 1 and len(seen.wrong) / len(seen.answers) > limits.errors:
        raise StepFailedError(f"{len(seen.wrong)} of {len(seen.answers)} requests of our own failed: {seen.wrong[-1]}", evidence)
    enough = last or len(seen.answers) >= limits.least
    if enough and figures.p99_s is not None and figures.p99_s > slowest:
        raise StepFailedError(f"the slowest answers took {figures.p99_s:.2f} s (p99), and {slowest:.2f} s is the limit", evidence)
