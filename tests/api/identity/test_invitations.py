"""Invitations and forgotten passwords: links by mail that are good once, for the one who was meant, and not for long."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.letters import Letters
from tests.api.identity.people import PASSWORD, actions, attempt, device, person
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEW = "eight llamas in the rain"


def whom(world: World, role: str = "safety_manager", **more: Any) -> dict[str, Any]:
    return {"email": f"{uuid4().hex[:10]}@{world.usdot}.example", "name": "Nia New", "role": role, "locale": "es", **more}


async def invited(world: World, **more: Any) -> tuple[dict[str, Any], str, Letters]:
    """An invitation, the token of its mail, and the mail."""
    admin, letters = await world.as_role(Role.ADMIN), Letters(world)
    answer = await admin.post("/invitations", json=whom(world, **more))
    assert answer.status_code == 201, answer.text
    return answer.json(), await letters.token(answer.json()["email"]), letters


async def accept(world: World, token: str, password: str = NEW) -> httpx.Response:
    return await device(world).post("/auth/invitation/accept", json={"token": token, "name": "Nia Newman", "password": password})


async def test_who_is_invited_chooses_name_and_password_and_is_in(world: World) -> None:
    terminal = str(world.terminal_id)
    made, token, letters = await invited(world, role="coach", terminal_id=terminal)
    mail = letters.sent[-1]
    assert "su cuenta" in mail.subject
    seen = (await device(world).post("/auth/invitation", json={"token": token})).json()
    assert (seen["email"], seen["role"], seen["locale"]) == (made["email"], "coach", "es")
    answer = await accept(world, token)
    assert answer.status_code == 200, answer.text
    me = await device(world).get("/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert {key: me.json()[key] for key in ("id", "name", "role", "terminal_id")} == {
        "id": made["id"],
        "name": "Nia Newman",
        "role": "coach",
        "terminal_id": terminal,
    }
    assert (await attempt(device(world), made["email"], NEW)).status_code == 200
    listed = (await (await world.as_role(Role.ADMIN)).get("/invitations")).json()["items"]
    assert made["id"] not in {item["id"] for item in listed}
    done = {entry["action"] for entry in await actions(world, subject=made["id"])}
    assert done >= {"invitation.sent", "invitation.accepted", "user.created", "sign_in.succeeded"}


async def test_a_link_is_good_once_even_for_two_at_once(world: World) -> None:
    _, token, _ = await invited(world)
    codes = sorted(answer.status_code for answer in await asyncio.gather(*(accept(world, token) for _ in range(4))))
    assert codes == [200, 409, 409, 409]
    assert (await accept(world, token)).json()["type"].endswith("/link-worthless")


async def test_sending_again_makes_the_first_link_worthless_and_revoking_all(world: World) -> None:
    made, first, letters = await invited(world)
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.post(f"/invitations/{made['id']}/resend")).status_code == 200
    second = await letters.token(made["email"])
    assert second != first
    assert (await accept(world, first)).status_code == 409
    assert (await admin.delete(f"/invitations/{made['id']}")).status_code == 204
    assert (await accept(world, second)).status_code == 409
    assert (await admin.post(f"/invitations/{made['id']}/resend")).status_code == 404


async def test_an_invitation_runs_out_after_seven_days(world: World) -> None:
    made, token, _ = await invited(world)
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update invitations set link_until = now() where carrier_id = $1", world.carrier_id)
    assert (await accept(world, token)).status_code == 409
    assert made["link_until"] > made["created_at"]


async def test_a_weak_password_or_an_address_that_is_taken_is_refused_and_the_link_stays_good(world: World) -> None:
    _, token, _ = await invited(world)
    assert (await accept(world, token, "short")).status_code == 422
    assert (await accept(world, token)).status_code == 200
    admin, there = await world.as_role(Role.ADMIN), await person(world)
    taken = await admin.post("/invitations", json={**whom(world), "email": there.email})
    assert taken.json()["type"].endswith("/email-taken")
    body = whom(world)
    await admin.post("/invitations", json=body)
    assert (await admin.post("/invitations", json=body)).json()["type"].endswith("/invitation-open")


async def test_only_administrators_invite_and_only_administrators_who_have_just_shown_themselves_invite_others(
    world: World,
) -> None:
    for role in (Role.SAFETY_MANAGER, Role.SUPERVISOR, Role.COACH, Role.AUDITOR, Role.DRIVER):
        assert (await (await world.as_role(role)).post("/invitations", json=whom(world))).status_code == 403
    boss = await person(world, Role.ADMIN)
    client = await boss.sign_in()
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            "update sessions set created_at = now() - interval '1 hour' where carrier_id = $1 and user_id = $2",
            world.carrier_id,
            boss.id,
        )
    assert (await client.post("/invitations", json=whom(world, "admin"))).json()["type"].endswith("/confirm-first")
    assert (await client.post("/auth/confirm", json={"password": "not this one"})).status_code == 422
    assert (await client.post("/auth/confirm", json={"password": PASSWORD})).status_code == 204
    assert (await client.post("/invitations", json=whom(world, "admin"))).status_code == 201


async def test_no_link_is_in_the_database_or_the_audit_log(world: World) -> None:
    made, token, _ = await invited(world)
    async with world.worker.database.job_door(world.carrier_id) as door:
        for table in ("invitations", "mail_outbox", "audit_log"):
            rows = await door.fetch(f"select t::text as row from {table} t where carrier_id = $1", world.carrier_id)
            assert all(token not in row["row"] for row in rows), table
    assert made["mail_problem"] is None


async def test_a_forgotten_password_is_replaced_by_mail_and_every_session_ends(world: World) -> None:
    somebody, letters = await person(world), Letters(world)
    client = await somebody.sign_in()
    assert (await device(world).post("/auth/password/forgot", json={"email": somebody.email})).status_code == 202
    first = await letters.token(somebody.email)
    await device(world).post("/auth/password/forgot", json={"email": somebody.email.upper()})
    second = await letters.token(somebody.email)
    reset = {"token": first, "password": NEW}
    assert (await device(world).post("/auth/password/reset", json=reset)).status_code == 409, "a newer link was sent"
    assert (await device(world).post("/auth/password/reset", json={**reset, "token": second})).status_code == 204
    assert (await device(world).post("/auth/password/reset", json={**reset, "token": second})).status_code == 409, "used"
    assert (await client.get("/me")).status_code == 401
    assert (await attempt(device(world), somebody.email, PASSWORD)).status_code == 401
    assert (await attempt(device(world), somebody.email, NEW)).status_code == 200
    assert "Your password was changed." in (await letters.fetch())[-1].text


async def test_nobody_learns_who_has_an_account(world: World) -> None:
    somebody, letters = await person(world), Letters(world)
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(2):
        for kind, email in (("known", somebody.email), ("unknown", f"{uuid4().hex}@nobody.example")):
            began = time.monotonic()
            answer = await device(world).post("/auth/password/forgot", json={"email": email})
            times[kind].append(time.monotonic() - began)
            assert (answer.status_code, answer.content) == (202, b"null")
    assert abs(min(times["known"]) - min(times["unknown"])) < 0.1, times
    assert len([mail for mail in await letters.fetch() if mail.to == somebody.email]) == 2


async def test_a_flood_of_requests_is_not_a_flood_of_mails(world: World) -> None:
    somebody, letters = await person(world), Letters(world)
    await asyncio.gather(*(device(world).post("/auth/password/forgot", json={"email": somebody.email}) for _ in range(10)))
    assert len([mail for mail in await letters.fetch() if mail.to == somebody.email]) <= 3


async def test_a_disabled_person_gets_no_link(world: World) -> None:
    somebody, letters = await person(world), Letters(world)
    await (await world.as_role(Role.ADMIN)).patch(f"/users/{somebody.id}", json={"disabled": True})
    await device(world).post("/auth/password/forgot", json={"email": somebody.email})
    assert [mail for mail in await letters.fetch() if mail.to == somebody.email] == []
