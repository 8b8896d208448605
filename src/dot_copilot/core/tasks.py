"""What background tasks share: the worker's platform, and the sign that it wants to stop."""

from __future__ import annotations

import asyncio

from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import Mail

stopping = asyncio.Event()
_bound: list[Platform] = []
_mail: list[Mail] = []


def bind(platform: Platform, mail: Mail | None = None) -> None:
    """Called once by the worker before its first job."""
    _bound[:] = [platform]
    _mail[:] = [] if mail is None else [mail]


def mail() -> Mail:
    """How the worker hands mail over."""
    if not _mail:
        raise RuntimeError("no mail is bound; only the worker sends")
    return _mail[0]


def platform() -> Platform:
    """The worker's platform."""
    if not _bound:
        raise RuntimeError("no platform is bound; tasks run in the worker only")
    return _bound[0]
