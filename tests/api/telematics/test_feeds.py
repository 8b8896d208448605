"""Feeds: who may see and change them, where their secrets are, and what is left when something breaks in the middle."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import SecretsUnavailable, telematics_secret
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.service import feeds
from tests.api.identity.people import actions, owner
from tests.api.telematics.senders import enter_secret, fresh_secret, make_feed, problem, sender
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def app_of(world: World) -> Platform:
    """The API's platform."""
    platform: Platform = world.api.platform  # type: ignore[attr-defined]
    return platform


async def secret_states(world: World, feed: dict[str, Any]) -> dict[int, str]:
    """The versions of a feed's secret by what the record says of them."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        rows = await door.fetch("select version, state from telematics_secrets where feed_id = $1", UUID(feed["id"]))
    return {row["version"]: row["state"] for row in rows}


def stored_secrets(servers: Servers, feed: dict[str, Any]) -> dict[int, str]:
    """What the secret store holds of a feed."""
    assert servers.settings.secrets_file is not None
    values = json.loads(servers.settings.secrets_file.read_text())
    return {int(name.rsplit("/", 1)[1]): value for name, value in values.items() if f"/telematics/{feed['id']}/" in name}


async def test_a_feed_has_an_address_of_its_own_and_no_secret_at_first(world: World) -> None:
    feed = await make_feed(world, Provider.MOTIVE, " Fleet A ")
    assert (feed["provider"], feed["name"], feed["secret_since"]) == ("motive", "Fleet A", None)
    base = f"{world.worker.settings.public_url}/api/v1/telematics/motive/"
    assert feed["webhook_url"].startswith(base)
    assert len(feed["webhook_url"].removeprefix(base)) == 43
    other = await make_feed(world, Provider.MOTIVE, "Fleet B")
    assert other["webhook_url"] != feed["webhook_url"]
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.get("/telematics/feeds")).json() == {"items": [feed, other]}


async def test_secrets_live_in_the_secret_store_and_are_never_shown(world: World, servers: Servers) -> None:
    feed, first, second = await make_feed(world, Provider.SAMSARA), fresh_secret(), fresh_secret()
    feed = await enter_secret(world, feed, first)
    assert feed["secret_since"] is not None
    assert feed["previous_secret_until"] is None
    feed = await enter_secret(world, feed, second, keep_previous_hours=2)
    assert feed["previous_secret_until"] is not None
    assert stored_secrets(servers, feed) == {1: first, 2: second}
    admin = await world.as_role(Role.ADMIN)
    shown = (await admin.get("/telematics/feeds")).text + json.dumps(await actions(world))
    assert first not in shown
    assert second not in shown
    async with owner(servers) as connection:
        rows = await connection.fetch("select s::text from telematics_secrets s union all select f::text from telematics_feeds f")
    assert not any(first in row[0] or second in row[0] for row in rows)


async def test_a_secret_that_leaked_is_deleted_at_once(world: World, servers: Servers) -> None:
    one, fresh = await sender(world), fresh_secret()
    await enter_secret(world, one.feed, fresh, keep_previous_hours=0)
    assert stored_secrets(servers, one.feed) == {2: fresh}
    assert await secret_states(world, one.feed) == {2: "current"}


async def test_a_deleted_feed_leaves_no_secret_and_its_address_answers_404(world: World, servers: Servers) -> None:
    one = await sender(world)
    await one.send({"eventId": "e-1"})
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.delete(f"/telematics/feeds/{one.feed['id']}")).status_code == 204
    assert problem(await one.send({"eventId": "e-2"})) == (404, "no-such-endpoint")
    assert stored_secrets(servers, one.feed) == {}
    assert await secret_states(world, one.feed) == {}
    assert problem(await admin.delete(f"/telematics/feeds/{one.feed['id']}")) == (404, "feed-not-found")
    kept = (await admin.get("/telematics/events")).json()["items"]
    assert [event["event_id"] for event in kept] == ["e-1"]


async def test_every_change_is_on_record(world: World) -> None:
    one = await sender(world)
    admin = await world.as_role(Role.ADMIN)
    await admin.delete(f"/telematics/feeds/{one.feed['id']}")
    entries = await actions(world, action="telematics.*")
    assert [entry["action"].partition(".")[2] for entry in entries] == ["feed_deleted", "secret_replaced", "feed_created"]
    assert {entry["subject_id"] for entry in entries} == {one.feed["id"]}
    assert entries[1]["details"] == {"name": "Main account", "version": 1, "keep_previous_hours": 24}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_administrators_see_or_change_feeds_and_events(world: World, role: Role) -> None:
    one, client = await sender(world), await world.as_role(role)
    feed = f"/telematics/feeds/{one.feed['id']}"
    answers = [
        await client.get("/telematics/feeds"),
        await client.post("/telematics/feeds", json={"provider": "motive", "name": "x"}),
        await client.put(f"{feed}/secret", json={"secret": fresh_secret()}),
        await client.delete(feed),
        await client.get("/telematics/events"),
        await client.get("/telematics/events/samsara/e-1"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 6


async def test_an_assistant_changes_no_feed(world: World) -> None:
    feed, admin = await make_feed(world, Provider.MOTIVE), await world.as_role(Role.ADMIN)
    token = admin.headers["Authorization"].split()[1]
    caller = msgspec.structs.replace(world.worker.keys.verify(token, 0), via="mcp:Test")
    headers = {"Authorization": f"Bearer {world.worker.keys.issue(caller)}"}
    answers = [
        await admin.post("/telematics/feeds", json={"provider": "motive", "name": "x"}, headers=headers),
        await admin.put(f"/telematics/feeds/{feed['id']}/secret", json={"secret": fresh_secret()}, headers=headers),
        await admin.delete(f"/telematics/feeds/{feed['id']}", headers=headers),
    ]
    assert [problem(answer) for answer in answers] == [(403, "people-only")] * 3


_NO_SECRETS = ["", "short", "not base64 at all", "dGVz", "a" * 513, "ünïcödé-secret", "dGVzdC1zZWNyZXQta2V5LTAwMDE"]


@pytest.mark.parametrize("secret", _NO_SECRETS)
async def test_a_secret_that_cannot_be_samsaras_is_told(world: World, secret: str) -> None:
    feed, admin = await make_feed(world, Provider.SAMSARA), await world.as_role(Role.ADMIN)
    answer = await admin.put(f"/telematics/feeds/{feed['id']}/secret", json={"secret": secret})
    assert answer.status_code == 422
    assert "secret" in {error["field"] for error in answer.json()["errors"]}
    assert await secret_states(world, feed) == {}


async def test_a_carrier_has_twenty_feeds_at_most(world: World) -> None:
    for number in range(feeds.MOST_FEEDS):
        await make_feed(world, Provider.MOTIVE, f"Feed {number}")
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.post("/telematics/feeds", json={"provider": "motive", "name": "one more"})
    assert problem(answer) == (409, "too-many-feeds")


async def test_a_rotation_that_the_secret_store_refuses_leaves_the_present_secret_in_use(
    world: World, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, admin = await sender(world), await world.as_role(Role.ADMIN)

    async def refuse(_name: str, _value: str) -> None:
        raise SecretsUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(app_of(world).secrets, "put", refuse)
        answer = await admin.put(f"/telematics/feeds/{one.feed['id']}/secret", json={"secret": fresh_secret()})
    assert problem(answer) == (503, "unavailable")
    assert (await one.send({"eventId": "e-1"})).status_code == 200
    assert await secret_states(world, one.feed) == {1: "current", 2: "moving"}
    await feeds.sweep(world.worker)
    assert await secret_states(world, one.feed) == {1: "current", 2: "moving"}, "somebody may be moving it just now"
    await _age(world)
    await feeds.sweep(world.worker)
    assert await secret_states(world, one.feed) == {1: "current"}
    fresh = fresh_secret()
    await enter_secret(world, one.feed, fresh, keep_previous_hours=0)
    assert stored_secrets(servers, one.feed) == {2: fresh}


async def test_what_could_not_be_deleted_at_once_is_deleted_by_the_sweep(
    world: World, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, admin = await sender(world), await world.as_role(Role.ADMIN)

    async def refuse(_name: str) -> None:
        raise SecretsUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(app_of(world).secrets, "delete", refuse)
        assert (await admin.delete(f"/telematics/feeds/{one.feed['id']}")).status_code == 204
    assert problem(await one.send({"eventId": "e-1"})) == (404, "no-such-endpoint")
    assert stored_secrets(servers, one.feed) != {}
    assert await feeds.sweep(world.worker) >= 1
    assert stored_secrets(servers, one.feed) == {}
    assert await secret_states(world, one.feed) == {}


async def test_a_previous_secret_is_deleted_when_its_time_is_over(world: World, servers: Servers) -> None:
    one, fresh = await sender(world), fresh_secret()
    await enter_secret(world, one.feed, fresh, keep_previous_hours=1)
    await feeds.sweep(world.worker)
    assert set(stored_secrets(servers, one.feed)) == {1, 2}
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update telematics_secrets set until = now() - interval '1 second' where state = 'previous'")
    assert problem(await one.send({"eventId": "e-1"})) == (401, "signature-refused")
    await feeds.sweep(world.worker)
    assert stored_secrets(servers, one.feed) == {2: fresh}


async def _age(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update telematics_secrets set since = now() - interval '11 minutes'")


async def test_the_name_of_a_secret_is_below_the_carriers_own_folder(world: World) -> None:
    feed_id = UUID(int=5)
    assert telematics_secret(world.carrier_id, feed_id, 3) == f"carriers/{world.carrier_id}/telematics/{feed_id}/3"
