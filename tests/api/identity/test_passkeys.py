"""Passkeys: a device that verifies its person stands for the password and the code."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.settings import Settings
from dot_copilot.features.identity import challenges
from dot_copilot.features.identity.errors import PasskeysNeedName
from tests.api.identity.letters import Letters
from tests.api.identity.people import PASSWORD, Person, attempt, device, person
from tests.api.identity.test_second_factor import kind, with_generator
from tests.api.identity.test_users import outdate
from tests.support.authenticator import Authenticator, encode
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def new_device(world: World, **details: Any) -> Authenticator:
    """A phone, at our pages."""
    return Authenticator(challenges.origins(world.api.app.state.platform.settings)[0], **details)  # type: ignore[attr-defined]


async def added(client: httpx.AsyncClient, phone: Authenticator, name: str = "Phone") -> dict[str, Any]:
    begun = await client.post("/me/passkeys/begin")
    assert begun.status_code == 200, begun.text
    answer = await client.post("/me/passkeys", json=phone.create(begun.json(), name))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def with_passkey(world: World, role: Role = Role.SAFETY_MANAGER) -> tuple[Person, httpx.AsyncClient, Authenticator]:
    somebody, phone = await person(world, role), new_device(world)
    client = await somebody.sign_in()
    await added(client, phone)
    return somebody, client, phone


async def challenge(client: httpx.AsyncClient) -> dict[str, Any]:
    body: dict[str, Any] = (await client.post("/auth/passkey/begin")).json()
    return body


async def enter(world: World, phone: Authenticator, **more: Any) -> httpx.Response:
    client = device(world)
    return await client.post("/auth/passkey", json=phone.get(await challenge(client), **more))


async def test_a_passkey_signs_in_without_address_password_or_code(world: World) -> None:
    somebody, client, _, _ = await with_generator(world)
    phone = new_device(world)
    await added(client, phone)
    answer = await enter(world, phone)
    assert answer.status_code == 200, answer.text
    there = device(world)
    there.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    assert (await there.get("/me")).json()["id"] == str(somebody.id)
    assert len((await there.get("/me/sessions")).json()["items"]) == 2
    assert (await world.audit_log("sign_in.succeeded"))[-1]["details"]["with"] == "passkey"


async def test_the_list_tells_names_and_last_uses(world: World) -> None:
    _, client, phone = await with_passkey(world)
    [before] = (await client.get("/me/passkeys")).json()["items"]
    assert (before["name"], before["last_used_at"]) == ("Phone", None)
    assert (await enter(world, phone)).status_code == 200
    renamed = await client.patch(f"/me/passkeys/{before['id']}", json={"name": "Work phone"})
    assert renamed.status_code == 200
    [after] = (await client.get("/me/passkeys")).json()["items"]
    assert after["name"] == "Work phone"
    assert after["last_used_at"] is not None


async def test_the_person_is_told_by_mail_of_both_changes(world: World) -> None:
    somebody, client, _ = await with_passkey(world)
    letters = Letters(world)
    [key] = (await client.get("/me/passkeys")).json()["items"]
    assert (await client.delete(f"/me/passkeys/{key['id']}")).status_code == 204
    texts = [mail.text for mail in await letters.fetch() if mail.to == somebody.email]
    assert any("passkey was added" in text for text in texts)
    assert any("passkey of your account was removed" in text for text in texts)


async def test_a_challenge_is_good_once_even_for_two_at_once(world: World) -> None:
    _, _, phone = await with_passkey(world)
    client = device(world)
    body = phone.get(await challenge(client))
    answers = await asyncio.gather(*(device(world).post("/auth/passkey", json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403]


async def test_a_counter_that_goes_back_is_refused_and_on_record(world: World) -> None:
    _, _, phone = await with_passkey(world)
    assert (await enter(world, phone)).status_code == 200
    phone.count -= 1  # as a copy of the key that was made before says
    answer = await enter(world, phone)
    assert (answer.status_code, kind(answer)) == (403, "passkey-wrong")
    assert (await world.audit_log("sign_in.failed"))[-1]["details"]["reason"] == "counter went back"
    assert (await enter(world, phone)).status_code == 200, "the device itself goes on"


async def test_a_device_that_counts_nothing_is_good(world: World) -> None:
    client, phone = await (await person(world)).sign_in(), new_device(world, counts=False)
    await added(client, phone)
    assert [(await enter(world, phone)).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize(
    "spoil",
    [
        {"origin": "https://evil.example"},
        {"crossOrigin": True},
        {"type": "webauthn.create"},
        {"challenge": encode(bytes(56))},
        {"challenge": "AA"},
        {"challenge": 7},
    ],
)
async def test_what_the_browser_says_must_be_right(world: World, spoil: dict[str, Any]) -> None:
    _, _, phone = await with_passkey(world)
    assert kind(await enter(world, phone, **spoil)) == "passkey-wrong"


async def test_a_device_that_did_not_verify_its_person_is_refused(world: World) -> None:
    _, client, phone = await with_passkey(world)
    phone.verifies = False
    assert kind(await enter(world, phone)) == "passkey-wrong"
    lax = new_device(world, verifies=False)
    begun = (await client.post("/me/passkeys/begin")).json()
    assert kind(await client.post("/me/passkeys", json=lax.create(begun))) == "passkey-wrong"


async def test_another_key_another_site_and_another_person_are_refused(world: World) -> None:
    _, _, phone = await with_passkey(world)
    for other in (
        Authenticator(phone.origin, credential_id=phone.credential_id, user_handle=phone.user_handle, count=50),
        Authenticator(
            phone.origin, phone.credential_id, phone.key, user_handle=phone.user_handle, count=50, rp_id="evil.example"
        ),
        Authenticator(phone.origin, phone.credential_id, phone.key, user_handle=bytes(16), count=50),
        new_device(world, user_handle=phone.user_handle),
    ):
        assert kind(await enter(world, other)) == "passkey-wrong"
    assert (await enter(world, phone)).status_code == 200, "nothing of it counted"


@pytest.mark.parametrize("field", ["client_data_json", "authenticator_data", "signature", "user_handle", "credential_id"])
@pytest.mark.parametrize("bad", ["AAAA", "W1tbW1tb", "-", "W10", "____"])
async def test_bytes_that_are_no_such_thing_are_refused(world: World, field: str, bad: str) -> None:
    _, _, phone = await with_passkey(world)
    client = device(world)
    body = {**phone.get(await challenge(client)), field: bad}
    assert kind(await client.post("/auth/passkey", json=body)) == "passkey-wrong"


async def test_adding_refuses_broken_attestations_and_challenges_of_others(world: World) -> None:
    _, client, phone = await with_passkey(world)
    begun = (await client.post("/me/passkeys/begin")).json()
    assert kind(await client.post("/me/passkeys", json=phone.create(begun))) == "passkey-known"
    good = new_device(world).create((await client.post("/me/passkeys/begin")).json())
    for bad in ("AAAA", "oWNmbXRkbm9uZQ", "_" * 20_000):
        assert kind(await client.post("/me/passkeys", json={**good, "attestation_object": bad})) == "passkey-wrong"
    other = await (await person(world)).sign_in()
    assert kind(await other.post("/me/passkeys", json=good)) == "passkey-wrong"
    assert (await client.post("/me/passkeys", json=good)).status_code == 201
    assert kind(await client.post("/me/passkeys", json=good)) == "passkey-wrong", "good once"


async def test_adding_and_removing_want_a_fresh_proof_which_a_passkey_gives(world: World) -> None:
    somebody, client, phone = await with_passkey(world)
    [key] = (await client.get("/me/passkeys")).json()["items"]
    await outdate(world, somebody.id)
    assert kind(await client.post("/me/passkeys/begin")) == "confirm-first"
    assert kind(await client.delete(f"/me/passkeys/{key['id']}")) == "confirm-first"
    at_the_door = phone.get(await challenge(client))
    assert kind(await client.post("/auth/confirm/passkey", json=at_the_door)) == "passkey-wrong", "a challenge of another purpose"
    begun = (await client.post("/auth/confirm/passkey/begin")).json()
    assert [one["id"] for one in begun["allow"]] == [encode(phone.credential_id)]
    assert (await client.post("/auth/confirm/passkey", json=phone.get(begun))).status_code == 204
    assert (await client.delete(f"/me/passkeys/{key['id']}")).status_code == 204
    assert kind(await enter(world, phone)) == "passkey-wrong"


async def test_somebody_elses_passkey_confirms_and_changes_nothing(world: World) -> None:
    somebody, _, phone = await with_passkey(world)
    other = await (await person(world)).sign_in()
    begun = (await other.post("/auth/confirm/passkey/begin")).json()
    assert kind(await other.post("/auth/confirm/passkey", json=phone.get(begun))) == "passkey-wrong"
    [key] = (await (await somebody.sign_in()).get("/me/passkeys")).json()["items"]
    assert (await other.delete(f"/me/passkeys/{key['id']}")).status_code == 404
    assert (await other.patch(f"/me/passkeys/{key['id']}", json={"name": "Mine"})).status_code == 404


async def test_a_carrier_that_asks_for_a_second_factor_takes_a_passkey_and_keeps_the_last(world: World) -> None:
    somebody, client, phone = await with_passkey(world, Role.ADMIN)
    assert (await client.put("/carrier/second-factor", json={"roles": ["admin"]})).status_code == 204
    seen = (await client.get("/me/second-factors")).json()
    assert (seen["passkeys"], seen["required"]) == (1, True)
    assert kind(await attempt(device(world), somebody.email, PASSWORD)) == "passkey-required"
    stolen = await device(world).post("/auth/totp", json={"email": somebody.email, "password": PASSWORD})
    assert kind(stolen) == "second-factor-wrong", "a password alone sets no generator up past the passkey"
    assert (await enter(world, phone)).status_code == 200
    [key] = (await client.get("/me/passkeys")).json()["items"]
    assert kind(await client.delete(f"/me/passkeys/{key['id']}")) == "last-second-factor"
    spare = await added(client, new_device(world), "Spare")
    answers = await asyncio.gather(*(client.delete(f"/me/passkeys/{one}") for one in (key["id"], spare["id"])))
    assert sorted(answer.status_code for answer in answers) == [204, 409], "nor the last two at once"


async def test_who_may_not_sign_in_may_not_with_a_passkey_either(world: World) -> None:
    somebody, _, phone = await with_passkey(world)
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.patch(f"/users/{somebody.id}", json={"disabled": True})).status_code == 200
    assert kind(await enter(world, phone)) == "account-disabled"


async def test_an_administrators_reset_takes_passkeys_away(world: World) -> None:
    somebody, _, phone = await with_passkey(world)
    admin = await (await person(world, Role.ADMIN)).sign_in()
    assert (await admin.delete(f"/users/{somebody.id}/second-factor")).status_code == 204
    assert kind(await enter(world, phone)) == "passkey-wrong"


async def test_an_address_that_is_locked_lets_its_passkey_in(world: World) -> None:
    somebody, _, phone = await with_passkey(world)
    answers = [await attempt(device(world), somebody.email, "guess") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert (await enter(world, phone)).status_code == 200


async def test_one_place_can_not_try_without_end(world: World) -> None:
    client, most = device(world), world.api.app.state.platform.settings.sign_ins_per_minute  # type: ignore[attr-defined]
    answers = [(await client.post("/auth/passkey/begin")).status_code for _ in range(2 * most + 1)]
    assert answers[-1] == 429


async def test_another_sites_page_gets_no_challenge(world: World) -> None:
    answer = await device(world).post("/auth/passkey/begin", headers={"Sec-Fetch-Site": "cross-site"})
    assert kind(answer) == "cross-site"


async def test_nobody_has_more_than_twenty(world: World) -> None:
    client = await (await person(world)).sign_in()
    for number in range(20):
        await added(client, new_device(world), f"Key {number}")
    begun = (await client.post("/me/passkeys/begin")).json()
    assert kind(await client.post("/me/passkeys", json=new_device(world).create(begun))) == "too-many-passkeys"


@pytest.mark.parametrize(
    ("url", "name"),
    [("http://localhost:8080", "localhost"), ("http://127.0.0.1:8080", "localhost"), ("https://dq.acme.com", "dq.acme.com")],
)
async def test_passkeys_are_bound_to_the_host_of_the_pages(url: str, name: str) -> None:
    assert challenges.rp_id(Settings(public_url=url)) == name


async def test_passkeys_are_not_bound_to_addresses_of_digits() -> None:
    with pytest.raises(PasskeysNeedName):
        challenges.rp_id(Settings(public_url="https://10.1.2.3"))
