"""Webhooks of Samsara and Motive: signed bodies are stored once each, and whatever is wrong is told with nothing stored."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import msgspec
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.event_documents import MAX_BYTES, EventDocument, EventQuery
from dot_copilot.core.platform import Platform
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.service import receiving
from tests.api.identity.people import device
from tests.api.telematics.senders import Sender, enter_secret, events, fresh_secret, make_feed, problem, sender
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
ALERT = {
    "eventId": "a1b2",
    "eventTime": "2026-11-20T10:00:00Z",
    "eventType": "AlertIncident",
    "orgId": 20936,
    "webhookId": "w-1",
    "data": {"conditions": [{"description": "Frenado brusco", "details": {"harshEvent": {"driver": {"id": "7"}}}}]},
}
SPEEDING = {"action": "speeding_event_created", "id": 99, "start_time": "2026-11-21T08:00:00Z", "driver_id": 7, "company_id": 3}


def stored(answer: httpx.Response) -> tuple[int, int]:
    """How many events were new, and how many known."""
    assert answer.status_code == 200, answer.text
    return answer.json()["received"], answer.json()["duplicates"]


async def test_a_samsara_event_is_stored_as_it_came(world: World) -> None:
    samsara = await sender(world)
    assert stored(await samsara.send(ALERT)) == (1, 0)
    (event,) = await events(world)
    assert (event["provider"], event["event_id"], event["type"]) == ("samsara", "a1b2", "AlertIncident")
    assert (event["at"], event["feed_id"]) == ("2026-11-20T10:00:00Z", samsara.feed["id"])
    assert event["size"] == len(msgspec.json.encode(ALERT))
    admin = await world.as_role(Role.ADMIN)
    whole = (await admin.get("/telematics/events/samsara/a1b2")).json()
    assert whole["body"] == ALERT
    assert len(whole["sha256"]) == 64


async def test_the_bytes_that_were_signed_are_kept_exactly(world: World) -> None:
    samsara, raw = await sender(world), b'{ "eventId":"e1",\n "eventType":"Ping", "n": 1.50, "u": "\\u0000" }'
    assert stored(await samsara.send(raw)) == (1, 0)
    async with world.worker.database.job_door(world.carrier_id) as door:
        found = await world.worker.event_documents.fetch(door, "telematics.samsara", "e1")
    assert found is not None
    assert found.raw == raw


async def test_what_is_sent_again_changes_nothing(world: World) -> None:
    samsara = await sender(world)
    answers = [stored(await samsara.send(ALERT)) for _ in range(3)]
    assert answers == [(1, 0), (0, 1), (0, 1)]
    assert len(await events(world)) == 1


async def test_sent_32_times_at_once_it_is_one_event(world: World) -> None:
    samsara = await sender(world)
    answers = await asyncio.gather(*(samsara.send(ALERT) for _ in range(32)))
    assert sorted(map(stored, answers)) == [(0, 1)] * 31 + [(1, 0)]
    assert len(await events(world)) == 1


async def test_a_motive_body_may_hold_one_event_or_a_list(world: World) -> None:
    motive = await sender(world, Provider.MOTIVE)
    assert stored(await motive.send(SPEEDING)) == (1, 0)
    more = [{**SPEEDING, "id": 100 + n} for n in range(3)]
    assert stored(await motive.send([SPEEDING, *more])) == (3, 1)
    assert stored(await motive.send([SPEEDING, *more])) == (0, 4)
    found = await events(world, provider="motive")
    assert {event["event_id"] for event in found} == {f"speeding_event_created:{n}" for n in (99, 100, 101, 102)}
    assert {event["at"] for event in found} == {"2026-11-21T08:00:00Z"}


async def test_the_signed_bytes_of_a_list_are_kept_once(world: World) -> None:
    motive, raw = await sender(world, Provider.MOTIVE), msgspec.json.encode([SPEEDING, {**SPEEDING, "id": 100}, "odd", 7])
    await motive.send(raw)
    await motive.send(raw)
    async with world.worker.database.job_door(world.carrier_id) as door:
        store = world.worker.event_documents
        (head,) = await store.page(door, EventQuery(["telematics.motive.delivery"]), limit=5)
        whole = await store.fetch(door, "telematics.motive.delivery", head.source_id)
    assert whole is not None
    assert (whole.raw, whole.about["events"]) == (raw, 2)


async def test_of_what_motive_updates_each_version_is_an_event(world: World) -> None:
    motive = await sender(world, Provider.MOTIVE)
    first, second = ({"action": "driver_performance_event_updated", "id": 5, "coached": coached} for coached in (False, True))
    assert [stored(await motive.send(body)) for body in (first, first, second, second)] == [(1, 0), (0, 1), (1, 0), (0, 1)]


async def test_the_list_of_actions_that_motive_sends_first_is_answered_with_200(world: World) -> None:
    motive = await sender(world, Provider.MOTIVE)
    assert stored(await motive.send(b'["fault_code_closed"]')) == (1, 0)
    (event,) = await events(world)
    assert event["type"] == "fault_code_closed"


async def test_the_other_carrier_sees_nothing_of_it(world: World, other_world: World) -> None:
    await (await sender(world)).send(ALERT)
    assert await events(other_world) == []
    theirs = await other_world.as_role(Role.ADMIN)
    assert problem(await theirs.get("/telematics/events/samsara/a1b2")) == (404, "event-not-found")
    assert stored(await (await sender(other_world)).send(ALERT)) == (1, 0)


async def test_another_signature_is_refused(world: World) -> None:
    for provider in Provider:
        one = await sender(world, provider)
        stranger = Sender(world, provider, one.feed, fresh_secret(), one.client)
        answer = await stranger.send(ALERT)
        assert problem(answer) == (401, "signature-refused")
        assert "WWW-Authenticate" in answer.headers
        assert one.secret not in answer.text
    assert await events(world) == []


_NO_SIGNATURES = ["", "v1=", "v1=zz", "v2=" + "0" * 64, "v1=" + " " * 64, "0" * 64, None, "v1=" + "0" * 64, "é"]


@pytest.mark.parametrize("signature", _NO_SIGNATURES)
async def test_a_samsara_signature_that_is_none_is_refused(world: World, signature: str | None) -> None:
    samsara = await sender(world)
    raw = msgspec.json.encode(ALERT)
    headers = [(name, value) for name, value in samsara.signed(raw).items() if name != "X-Samsara-Signature"]
    if signature is not None:
        headers.append(("X-Samsara-Signature", signature))
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    answer = await samsara.client.post(samsara.path, content=raw, headers=encoded)
    assert problem(answer) == (401, "signature-refused")


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1e9", "99999999999999", "1764300000.0", None])
async def test_a_timestamp_that_is_none_is_refused(world: World, timestamp: str | None) -> None:
    samsara = await sender(world)
    answer = await samsara.send(ALERT, X_Samsara_Timestamp=timestamp)
    assert problem(answer) == (400, "timestamp-refused")


async def test_what_was_signed_long_ago_or_in_the_future_is_refused_and_says_by_how_much(world: World) -> None:
    samsara, now = await sender(world), int(time.time())
    for timestamp, words in ((now - 3700, "seconds ago"), (now + 400, "seconds in the future")):
        samsara.timestamp = timestamp
        answer = await samsara.send(ALERT)
        assert problem(answer) == (400, "timestamp-refused")
        assert words in answer.json()["detail"]
    samsara.timestamp = now - 3500
    assert stored(await samsara.send(ALERT)) == (1, 0)


async def test_a_signature_over_another_body_or_another_time_is_none(world: World) -> None:
    samsara = await sender(world)
    signed = samsara.signed(b"{}")
    answer = await samsara.client.post(samsara.path, content=msgspec.json.encode(ALERT), headers=signed)
    assert problem(answer) == (401, "signature-refused")
    later = {**signed, "X-Samsara-Timestamp": str(int(signed["X-Samsara-Timestamp"]) + 1)}
    assert problem(await samsara.client.post(samsara.path, content=b"{}", headers=later)) == (401, "signature-refused")


@pytest.mark.parametrize("raw", [b"", b"{", b"nonsense", b"\xff\xfe", b"[" * 5000, b'"text"', b"null", b"7"])
async def test_what_is_signed_but_no_json_object_is_unreadable(world: World, raw: bytes) -> None:
    for provider in Provider:
        assert problem(await (await sender(world, provider)).send(raw)) == (400, "delivery-unreadable")
    assert await events(world) == []


async def test_nesting_beyond_what_is_stored_is_told(world: World) -> None:
    body: Any = 1
    for _ in range(70):
        body = {"a": body}
    answer = await (await sender(world)).send({"eventId": "deep", "data": body})
    assert problem(answer) == (400, "delivery-unreadable")
    assert "64 levels" in answer.json()["detail"]


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    samsara = await sender(world)
    assert problem(await samsara.send(b"x" * (MAX_BYTES + 1))) == (413, "delivery-too-large")

    async def endless() -> Any:
        while True:
            yield b"x" * 65536

    answer = await samsara.client.post(samsara.path, content=endless(), headers=samsara.signed(b""))
    assert problem(answer) == (413, "delivery-too-large")
    large = {"eventId": "large", "data": "x" * (MAX_BYTES - 40)}
    assert stored(await samsara.send(large)) == (1, 0)


async def test_an_address_that_is_none_is_not_found_and_guesses_are_bounded(world: World) -> None:
    samsara = await sender(world)
    nobody = device(world)
    for path in ("/telematics/samsara/x", samsara.path[:-1], samsara.path.replace("samsara", "motive")):
        assert problem(await nobody.post(path, content=b"{}", headers=samsara.signed(b"{}"))) == (404, "no-such-endpoint")
    assert problem(await nobody.post("/telematics/geotab/x", content=b"{}")) == (422, "invalid")
    guesses = await asyncio.gather(*(nobody.post(f"/telematics/samsara/guess-{n}", content=b"{}") for n in range(80)))
    assert {guess.status_code for guess in guesses} == {404, 429}
    assert stored(await samsara.send(ALERT)) == (1, 0)


async def test_a_flood_on_one_feed_is_told_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    samsara = await sender(world)
    monkeypatch.setattr(receiving, "PER_MINUTE", 3)
    answers = [await samsara.send({"eventId": f"e-{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert "Retry-After" in answers[-1].headers
    elsewhere = Sender(world, samsara.provider, samsara.feed, samsara.secret, device(world))
    assert stored(await elsewhere.send(ALERT)) == (1, 0)


async def test_a_feed_without_a_secret_says_what_is_missing(world: World) -> None:
    feed = await make_feed(world, Provider.SAMSARA)
    answer = await Sender(world, Provider.SAMSARA, feed, fresh_secret(), device(world)).send(ALERT)
    assert problem(answer) == (401, "signature-refused")
    assert "no signing secret yet" in answer.json()["detail"]


class _Broken:
    """An event store that does not answer, or not in time."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def append(self, _documents: list[EventDocument]) -> list[bool]:
        if self._error is not None:
            raise self._error
        await asyncio.sleep(60)
        return []


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError(), None])
async def test_when_the_store_is_down_the_provider_is_told_to_send_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    samsara = await sender(world)
    platform: Platform = world.api.platform  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(platform, "event_documents", _Broken(error))
        began = time.monotonic()
        answer = await samsara.send(ALERT)
        assert time.monotonic() - began < 3
    assert problem(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert stored(await samsara.send(ALERT)) == (1, 0)


async def test_when_the_secret_store_is_down_the_provider_is_told_to_send_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    samsara = await sender(world)
    platform: Platform = world.api.platform  # type: ignore[attr-defined]

    async def gone(_name: str) -> str:
        raise httpx.ConnectError("no")

    with monkeypatch.context() as patch:
        patch.setattr(platform.secrets, "get", gone)
        assert problem(await samsara.send(ALERT)) == (503, "unavailable")
    assert stored(await samsara.send(ALERT)) == (1, 0)


async def test_the_second_secret_counts_at_once_and_the_first_for_a_while(world: World) -> None:
    old = await sender(world)
    new = Sender(world, old.provider, old.feed, fresh_secret(), old.client)
    await old.send({"eventId": "e-0"})
    await enter_secret(world, old.feed, new.secret)
    assert stored(await new.send({"eventId": "e-1"})) == (1, 0)
    assert stored(await old.send({"eventId": "e-2"})) == (1, 0)
    last = Sender(world, old.provider, old.feed, fresh_secret(), old.client)
    await enter_secret(world, old.feed, last.secret, keep_previous_hours=0)
    for former in (old, new):
        assert problem(await former.send({"eventId": "e-3"})) == (401, "signature-refused")
    assert stored(await last.send({"eventId": "e-3"})) == (1, 0)
