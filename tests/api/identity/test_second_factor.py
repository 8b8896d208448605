"""Code generators and recovery codes: what a password alone does not open."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.identity import totp
from tests.api.identity.people import PASSWORD, Person, attempt, device, person
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def now_code(secret: str, ahead: int = 0) -> str:
    return totp.code(secret, int(time.time()) // totp.PERIOD + ahead)


async def with_generator(world: World, role: Role = Role.SAFETY_MANAGER) -> tuple[Person, httpx.AsyncClient, str, list[str]]:
    """Somebody with a generator that has given its first code: the person, a device, the secret, the recovery codes."""
    somebody = await person(world, role)
    client = await somebody.sign_in()
    begun = (await client.post("/me/totp")).json()
    answer = await client.post("/me/totp/confirm", json={"code": now_code(begun["secret"], -1)})
    assert answer.status_code == 200, answer.text
    return somebody, client, begun["secret"], answer.json()["codes"]


async def enter(world: World, somebody: Person, code: str | None = None) -> httpx.Response:
    more = {} if code is None else {"code": code}
    return await attempt(device(world), somebody.email, PASSWORD, **more)


def kind(answer: httpx.Response) -> str:
    return str(answer.json().get("type", "")).rpartition("/")[2]


async def test_a_password_alone_no_longer_signs_in_and_a_code_is_good_once(world: World) -> None:
    somebody, _, secret, _ = await with_generator(world)
    assert kind(await enter(world, somebody)) == "second-factor-required"
    code = now_code(secret)
    assert sorted(a.status_code for a in await asyncio.gather(*(enter(world, somebody, code) for _ in range(3)))) == [
        200,
        403,
        403,
    ]
    assert kind(await enter(world, somebody, code)) == "second-factor-wrong"


async def test_the_code_that_confirmed_the_generator_is_not_good_again(world: World) -> None:
    somebody, _, secret, _ = await with_generator(world)
    assert kind(await enter(world, somebody, now_code(secret, -1))) == "second-factor-wrong"


async def test_codes_can_not_be_guessed_by_who_knows_the_password(world: World) -> None:
    somebody, _, secret, _ = await with_generator(world)
    answers = [await enter(world, somebody, f"{number:06}") for number in range(6)]
    assert answers[-1].status_code == 429
    assert (await enter(world, somebody, now_code(secret))).status_code == 429, "not even with the right one"


async def test_a_recovery_code_is_good_once(world: World) -> None:
    somebody, client, _, codes = await with_generator(world)
    assert len(set(codes)) == 10
    assert (await enter(world, somebody, codes[0].upper())).status_code == 200
    assert kind(await enter(world, somebody, codes[0])) == "second-factor-wrong"
    assert (await client.get("/me/second-factors")).json()["recovery_codes_left"] == 9
    fresh = (await client.post("/me/recovery-codes")).json()["codes"]
    assert kind(await enter(world, somebody, codes[1])) == "second-factor-wrong", "the old ones are worthless"
    assert (await enter(world, somebody, fresh[0])).status_code == 200


async def test_a_generator_counts_only_after_its_first_code(world: World) -> None:
    somebody = await person(world)
    client = await somebody.sign_in()
    begun = (await client.post("/me/totp")).json()
    assert begun["qr_svg"].startswith("<svg")
    assert kind(await client.post("/me/totp/confirm", json={"code": "000000"})) == "second-factor-wrong"
    assert (await enter(world, somebody)).status_code == 200


async def test_taking_it_away_wants_a_fresh_proof_with_a_code(world: World) -> None:
    somebody, client, secret, _ = await with_generator(world)
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            "update sessions set created_at = now() - interval '1 hour' where carrier_id = $1 and user_id = $2",
            world.carrier_id,
            somebody.id,
        )
    assert kind(await client.delete("/me/totp")) == "confirm-first"
    assert kind(await client.post("/auth/confirm", json={"password": PASSWORD})) == "second-factor-required"
    proof = {"password": PASSWORD, "code": now_code(secret)}
    assert (await client.post("/auth/confirm", json=proof)).status_code == 204
    assert (await client.delete("/me/totp")).status_code == 204
    assert (await enter(world, somebody)).status_code == 200


async def test_the_secret_is_in_the_secret_store_and_nowhere_else(world: World) -> None:
    _, _, secret, codes = await with_generator(world)
    async with world.worker.database.job_door(world.carrier_id) as door:
        for table in ("totp_factors", "recovery_codes", "mail_outbox"):
            for row in await door.fetch(f"select t::text as row from {table} t where carrier_id = $1", world.carrier_id):
                assert not any(word in row["row"] for word in (secret, *codes)), table


async def test_an_administrator_resets_it_for_who_lost_the_phone(world: World) -> None:
    somebody, client, _, _ = await with_generator(world)
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.delete(f"/users/{somebody.id}/second-factor")).status_code == 204
    assert (await client.get("/me")).status_code == 401
    assert (await enter(world, somebody)).status_code == 200
    assert await world.audit_log("second_factor.removed")


async def test_a_carrier_asks_for_it_and_who_has_none_sets_one_up_on_the_way_in(world: World) -> None:
    _, admin, _, _ = await with_generator(world, Role.ADMIN)
    bare = await (await person(world, Role.ADMIN)).sign_in()
    policy: dict[str, Any] = {"roles": ["admin", "safety_manager"]}
    assert kind(await bare.put("/carrier/second-factor", json=policy)) == "second-factor-missing"
    assert (await admin.put("/carrier/second-factor", json=policy)).status_code == 204
    somebody = await person(world)
    assert kind(await enter(world, somebody)) == "second-factor-missing"
    begun = await device(world).post("/auth/totp", json={"email": somebody.email, "password": PASSWORD})
    assert begun.status_code == 200, begun.text
    assert kind(await enter(world, somebody, "000000")) == "second-factor-wrong"
    assert (await enter(world, somebody, now_code(begun.json()["secret"], -1))).status_code == 200
    again = await device(world).post("/auth/totp", json={"email": somebody.email, "password": PASSWORD})
    assert kind(again) == "second-factor-wrong", "a password alone does not replace a generator"


async def test_signing_out_everywhere_else_keeps_this_session(world: World) -> None:
    somebody = await person(world)
    here, there = await somebody.sign_in(), await somebody.sign_in()
    assert (await here.delete("/me/sessions")).status_code == 204
    assert (await here.get("/me")).status_code == 200
    assert (await there.get("/me")).status_code == 401


async def test_two_administrators_can_not_demote_one_another_at_once(world: World) -> None:
    pair = [await person(world, Role.ADMIN), await person(world, Role.ADMIN)]
    clients = [await one.sign_in() for one in pair]
    answers = await asyncio.gather(
        *(
            client.patch(f"/users/{other.id}", json={"role": "safety_manager"})
            for client, other in zip(clients, pair[::-1], strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) != [200, 200]
    async with world.worker.database.job_door(world.carrier_id) as door:
        left = await door.fetchval("select count(*) from users where carrier_id = $1 and role = 'admin'", world.carrier_id)
    assert left >= 1
