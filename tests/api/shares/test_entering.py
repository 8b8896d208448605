"""Coming in by a link and a code, and the ends of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from dot_copilot.core import links
from dot_copilot.core.caller import Role
from tests.api.shares.auditing import PERSON, anybody, come_in, hire, link_of, problem, share, try_in
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_link_and_code_open_the_share_once(world: World) -> None:
    made = await share(world, await hire(world, 1))
    auditor = anybody(world)
    assert problem(await auditor.get("/shared")) == (401, "share-signed-out")
    answer = await try_in(auditor, made)
    assert answer.status_code == 200, answer.text
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert "Path=/api/v1/shared" in answer.headers["set-cookie"]
    told = (await auditor.get("/shared")).json()
    assert (told["drivers"], told["name"], told["usdot"]) == (1, "Pat Auditor", world.usdot)
    assert "Pat Auditor, FMCSA Texas Division" in told["watermark"]


async def test_somebody_else_with_the_link_does_not_come_in(world: World) -> None:
    made = await share(world, await hire(world, 1))
    await come_in(world, made)
    other = anybody(world, "203.0.113.9")
    assert problem(await try_in(other, made)) == (401, "share-code-used")
    assert problem(await other.get("/shared")) == (401, "share-signed-out")
    manager = await world.as_role(Role.SAFETY_MANAGER)
    visits = (await manager.get(f"/shares/{made['id']}/visits")).json()["items"]
    assert (visits[0]["action"], visits[0]["address"]) == ("used_code", "203.0.113.9")


async def test_a_new_code_lets_another_in_and_the_first_stays(world: World) -> None:
    made = await share(world, await hire(world, 1))
    first = await come_in(world, made)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    renewed = (await manager.post(f"/shares/{made['id']}/code")).json()["code"]
    second = anybody(world)
    assert (await try_in(second, made, renewed.lower().replace("-", ""))).status_code == 200
    assert (await first.get("/shared")).status_code == 200


async def test_wrong_codes_lock_the_link_and_then_void_the_code(world: World) -> None:
    made = await share(world, await hire(world, 1))
    guesser = anybody(world)
    for _ in range(5):
        assert problem(await try_in(guesser, made, "00000-00000")) == (401, "share-code-wrong")
    locked = await try_in(guesser, made)
    assert problem(locked) == (429, "share-locked")
    assert 0 < int(locked.headers["retry-after"]) <= 900
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update shares set locked_until = now(), code_tries = 14 where carrier_id = $1", world.carrier_id)
    assert problem(await try_in(guesser, made, "00000-00000")) == (401, "share-code-wrong")
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update shares set locked_until = null where carrier_id = $1", world.carrier_id)
    assert problem(await try_in(guesser, made)) == (401, "share-code-used"), "even the right one is void now"


async def test_an_unknown_link_looks_like_a_wrong_code_and_attempts_are_limited(world: World) -> None:
    made = await share(world, await hire(world, 1))
    stranger = anybody(world, "203.0.113.10")
    wrong = await try_in(stranger, made, "00000-00000")
    unknown = await stranger.post("/shared/sign-in", json={"link": "x" * 43, "code": made["code"]} | PERSON)
    assert unknown.json()["detail"] == wrong.json()["detail"]
    answers = [(await stranger.post("/shared/sign-in", json={"link": "y", "code": "z"} | PERSON)).status_code for _ in range(25)]
    assert answers[-1] == 429


@pytest.mark.parametrize("end", ["share-expired", "share-revoked"])
async def test_an_end_in_the_middle_of_a_session_ends_it_at_once(world: World, end: str) -> None:
    driver = await hire(world, 1)
    made = await share(world, driver)
    auditor = await come_in(world, made)
    assert (await auditor.get(f"/shared/drivers/{driver}/file")).status_code == 200
    if end == "share-revoked":
        manager = await world.as_role(Role.SAFETY_MANAGER)
        assert (await manager.post(f"/shares/{made['id']}/revoke")).json()["state"] == "revoked"
    else:
        async with world.worker.database.job_door(world.carrier_id) as door:
            past = world.worker.clock.now() - timedelta(seconds=1)
            await door.execute("update shares set expires_at = $2 where carrier_id = $1", world.carrier_id, past)
    for path in ("/shared", "/shared/drivers", f"/shared/drivers/{driver}/file", f"/shared/drivers/{driver}/packet"):
        assert problem(await auditor.get(path)) == (401, end), path
    assert problem(await try_in(anybody(world), made)) == (401, end)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert (await manager.post(f"/shares/{made['id']}/code")).status_code == 409


async def test_a_door_that_is_opened_after_the_end_stays_shut(world: World) -> None:
    """The check in the database itself, without the one before it."""
    from dot_copilot.core.errors import Unauthorized
    from dot_copilot.features.shares import entering

    made = await share(world, await hire(world, 1))
    auditor = await come_in(world, made)
    app = world.api.platform  # type: ignore[attr-defined]
    visitor = await entering.visitor_of(app, auditor.cookies["dot_share"], None)
    await (await world.as_role(Role.SAFETY_MANAGER)).post(f"/shares/{made['id']}/revoke")
    with pytest.raises(Unauthorized):
        async with app.database.share_door(visitor.caller):
            raise AssertionError("the door opened")


async def test_signing_out_and_what_is_kept_of_the_secrets(world: World) -> None:
    made = await share(world, await hire(world, 1))
    auditor = await come_in(world, made)
    token = auditor.cookies["dot_share"]
    assert (await auditor.post("/shared/sign-out")).status_code == 204
    auditor.cookies.set("dot_share", token, domain="test.local", path="/api/v1/shared")
    assert problem(await auditor.get("/shared", headers={"Cookie": f"dot_share={token}"})) == (401, "share-signed-out")
    async with world.worker.database.job_door(world.carrier_id) as door:
        kept = str([dict(row) for row in await door.fetch("select * from shares where carrier_id = $1", world.carrier_id)])
        kept += str(
            [dict(row) for row in await door.fetch("select * from share_sessions where carrier_id = $1", world.carrier_id)]
        )
    assert link_of(made) not in kept
    assert made["code"] not in kept
    assert token not in kept


async def test_the_link_goes_by_mail_and_waits_there_without_its_token(world: World) -> None:
    driver = await hire(world, 1)
    trick = f"Audit {{{{token share:{UUID(int=7)}}}}}"
    made = await share(world, driver, email="pat@fmcsa.example", title=trick)
    assert made["mailed"] is True
    async with world.worker.database.job_door(world.carrier_id) as door:
        mail = await door.fetchrow("select * from mail_outbox where carrier_id = $1", world.carrier_id)
    assert mail is not None
    assert (mail["recipient"], mail["occasion"]) == ("pat@fmcsa.example", f"share:{made['id']}")
    assert link_of(made) not in mail["body"]
    sent = links.fill_in(world.worker.link_key, mail["body"], mail["occasion"])
    assert made["link"] in sent
    assert made["code"] not in sent
    assert links.token(world.worker.link_key, f"share:{UUID(int=7)}") not in sent, "a title is no way to another link"
    assert (await share(world, driver))["mailed"] is False


async def test_only_those_who_keep_files_share_them(world: World) -> None:
    driver = await hire(world, 1)
    made = await share(world, driver)
    for role in (Role.SUPERVISOR, Role.DRIVER, Role.AUDITOR):
        client = await world.as_role(role)
        answers = [await client.post("/shares", json={"title": "x", "drivers": [str(driver)]}), await client.get("/shares")]
        answers += [await client.get(f"/shares/{made['id']}"), await client.post(f"/shares/{made['id']}/revoke")]
        assert {answer.status_code for answer in answers} == {403}, role


async def test_a_sign_in_from_another_site_is_refused(world: World) -> None:
    made = await share(world, await hire(world, 1))
    body = {"link": link_of(made), "code": made["code"]} | PERSON
    answer = await anybody(world).post("/shared/sign-in", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert problem(answer) == (403, "cross-site")
    assert UUID(made["id"])
