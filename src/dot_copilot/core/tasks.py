"""What background tasks share: the worker's platform, and the sign that it wants to stop."""

from __future__ import annotations

import asyncio

from dot_copilot.core.platform import Platform

stopping = asyncio.Event()
_bound: list[Platform] = []


def bind(platform: Platform) -> None:
    """Called once by the worker before its first job."""
    _bound[:] = [platform]


def platform() -> Platform:
    """The worker's platform."""
    if not _bound:
        raise RuntimeError("no platform is bound; tasks run in the worker only")
    return _bound[0]
