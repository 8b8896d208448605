"""Events: handlers run in order, in the caller's transaction, once each."""

from __future__ import annotations

from typing import Any, cast

import pytest

from dot_copilot.core import events
from dot_copilot.core.database import Door

DOOR = cast(Door, object())


@pytest.mark.asyncio
async def test_handlers_of_the_event_run_in_order_and_no_others() -> None:
    class Happened: ...

    class Other: ...

    heard: list[tuple[str, Any]] = []

    @events.subscribe(Happened)
    async def first(door: Door, event: Happened) -> None:
        heard.append(("first", event))
        assert door is DOOR

    @events.subscribe(Happened)
    async def second(door: Door, event: Happened) -> None:
        heard.append(("second", event))

    events.subscribe(Happened)(first)  # a module imported twice must not react twice
    event = Happened()
    await events.publish(DOOR, event)
    await events.publish(DOOR, Other())
    assert heard == [("first", event), ("second", event)]


@pytest.mark.asyncio
async def test_an_error_of_a_handler_reaches_the_publisher() -> None:
    class Happened: ...

    @events.subscribe(Happened)
    async def fail(door: Door, event: Happened) -> None:
        raise LookupError("undo it all")

    with pytest.raises(LookupError):
        await events.publish(DOOR, Happened())


@pytest.mark.asyncio
async def test_an_event_nobody_listens_to_is_fine_and_leaves_nothing_behind() -> None:
    class Happened: ...

    await events.publish(DOOR, Happened())
    assert Happened not in events._handlers
