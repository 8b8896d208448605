"""A deploy is kept, or taken back; and whoever is killed in the middle leaves something that can be finished."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dot_copilot.deploy.engine import Engine
from dot_copilot.deploy.errors import DeployError, RefusedError, UnknownVersionError
from dot_copilot.deploy.journal import Journal
from dot_copilot.deploy.model import BACKWARD, FORWARD, Kind, Outcome, Step, StepState
from tests.unit.deploy.memory import Killed, MemoryTarget

pytestmark = pytest.mark.asyncio
BEFORE_SWAP = FORWARD[: FORWARD.index(Step.SWAP)]
AFTER_SWAP = (Step.SWAP, Step.VERIFY, Step.OBSERVE)


@pytest.fixture
def target() -> MemoryTarget:
    return MemoryTarget()


@pytest.fixture
def engine(target: MemoryTarget, tmp_path: Path) -> Engine:
    return Engine(target, Journal(tmp_path, target.name))


async def test_a_good_version_is_kept_and_the_old_one_let_go(engine: Engine, target: MemoryTarget) -> None:
    deploy = await engine.deploy("2")
    assert deploy.outcome is Outcome.KEPT
    assert [one.step for one in deploy.steps if one.state is StepState.DONE] == list(FORWARD)
    assert (target.slots[target.serving], target.running) == ("2", {"green"})


@pytest.mark.parametrize("step", BEFORE_SWAP)
async def test_a_version_found_wanting_before_the_swap_is_never_seen(engine: Engine, target: MemoryTarget, step: Step) -> None:
    target.quality["2"] = step
    deploy = await engine.deploy("2")
    assert deploy.outcome is Outcome.STOPPED
    assert deploy.reason == f"{step}: 2 is bad"
    assert (target.seen, target.running, target.slots[target.serving]) == ([], {"blue"}, "1")


@pytest.mark.parametrize("step", AFTER_SWAP)
async def test_a_version_found_wanting_after_the_swap_is_taken_back(engine: Engine, target: MemoryTarget, step: Step) -> None:
    target.quality["2"] = step
    deploy = await engine.deploy("2")
    assert deploy.outcome is Outcome.ROLLED_BACK
    assert (target.slots[target.serving], target.running) == ("1", {"blue"})
    kept = {path.name: path.read_text() for path in engine.journal.evidence(deploy).iterdir()}
    assert kept == {"why.txt": "because", "log.txt": "log of 2"}


async def test_an_old_version_that_can_not_be_stopped_is_no_reason_to_go_back(engine: Engine, target: MemoryTarget) -> None:
    async def refuse(say: object) -> None:
        raise OSError("it hangs")

    target.retire_idle = refuse  # type: ignore[method-assign]
    assert (await engine.deploy("2")).outcome is Outcome.KEPT
    assert target.slots[target.serving] == "2"


async def test_a_way_back_that_fails_is_said_and_can_be_taken_again(engine: Engine, target: MemoryTarget) -> None:
    target.quality["2"] = Step.VERIFY
    good = target.swap_back

    async def refuse(release: object) -> None:
        raise OSError("nginx is gone")

    target.swap_back = refuse  # type: ignore[method-assign]
    with pytest.raises(DeployError, match="going back to 1 failed: OSError: nginx is gone; 2 may still serve"):
        await engine.deploy("2")
    target.swap_back = good  # type: ignore[method-assign]
    assert (await engine.rollback()).outcome is Outcome.ROLLED_BACK
    assert target.slots[target.serving] == "1"


async def test_rollback_goes_back_without_migrating_and_as_carefully(engine: Engine, target: MemoryTarget) -> None:
    await engine.deploy("2")
    deploy = await engine.rollback()
    assert (deploy.kind, deploy.version, deploy.outcome) == (Kind.ROLLBACK, "1", Outcome.KEPT)
    assert Step.MIGRATE not in [one.step for one in deploy.steps]
    assert (target.slots[target.serving], target.schema) == ("1", "2")


async def test_there_is_no_way_back_from_what_no_deploy_brought(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="1 was not brought by a deploy"):
        await engine.rollback()


async def test_no_way_back_to_a_version_that_is_gone(engine: Engine, target: MemoryTarget) -> None:
    await engine.deploy("2")
    target.built.remove("1")
    with pytest.raises(UnknownVersionError, match="1 served before, and is not here any more; there are: 2"):
        await engine.rollback()


async def test_what_is_not_there_or_serves_already_is_refused_and_leaves_no_trace(engine: Engine) -> None:
    with pytest.raises(UnknownVersionError, match="there are: 1, 2, 3"):
        await engine.deploy("4")
    with pytest.raises(RefusedError, match="1 serves already"):
        await engine.deploy("1")
    assert engine.journal.deploys() == []


async def test_continue_with_nothing_to_continue(engine: Engine) -> None:
    with pytest.raises(RefusedError, match="no deploy was interrupted"):
        await engine.go_on()


async def killed_in(target: MemoryTarget, root: Path, step: Step, late: bool, bad: Step | None = None) -> None:
    """Deploy version 2, killed in a step before or after its effect."""
    target.dies = (step, late)
    if bad is not None:
        target.quality["2"] = bad
    with pytest.raises(Killed):
        await Engine(target, Journal(root, target.name)).deploy("2")


FORWARD_DEATHS = [(step, late) for step in FORWARD for late in (False, True)]


@pytest.mark.parametrize(("step", "late"), FORWARD_DEATHS)
async def test_killed_in_any_step_it_is_continued(target: MemoryTarget, tmp_path: Path, step: Step, late: bool) -> None:
    await killed_in(target, tmp_path, step, late)
    said: list[str] = []
    deploy = await Engine(target, Journal(tmp_path, target.name), say=said.append).deploy("2")
    assert said[0].startswith(f"deploy 1 of 2 was interrupted in the step {step}")
    assert (deploy.number, deploy.outcome) == (1, Outcome.KEPT)
    assert (target.slots[target.serving], target.running) == ("2", {"green"})
    assert target.seen == ["2"]


@pytest.mark.parametrize(("step", "late"), FORWARD_DEATHS)
async def test_killed_in_any_step_it_is_taken_back(target: MemoryTarget, tmp_path: Path, step: Step, late: bool) -> None:
    await killed_in(target, tmp_path, step, late)
    deploy = await Engine(target, Journal(tmp_path, target.name)).rollback()
    assert deploy.outcome in (Outcome.ROLLED_BACK, Outcome.STOPPED)
    assert (target.slots[target.serving], target.running) == ("1", {"blue"})


@pytest.mark.parametrize(("step", "late"), FORWARD_DEATHS)
async def test_another_version_undoes_it_first(target: MemoryTarget, tmp_path: Path, step: Step, late: bool) -> None:
    await killed_in(target, tmp_path, step, late)
    journal = Journal(tmp_path, target.name)
    deploy = await Engine(target, journal).deploy("3")
    assert (deploy.version, deploy.before, deploy.outcome) == ("3", "1", Outcome.KEPT)
    assert [one.reason for one in journal.deploys()] == ["another version was asked for", ""]


@pytest.mark.parametrize("step", BACKWARD)
@pytest.mark.parametrize("late", [False, True])
async def test_killed_on_the_way_back_it_still_goes_back(target: MemoryTarget, tmp_path: Path, step: Step, late: bool) -> None:
    await killed_in(target, tmp_path, step, late, bad=Step.OBSERVE)
    deploy = await Engine(target, Journal(tmp_path, target.name)).go_on()
    assert (deploy.outcome, deploy.reason) == (Outcome.ROLLED_BACK, "observe: 2 is bad")
    assert (target.slots[target.serving], target.running) == ("1", {"blue"})


@settings(max_examples=150, deadline=None)
@given(
    deaths=st.lists(st.tuples(st.sampled_from([*FORWARD, *BACKWARD]), st.booleans()), max_size=6),
    bad=st.none() | st.sampled_from(FORWARD[:-1]),
    choices=st.lists(st.sampled_from(["go on", "back", "deploy"]), min_size=7, max_size=7),
)
async def test_however_often_it_is_killed_it_ends_well(
    deaths: list[tuple[Step, bool]], bad: Step | None, choices: list[str]
) -> None:
    """Whatever dies, in whatever order, users are sent to one whole version at any time, and in the end one slot runs."""
    target = MemoryTarget(quality={} if bad is None else {"2": bad})
    with tempfile.TemporaryDirectory() as root:
        journal = Journal(Path(root), target.name)
        for death, choice in zip([*deaths, None], choices, strict=False):
            target.dies = death
            try:
                engine = Engine(target, journal)
                if journal.unfinished() is None:
                    if target.slots[target.serving] == "2":
                        break
                    await engine.deploy("2")
                elif choice == "deploy":
                    await engine.deploy("2")
                else:
                    await (engine.go_on() if choice == "go on" else engine.rollback())
            except Killed:
                assert target.serving in target.running
        target.dies = None
        if journal.unfinished() is not None:
            await Engine(target, journal).go_on()
        last = journal.deploys()[-1]
        assert last.outcome is not None
        assert target.slots[target.serving] == ("2" if last.outcome is Outcome.KEPT else "1")
        assert target.running == {target.serving}
