"""A running stack as others see it: the pages of the supervisor's listener."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dot_copilot import __version__
from dot_copilot.stack import exposition, tls, usage
from dot_copilot.stack.listener import Page
from dot_copilot.stack.parts import archiving

if TYPE_CHECKING:
    from dot_copilot.stack.stack import Stack


def pages(stack: Stack) -> Mapping[str, Page]:
    """`/state` and `/metrics`; both look only when they are asked for."""
    return {"/state": lambda: ("application/json", json.dumps(_state(stack))), "/metrics": lambda: _metrics(stack)}


def _metrics(stack: Stack) -> tuple[str, str]:
    certificates = tls.of(stack.home).expirations() if stack.plan.tls else {}
    used = usage.read(_leaders(stack))
    backups = archiving.state(stack.home)
    return exposition.CONTENT_TYPE, exposition.render(stack.states, used, stack.home.root, certificates, backups)


def _leaders(stack: Stack) -> dict[str, int]:
    """Every process whose family is counted by itself: the parts, the nursery, and the supervisor."""
    parts = {part.name: part.pid for part in stack.states if part.pid is not None}
    first = stack.nursery or next(iter(stack.nurseries.values()), None)
    nursery = {} if first is None else {"nursery": first.pid}
    return {**parts, **nursery, "supervisor": os.getpid()}


def _state(stack: Stack) -> dict[str, object]:
    """What `/state` answers; `without` names the parts that are off, and `after` whom a part waits for."""
    used = usage.read(_leaders(stack))
    parts = {name: runner.part for name, runner in stack.supervisor.runners.items()}
    return {
        "phase": stack.phase,
        "url": stack.plan.url,
        "version": __version__,
        "supervisor": {"pid": os.getpid(), "port": stack.plan.inner["supervisor"], **_used(used["supervisor"])},
        "parts": [
            {
                "name": one.name,
                "state": one.state,
                "pid": one.pid,
                "port": one.port,
                "restarts": one.restarts,
                "ready_after_s": one.ready_after_s,
                "detail": one.detail,
                "since": one.since,
                "task": one.task,
                "late": parts[one.name].late,
                "after": list(parts[one.name].after),
                **(_used(used[one.name]) if one.name in used else {}),
            }
            for one in stack.states
        ],
        "without": sorted(stack.plan.without),
    }


def _used(used: usage.Usage) -> dict[str, object]:
    return {"cpu_s": used.cpu_s, "memory_bytes": used.memory_bytes, "open_files": used.open_files}
