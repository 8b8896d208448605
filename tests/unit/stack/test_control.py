"""Orders to a running stack: carried out to their end, answered with what is the case, and only for the home's owner."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dot_copilot.stack import control
from dot_copilot.stack.control import Control
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home
from tests.unit.stack.processes import new_home

pytestmark = pytest.mark.asyncio


class Orders:
    """What was ordered, and how it ends."""

    def __init__(self) -> None:
        self.begun: list[Mapping[str, Any]] = []
        self.done: list[Mapping[str, Any]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def carry_out(self, words: Mapping[str, Any]) -> dict[str, Any]:
        self.begun.append(words)
        await self.go_on.wait()
        if words.get("do") == "fail":
            raise StackError("it can't be done now")
        if words.get("do") == "break":
            raise ZeroDivisionError("oh")
        self.done.append(words)
        return {"serving": "blue"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    return new_home(deep)


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest_asyncio.fixture
async def running(home: Home, orders: Orders) -> AsyncIterator[Control]:
    found = Control(home, orders.carry_out)
    await found.start()
    yield found
    await found.stop()


async def test_an_order_is_answered_however_deep_the_home_is(home: Home, running: Control, orders: Orders) -> None:
    assert (await control.ask(home, {"do": "look"}, 5))["serving"] == "blue"
    assert orders.done == [{"do": "look"}]


async def test_only_the_owner_can_open_it(home: Home, running: Control) -> None:
    assert stat.S_IMODE((home.run / "control.sock").stat().st_mode) == 0o600


@pytest.mark.parametrize(("do", "why"), [("fail", "it can't be done now"), ("break", "ZeroDivisionError: oh")])
async def test_what_goes_wrong_is_said_to_who_ordered_it(home: Home, running: Control, do: str, why: str) -> None:
    with pytest.raises(StackError, match=why):
        await control.ask(home, {"do": do}, 5)
    assert (await control.ask(home, {"do": "look"}, 5))["serving"] == "blue", "and the next one is served"


async def test_an_order_is_carried_out_though_the_one_who_gave_it_is_gone(home: Home, running: Control, orders: Orders) -> None:
    orders.go_on.clear()
    with pytest.raises(StackError):
        await control.ask(home, {"do": "place"}, 0.2)
    assert orders.begun == [{"do": "place"}]
    orders.go_on.set()
    await asyncio.sleep(0.1)
    assert orders.done == [{"do": "place"}]


async def test_nonsense_harms_nobody(home: Home, running: Control) -> None:
    with control._path(home) as path:
        reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"what?\n")
    assert b'"ok": false' in await reader.readline()
    writer.close()
    assert (await control.ask(home, {"do": "look"}, 5))["serving"] == "blue"


async def test_nobody_answers_where_no_stack_runs(home: Home) -> None:
    with pytest.raises(StackError, match="no stack runs in"):
        await control.ask(home, {"do": "look"}, 1)


async def test_a_socket_that_a_killed_supervisor_left_is_taken_over(home: Home, orders: Orders) -> None:
    (home.run / "control.sock").write_text("left")
    found = Control(home, orders.carry_out)
    await found.start()
    try:
        assert (await control.ask(home, {"do": "look"}, 5))["serving"] == "blue"
    finally:
        await found.stop()
