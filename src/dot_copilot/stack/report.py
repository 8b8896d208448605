"""What `dot-copilot status` tells of a stack, whether it runs or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dot_copilot.stack import state
from dot_copilot.stack.home import Home
from dot_copilot.stack.state import PartState, Snapshot


def current(home: Home) -> Snapshot:
    """The stack of `home` as it is now: without a supervisor every part is stopped, whatever it said last."""
    snapshot = state.load(home)
    if snapshot is None:
        return Snapshot(0, 0, "stopped", "", ())
    if snapshot.running:
        return snapshot
    stopped = (
        replace(part, state=part.state if part.state == "done" else "stopped", pid=None, ready_after_s=None)
        for part in snapshot.parts
    )
    return replace(snapshot, phase="stopped", parts=tuple(stopped))


def as_dict(part: PartState) -> dict[str, object]:
    """The public form of a part's state."""
    return {
        "name": part.name,
        "state": part.state,
        "pid": part.pid,
        "port": part.port,
        "restarts": part.restarts,
        "ready_after_s": part.ready_after_s,
    }


def lines(parts: Iterable[PartState]) -> Iterator[str]:
    """A table in plain text."""
    yield f"{'part':<17} {'state':<10} {'pid':>8} {'port':>6} {'ready after':>12} {'restarts':>9}"
    for part in parts:
        after = "" if part.ready_after_s is None else f"{part.ready_after_s:.2f} s"
        row = f"{part.name:<17} {part.state:<10} {part.pid or '':>8} {part.port or '':>6} {after:>12} {part.restarts:>9}"
        detail = "" if part.state in ("ready", "done", "stopped") else part.detail
        yield f"{row}  {detail}".rstrip()
