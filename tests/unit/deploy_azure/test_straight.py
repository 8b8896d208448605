"""A tier without a slot: the new version takes the old one's place; a bad one is replaced by the package from before."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from dot_copilot.deploy import commits
from dot_copilot.deploy.azure.choose import target_for
from dot_copilot.deploy.azure.straight import StraightTarget
from dot_copilot.deploy.errors import RefusedError, StepFailedError
from dot_copilot.deploy.model import Release
from tests.unit.deploy_azure.conftest import NEW, OLD, Azure, Make

pytestmark = pytest.mark.asyncio


@pytest.fixture
def azure(make: Make) -> Azure:
    return make(slots=False)


@pytest.fixture
def target(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> StraightTarget:
    """The old version is known here, as it is in a checkout with its tag."""
    azure.release(OLD)
    monkeypatch.setattr(commits, "resolve", lambda asked, _root: (asked, "1" * 40))
    return StraightTarget(azure.place, azure.az, azure.front)


def silent(_text: str) -> None:
    pass


async def test_it_is_put_in_place_and_asked(azure: Azure, target: StraightTarget) -> None:
    release = azure.release(NEW)
    await target.place(release, silent)
    assert azure.slot("production")["version"] == OLD, "nothing changes before the swap"
    await target.swap(release)
    await target.verify(release)
    assert azure.slot("production")["version"] == NEW
    assert (await target.present()).serving.version == NEW


@pytest.mark.parametrize("wrong", ["never-ready", "smoke"])
async def test_a_bad_one_is_replaced_by_the_one_from_before(azure: Azure, target: StraightTarget, wrong: str) -> None:
    azure.change(wrong={NEW: wrong})
    release = azure.release(NEW)
    await target.place(release, silent)

    async def swap_and_verify() -> None:
        await target.swap(release)
        await target.verify(release)

    with pytest.raises(StepFailedError):
        await swap_and_verify()
    await target.swap_back(release)
    assert azure.slot("production")["version"] == OLD
    await target.swap_back(release)
    assert len([call for call in azure.calls if call.startswith("webapp deploy ")]) == 2, "once there, once back"


async def test_a_killed_one_knows_the_way_back(azure: Azure, target: StraightTarget) -> None:
    """The note is written before anything changes, so that a second run does not take the bad one for what was before."""
    release = azure.release(NEW)
    await target.place(release, silent)
    await target.swap(release)
    again = StraightTarget(azure.place, azure.az, azure.front)
    await again.place(release, silent)
    await again.swap_back(release)
    assert azure.slot("production")["version"] == OLD


async def test_without_anything_before_it_says_so(azure: Azure, target: StraightTarget, tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="it is not known here what served before"):
        await target.swap_back(azure.release(NEW))
    own = Release(NEW, "0" * 40, str(tmp_path))
    (azure.place.packages / "before.json").write_text(json.dumps(asdict(own)))
    with pytest.raises(StepFailedError, match="deploy another version by name"):
        await target.swap_back(own)


async def test_a_slot_is_refused_on_a_tier_without(azure: Azure) -> None:
    with pytest.raises(RefusedError, match="prod has no second slot, because its plan is too small for one"):
        await target_for("prod", slot=True, az=azure.az, front=azure.front)
    assert isinstance(await target_for("prod", az=azure.az, front=azure.front), StraightTarget)
