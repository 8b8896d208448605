"""A deploy to the stand-in of Azure in a process of its own, to be killed.

`python -m tests.support.azure_deploy STATE ZIP VERSION WAY`; WAY is `forward`, `back`, or a target's methods with commas between.
Each step is said before it begins.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from dot_copilot.deploy.azure.az import Az
from dot_copilot.deploy.azure.front import Front
from dot_copilot.deploy.azure.place import Place
from dot_copilot.deploy.azure.slots import SlotTarget
from dot_copilot.deploy.model import Release
from tests.support.fake_az import Sites

WAYS = {"forward": "place,warm_up,smoke,swap,verify,retire_idle", "back": "swap_back,retire_idle"}


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


async def run(state: Path, package: Path, version: str, way: str) -> None:
    """Every step from the first: what is done already must be found out."""
    front = Front(Sites(state), start_s=20, pause_s=0.05)
    target = SlotTarget(Place("prod", "dotcopilot", package.parent), Az(patience=20, pause=0.05), front)
    release = Release(version, "0" * 40, str(package))
    for step in WAYS.get(way, way).split(","):
        _say(step)
        if step == "retire_idle":
            await target.retire_idle(_say)
        elif step == "place":
            await target.place(release, _say)
        else:
            await getattr(target, step)(release)
    _say("done")


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
