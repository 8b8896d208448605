"""Orders about colours: each may be given again, and none may take what serves away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dot_copilot.stack import colours, topology
from dot_copilot.stack.colouring import Colouring
from dot_copilot.stack.colours import BLUE, GREEN, NAMES, Code, Standing
from dot_copilot.stack.errors import PartFailedError, StackError
from dot_copilot.stack.home import Home
from dot_copilot.stack.model import Part, State

pytestmark = pytest.mark.asyncio


@dataclass
class Runner:
    """A part that runs, for these tests."""

    part: Part
    state: State = State.READY
    log_start: int = 0
    waits: bool = False

    def hurry(self) -> None:
        self.waits = False


@dataclass
class Supervisor:
    """Starts what it is told at once; `bad` names what does not start."""

    runners: dict[str, Runner] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)

    async def add(self, parts: Sequence[Part], *, waits: bool = False) -> None:
        for part in parts:
            self.story.append(f"start {part.name}{' behind' if waits else ''}")
            if part.name in self.bad:
                raise PartFailedError(part.name, "made to fail")
            self.runners[part.name] = Runner(part, waits=waits)

    async def remove(self, names: Iterable[str]) -> None:
        for name in names:
            if self.runners.pop(name, None) is not None:
                self.story.append(f"stop {name}")


@dataclass
class Door:
    """Remembers whom it leads to; refuses as often as it is told."""

    supervisor: Supervisor
    refusals: int = 0

    def prepare(self) -> None:
        """Links are no matter here."""

    def keep(self) -> None:
        """Nor are assets."""

    async def turn(self, colour: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StackError("nginx does not answer")
        self.supervisor.story.append(f"door {colour}")


class Stack:
    """As much of a stack as colours need: blue serves the supervisor's own code."""

    def __init__(self, home: Home) -> None:
        self.home, self.phase, self.supervisor = home, "ready", Supervisor()
        self.switch, self.nurseries = Door(self.supervisor), dict[str, Any]()
        inner = dict.fromkeys([*NAMES[BLUE].all, *NAMES[GREEN].all, "nginx-metrics"], 1)
        self.plan = SimpleNamespace(standing=Standing(), inner=inner, without=(), url="http://localhost:1")
        for name in NAMES[BLUE].all:
            self.supervisor.runners[name] = Runner(Part(name, ()))

    def stand(self, standing: Standing) -> None:
        self.plan.standing = standing

    async def write_door(self) -> None:
        assert colours.load(self.home).serving == self.plan.standing.serving, "what serves is on record before the door turns"

    def nurse(self, code: Code) -> None: ...
    def list_targets(self) -> None: ...
    def save(self) -> None: ...


@pytest.fixture(autouse=True)
def plain_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts(plan: Any, colour: str, names: Iterable[str]) -> tuple[Part, ...]:
        return tuple(Part(name, (), code=plan.standing.code_of(colour).directory) for name in NAMES[colour].all if name in names)

    monkeypatch.setattr(topology, "of_colour", parts)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(Home(tmp_path))


@pytest.fixture
def colouring(stack: Stack) -> Colouring:
    return Colouring(cast(Any, stack))


@pytest.fixture
def code(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "release/lib/dot_copilot").mkdir(parents=True)
    return {"version": "2", "directory": str(tmp_path / "release"), "python": ""}


def placing(code: dict[str, str], colour: str = GREEN) -> dict[str, Any]:
    return {"do": "place", "colour": colour, "code": code}


async def test_a_release_starts_behind_what_serves_and_nobody_is_sent_to_it(
    colouring: Colouring, stack: Stack, code: dict[str, str]
) -> None:
    found = await colouring.order(placing(code))
    assert stack.supervisor.story == [f"start {name} behind" for name in NAMES[GREEN].doors]
    assert (found["serving"], found["colours"][GREEN]["version"]) == (BLUE, "2")
    assert set(found["colours"][GREEN]["parts"]) == set(NAMES[GREEN].doors), "its worker would take jobs"


async def test_what_is_placed_already_is_not_placed_again(colouring: Colouring, stack: Stack, code: dict[str, str]) -> None:
    await colouring.order(placing(code))
    stack.supervisor.story.clear()
    await colouring.order(placing(code))
    assert stack.supervisor.story == []


async def test_the_worker_goes_before_the_door_turns_and_comes_after(
    colouring: Colouring, stack: Stack, code: dict[str, str]
) -> None:
    await colouring.order(placing(code))
    stack.supervisor.story.clear()
    found = await colouring.order({"do": "serve", "colour": GREEN})
    assert stack.supervisor.story == ["stop worker", "door green", "start worker-2 behind"]
    assert not any(runner.waits for runner in stack.supervisor.runners.values()), "what serves waits for nobody"
    assert (found["serving"], bool(found["since"])) == (GREEN, True)
    assert colours.load(stack.home).serving == GREEN


async def test_a_door_that_does_not_answer_is_turned_when_it_does(
    colouring: Colouring, stack: Stack, code: dict[str, str]
) -> None:
    await colouring.order(placing(code))
    stack.switch.refusals = 2
    assert (await colouring.order({"do": "serve", "colour": GREEN}))["serving"] == GREEN
    assert "door green" in stack.supervisor.story


async def test_a_release_that_does_not_start_leaves_nothing_and_blue_serves(
    colouring: Colouring, stack: Stack, code: dict[str, str]
) -> None:
    stack.supervisor.bad = {"api-4"}
    with pytest.raises(PartFailedError, match="api-4"):
        await colouring.order(placing(code))
    assert set(stack.supervisor.runners) == set(NAMES[BLUE].all)
    assert colouring.look()["serving"] == BLUE


async def test_the_old_colour_is_stopped_and_can_serve_again(colouring: Colouring, stack: Stack, code: dict[str, str]) -> None:
    await colouring.order(placing(code))
    await colouring.order({"do": "serve", "colour": GREEN})
    await colouring.order({"do": "retire", "colour": BLUE})
    assert set(stack.supervisor.runners) == set(NAMES[GREEN].all)
    with pytest.raises(StackError, match="blue is not ready: api-1 is not there"):
        await colouring.order({"do": "serve", "colour": BLUE})
    assert colouring.look()["serving"] == GREEN


async def test_what_would_take_the_service_away_is_refused(colouring: Colouring, stack: Stack, code: dict[str, str]) -> None:
    refused: dict[str, dict[str, Any]] = {
        "blue serves; a release can only be put into the other colour": placing(code, BLUE),
        "blue serves, and is not stopped": {"do": "retire", "colour": BLUE},
        "there is no colour 'red'; there are blue, green": {"do": "serve", "colour": "red"},
        "green is not ready: api-3 is not there": {"do": "serve", "colour": GREEN},
        "does not know the order 'dance'": {"do": "dance", "colour": GREEN},
        "/gone is not there": placing({"version": "3", "directory": "/gone", "python": ""}),
    }
    for why, words in refused.items():
        with pytest.raises(StackError, match=why):
            await colouring.order(words)
    stack.phase = "stopping"
    with pytest.raises(StackError, match="the stack is stopping, and can't change colours now"):
        await colouring.order({"do": "look"})
    assert set(stack.supervisor.runners) == set(NAMES[BLUE].all)
    assert stack.supervisor.story == []
