"""A part is lost while people work: who notices, for how long, and that nothing that was acknowledged is lost with it."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.drills.assistants import assistant
from tests.drills.deploys import ask, sign_in
from tests.drills.press import Answer, Press, p99, usual
from tests.drills.stacks import StackUnderTest, new_stack, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.timeout(400)]
RATE = 30
GONE_S = 10.0
_EASY = ("GET /", "GET /healthz")


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=("--without", "monitoring")) as found:
        found.up()
        yield found


@pytest.fixture(scope="module")
def report() -> Iterator[list[str]]:
    """A line for each loss, shown at the end."""
    lines: list[str] = []
    yield lines
    print("\n".join(["", "lost             back after  requests  failed  none served for  p99 meanwhile  failures", *lines]))  # noqa: T201


@dataclass
class Course:
    """What became of a loss. `quiet_s` is the longest time in which nothing was answered well that needs more than nginx."""

    back_s: float
    answers: list[Answer]

    @property
    def failed(self) -> list[Answer]:
        return [one for one in self.answers if one.failed]

    @property
    def quiet_s(self) -> float:
        good = sorted(one.at + one.seconds for one in self.answers if not one.failed and one.what not in _EASY)
        return max((later - earlier for earlier, later in itertools.pairwise(good)), default=0.0)


def parts(stack: StackUnderTest) -> dict[str, dict[str, Any]]:
    """As the supervisor says, which costs less than the command, so that looking is not what people wait for."""
    return {part["name"]: part for part in stack.ask("supervisor", "/state")["parts"]}


def is_back(found: dict[str, dict[str, Any]], before: dict[str, Any]) -> bool:
    back = found[before["name"]]["restarts"] > before["restarts"]
    return back and all(part["state"] in ("ready", "done") for part in found.values())


def lose(
    stack: StackUnderTest, report: list[str], name: str, deed: Callable[[], None], also: frozenset[str] = frozenset()
) -> Course:
    """Let people work, do something to a part, and wait until everything is ready; then they work for five more seconds.

    `also` may be started again, too.
    """
    token = sign_in(stack)
    terminal = ask(stack, "/api/v1/terminals", token=token)["items"][0]["id"]
    press = Press(stack.port, usual(token, terminal, [assistant(stack).token for _ in range(2)]), rate=RATE, clients=8).start()
    try:
        press.during(2)
        first, before, began = len(press.answers), parts(stack), time.monotonic()
        deed()
        wait_for(f"{name} is ready again", lambda: is_back(parts(stack), before[name]), 90)
        back = time.monotonic() - began
        press.during(3)
        calm = press.during(2)
    finally:
        press.stop()
    course = Course(back, press.answers[first:])
    report.append(
        f"{name:<16} {back:>8.1f} s  {len(course.answers):>8}  {len(course.failed):>6}  {course.quiet_s:>13.1f} s  "
        f"{p99(course.answers) * 1000:>10.0f} ms  {dict(Counter(one.status for one in course.failed)) or ''}"
    )
    after = parts(stack)
    others = {other for other in before if other not in {name, *also} and after[other]["pid"] != before[other]["pid"]}
    assert others == set(), "nobody else was started again"
    assert [one for one in calm if one.failed] == [], "and it is over"
    return course


def killed(stack: StackUnderTest, name: str) -> Callable[[], None]:
    return lambda: os.kill(parts(stack)[name]["pid"], signal.SIGKILL)


def kept_away(stack: StackUnderTest, name: str, seconds: float) -> Callable[[], None]:
    """Kill it, and again as often as it comes back meanwhile."""

    def keep() -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pid = parts(stack)[name]["pid"]
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.2)

    return keep


def entered(stack: StackUnderTest) -> int:
    """How many drivers the load has entered so far."""
    (row,) = asyncio.run(stack.sql("select count(*) found from drivers where last_name = 'Drill' and first_name = 'Load'"))
    return int(row["found"])


def test_the_loss_of_an_api_process_is_noticed_by_what_it_was_just_writing(stack: StackUnderTest, report: list[str]) -> None:
    course = lose(stack, report, "api-1", killed(stack, "api-1"))
    assert [one for one in course.failed if one.what.startswith("GET")] == [], "a read is asked of the other process"
    assert len(course.failed) <= 8, "one on its way for each client"
    assert course.back_s < 15


def test_nobody_notices_the_loss_of_the_worker(stack: StackUnderTest, report: list[str]) -> None:
    course = lose(stack, report, "worker", killed(stack, "worker"))
    assert course.failed == []
    assert course.back_s < 15


def test_without_valkey_people_go_on(stack: StackUnderTest, report: list[str]) -> None:
    course = lose(stack, report, "valkey", kept_away(stack, "valkey", GONE_S))
    assert course.quiet_s < 5, "the database vouches for what the cache can't"
    assert course.back_s < GONE_S + 20


def test_ten_seconds_without_postgresql_are_answered_and_lose_nothing(stack: StackUnderTest, report: list[str]) -> None:
    before = entered(stack)
    course = lose(stack, report, "postgres", kept_away(stack, "postgres", GONE_S), frozenset({"worker"}))
    # 500 for what was just being asked; 200 is an assistant's, whose tool says that it failed.
    assert {one.status for one in course.failed if one.what != "POST /mcp"} <= {500, 502, 503}
    assert max(one.seconds for one in course.answers) < 15, "nobody waits for ever"
    assert course.quiet_s < GONE_S + 15, "and it serves again by itself"
    acknowledged = len([one for one in course.answers if one.status == 201])
    assert entered(stack) - before >= acknowledged, "what was acknowledged is there"
