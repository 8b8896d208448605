"""The list of received events: by time, page by page, filtered; and what the sweep takes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.core.event_documents import EventDocument
from dot_copilot.features.telematics import tasks
from dot_copilot.features.telematics.providers import Provider
from tests.api.telematics.senders import events, problem, sender
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_events_come_page_by_page_the_newest_first(world: World) -> None:
    samsara, motive = await sender(world), await sender(world, Provider.MOTIVE)
    for hour in range(5):
        await samsara.send({"eventId": f"s-{hour}", "eventTime": f"2026-11-20T0{hour}:00:00Z"})
        await motive.send({"action": "speeding_event_created", "id": hour, "start_time": f"2026-11-20T0{hour}:30:00Z"})
    admin, seen, cursor = await world.as_role(Role.ADMIN), [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await admin.get("/telematics/events", params=query)).json()
        seen += [event["at"] for event in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 10
    assert len(await events(world, provider="motive")) == 5
    some = await events(world, since="2026-11-20T02:00:00Z", until="2026-11-20T03:30:00Z")
    assert [event["event_id"] for event in some] == ["s-3", "speeding_event_created:2", "s-2"]


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-20T02:00:00", "0001-01-01T00:00:00+10:00"])
async def test_an_instant_needs_its_offset_and_a_year_of_ours(world: World, wrong: str) -> None:
    admin = await world.as_role(Role.ADMIN)
    for name in ("since", "until"):
        assert problem(await admin.get("/telematics/events", params={name: wrong})) == (422, "invalid")


async def test_a_cursor_is_good_with_the_same_filters_alone(world: World) -> None:
    samsara = await sender(world)
    for number in range(3):
        await samsara.send({"eventId": f"e-{number}"})
    admin = await world.as_role(Role.ADMIN)
    cursor = (await admin.get("/telematics/events", params={"limit": 1})).json()["next_cursor"]
    answer = await admin.get("/telematics/events", params={"limit": 1, "cursor": cursor, "provider": "samsara"})
    assert problem(answer) == (400, "invalid-cursor")


@pytest.mark.parametrize(
    "said", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "tomorrow", "", 5, None, "2099-01-01T00:00:00Z"]
)
async def test_a_time_that_can_not_be_counts_as_the_time_of_arrival(world: World, said: object) -> None:
    await (await sender(world)).send({"eventId": "e-1", "eventTime": said})
    (event,) = await events(world)
    assert event["at"] == event["received_at"]


async def test_an_id_with_slashes_and_odd_characters_can_be_read(world: World) -> None:
    odd = "a/b ?#%2F é\\ 😀"
    await (await sender(world)).send({"eventId": odd})
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.get(f"/telematics/events/samsara/{quote(odd, safe='')}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["event_id"] == odd
    assert problem(await admin.get("/telematics/events/samsara/a%00b")) == (404, "event-not-found")


async def test_an_id_that_is_none_is_replaced_by_the_hash_of_the_body(world: World) -> None:
    samsara = await sender(world)
    for event_id in ("", "x" * 121, 7, None, {"a": 1}):
        assert (await samsara.send({"eventId": event_id})).json() == {"received": 1, "duplicates": 0}
    assert all(event["event_id"].startswith("sha256:") for event in await events(world))


async def test_the_sweep_deletes_what_has_expired_of_every_carrier(world: World, other_world: World) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=91)
    for one in (world, other_world):
        old = EventDocument(
            carrier_id=one.carrier_id, kind="telematics.samsara", source_id="old", at=long_ago, received_at=long_ago, body=1
        )
        await one.worker.event_documents.append([old])
        await (await sender(one)).send({"eventId": "new"})
    core_tasks.bind(world.worker)
    await tasks.sweep_event_documents(0)
    for one in (world, other_world):
        async with one.worker.database.job_door(one.carrier_id) as door:
            left = await door.fetch("select source_id from event_documents where carrier_id = $1", one.carrier_id)
        assert [row["source_id"] for row in left] == ["new"]
