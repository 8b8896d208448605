"""Who is reminded when, where the carrier has not said otherwise."""

from __future__ import annotations

from collections.abc import Mapping

STEPS = (90, 60, 30, 14, 7, -1)
"""Days before the last day; -1 is the day after it."""
RAN_OUT = -1
DEFAULTS: Mapping[str, tuple[int, ...]] = {
    "driver": (60, 30, 14, 7, RAN_OUT),
    "safety_manager": (30, 14, 7, RAN_OUT),
    "supervisor": (14, 7, RAN_OUT),
    "admin": (),
    "coach": (),
}
ANY = "*"
MORNING, EVENING = 8, 20
"""Hours between which people are told, where they are; outside it is quiet."""
LOOK_BACK = 14
"""Days after which what ran out is no news any more."""
SHOWN = 25
"""Lines of a digest; the rest is a number and a link."""
