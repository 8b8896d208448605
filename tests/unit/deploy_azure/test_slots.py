"""A slot swap: nobody is sent to a version that has not answered as itself, and what is wrong is taken back."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from dot_copilot.deploy.azure.slots import SlotTarget
from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Figures, Limits, Release
from tests.unit.deploy_azure.conftest import NEW, OLD, Azure

pytestmark = pytest.mark.asyncio
LIMITS = Limits(seconds=0.3, least=10)
BEFORE = Figures(100, 0, 0.01)


@pytest.fixture
def target(azure: Azure) -> SlotTarget:
    return SlotTarget(azure.place, azure.az, azure.front)


@pytest.fixture
def release(azure: Azure) -> Release:
    return azure.release(NEW)


def silent(_text: str) -> None:
    pass


async def forward(target: SlotTarget, release: Release) -> None:
    await target.place(release, silent)
    await target.warm_up(release)
    await target.smoke(release)
    await target.swap(release)
    await target.verify(release)


async def test_the_new_version_serves_and_the_old_one_is_in_the_slot(azure: Azure, target: SlotTarget, release: Release) -> None:
    azure.change(takes={"deploy": 0.2, "restart": 0.2, "preview": 0.1, "swap": 0.2})
    await forward(target, release)
    assert azure.versions == (NEW, OLD)
    seen = await target.observe(release, LIMITS, BEFORE, silent)
    assert seen.error_share == 0
    await target.retire_idle(silent)
    assert not azure.slot("staging")["running"]
    present = await target.present()
    assert (present.serving.version, present.idle.running, present.url) == (NEW, False, "https://api.example.com")


async def test_the_swap_is_one_of_two_phases(azure: Azure, target: SlotTarget, release: Release) -> None:
    await forward(target, release)
    swaps = [call.split("--action ")[1].split()[0] for call in azure.calls if "slot swap" in call]
    assert swaps == ["preview", "swap"]


async def test_before_the_swap_users_notice_nothing(azure: Azure, target: SlotTarget, release: Release) -> None:
    await target.place(release, silent)
    await target.warm_up(release)
    await target.smoke(release)
    assert azure.versions == (OLD, NEW)
    assert (await target.present()).idle.version == NEW


async def test_a_version_that_never_becomes_ready_is_not_swapped_in(azure: Azure, target: SlotTarget, release: Release) -> None:
    azure.change(wrong={NEW: "never-ready"})
    with pytest.raises(StepFailedError, match="did not become ready as") as why:
        await target.place(release, silent)
    assert "503" in why.value.evidence["readyz.txt"]
    assert azure.versions[0] == OLD


async def test_azures_own_page_is_no_answer_of_ours(azure: Azure, target: SlotTarget, release: Release) -> None:
    """A site whose start command is wrong shows a page with 200."""
    azure.change(takes={"restart": 60})
    with pytest.raises(StepFailedError, match="it answers as nobody with 200"):
        await target.place(release, silent)


async def test_a_wrong_answer_ends_it_before_the_swap(azure: Azure, target: SlotTarget, release: Release) -> None:
    azure.change(wrong={NEW: "smoke"})
    await target.place(release, silent)
    with pytest.raises(StepFailedError, match="/api/v1/drivers answered 500 instead of 401"):
        await target.smoke(release)


async def test_what_does_not_work_with_productions_settings_is_taken_back(
    azure: Azure, target: SlotTarget, release: Release
) -> None:
    azure.change(wrong={NEW: "with-settings"})
    await target.place(release, silent)
    with pytest.raises(StepFailedError, match="with production's settings"):
        await target.swap(release)
    assert azure.versions == (OLD, NEW)
    assert not (await target.site.state(slot=True)).swapping_to, "the first phase was undone"


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        ({"wrong": {NEW: "errors"}}, "requests of our own failed"),
        ({"wrong": {NEW: "slow"}}, r"took 3.00 s \(p99\)"),
        ({"metrics": [200, 5]}, "5 of 200 requests failed"),
    ],
)
async def test_a_breach_is_said_at_once_and_swapped_back(
    azure: Azure, target: SlotTarget, release: Release, seen: dict[str, Any], sentence: str
) -> None:
    await forward(target, release)
    azure.change(**seen)
    with pytest.raises(StepFailedError, match=sentence):
        await target.observe(release, Limits(seconds=30, least=10), BEFORE, silent)
    began = time.monotonic()
    await target.swap_back(release)
    assert time.monotonic() - began < 5
    assert azure.versions == (OLD, NEW)


async def test_back_again_starts_the_old_one_if_it_was_stopped(azure: Azure, target: SlotTarget, release: Release) -> None:
    await forward(target, release)
    await target.retire_idle(silent)
    await target.swap_back(release)
    assert azure.versions == (OLD, NEW)
    assert azure.slot("production")["running"]


async def test_every_step_may_be_repeated(azure: Azure, target: SlotTarget, release: Release) -> None:
    await forward(target, release)
    await target.swap(release)
    assert azure.versions == (NEW, OLD), "a second swap would have been a way back"
    await target.swap_back(release)
    await target.swap_back(release)
    assert azure.versions == (OLD, NEW)
    uploads = [call for call in azure.calls if call.startswith("webapp deploy ")]
    await target.place(release, silent)
    assert len(uploads) == len([call for call in azure.calls if call.startswith("webapp deploy ")]), "it is there already"


async def test_a_busy_site_is_waited_for(azure: Azure, target: SlotTarget, release: Release) -> None:
    with_other = {"kind": "other", "ends": time.time() + 1}
    azure.change(operation=with_other)
    await forward(target, release)
    assert azure.versions == (NEW, OLD)


async def test_a_swap_that_somebody_else_has_begun_is_not_done_twice(azure: Azure, target: SlotTarget, release: Release) -> None:
    """As after a killed deploy: Azure goes on swapping, and answers that it is busy."""
    await target.place(release, silent)
    azure.change(operation={"kind": "swap", "ends": time.time() + 0.5})
    await target.swap(release)
    await asyncio.sleep(0.1)
    assert azure.versions == (NEW, OLD)


async def test_evidence_never_raises(azure: Azure, target: SlotTarget) -> None:
    azure.change(signed_in=False)
    assert "az login" in (await target.evidence())["slot.txt"]
