"""Forms that drivers sign: who is asked, what a signature becomes, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pikepdf
import pypdfium2
import pytest

from dot_copilot.core.caller import Role
from tests.api.mcp_server.assistant import hire
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
EN = {"title": "Receipt of the policy", "text": "I have received the policy of my employer, and read it."}
ES = {"title": "Recibo de la política", "text": "He recibido la política de mi empleador, y la leí."}
DRAWN = [[[100, 500], [300, 200], [500, 700]], [[600, 600]]]


async def form(world: World, **more: Any) -> dict[str, Any]:
    """A form on the drug and alcohol policy."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.post("/acknowledgements", json={"requirement": "da_policy", "words": {"en": EN, "es": ES}} | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def driver_of(world: World, **more: Any) -> tuple[str, httpx.AsyncClient]:
    """A CDL driver, and their phone."""
    driver = await hire(world, uuid4().hex[:8], first_name="Eva", last_name="Luna", **more)
    return driver, await world.as_role(Role.DRIVER, driver_id=UUID(driver))


async def to_sign(phone: httpx.AsyncClient, locale: str = "en") -> list[dict[str, Any]]:
    """What the phone shows."""
    answer = await phone.get("/me/acknowledgements", headers={"Accept-Language": locale})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def sign(phone: httpx.AsyncClient, one: dict[str, Any], key: str = "", locale: str = "en", **more: Any) -> httpx.Response:
    """Signs what was read."""
    signature = {"version": one["version"], "sha256": one["sha256"], "name": "Eva Luna", "agreed": True, "strokes": DRAWN} | more
    data = {"signature": json.dumps(signature), "locale": locale}
    path = f"/me/acknowledgements/{one['form_id']}/sign"
    return await phone.post(path, data=data, headers={"Idempotency-Key": key} if key else {})


async def test_a_signature_is_evidence_with_a_receipt(world: World) -> None:
    made = await form(world)
    driver, phone = await driver_of(world)
    (one,) = await to_sign(phone)
    assert (one["title"], one["text"], one["version"]) == (EN["title"], EN["text"], 1)
    assert one["sha256"] == hashlib.sha256(f"{EN['title']}\n{EN['text']}".encode()).hexdigest()
    answer = await sign(phone, one)
    assert answer.status_code == 201, answer.text
    evidence = answer.json()
    assert (evidence["requirement"], evidence["review"], evidence["document"]["media_type"]) == (
        "da_policy",
        "accepted",
        "application/pdf",
    )
    assert evidence["details"]["acknowledgement"]["form"] == made["id"]
    assert await to_sign(phone) == []
    manager = await world.as_role(Role.SAFETY_MANAGER)
    file = (await manager.get(f"/drivers/{driver}/file")).json()
    assert next(item["state"] for item in file["items"] if item["requirement"] == "da_policy") == "valid"
    content = (await manager.get(f"/documents/{evidence['document']['id']}/content")).content
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    for told in (EN["text"], "Eva Luna", f"USDOT {world.usdot}", "version 1", one["sha256"], "America/Chicago", "127.0.0.1"):
        assert told in " ".join(text.split()), told
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
    assert (await manager.get("/acknowledgements")).json()["items"][0]["signed"] == 1


async def test_spanish_readers_sign_what_they_read(world: World) -> None:
    await form(world)
    _, phone = await driver_of(world)
    (one,) = await to_sign(phone, "es-MX")
    assert one["title"] == ES["title"]
    assert (await sign(phone, one, locale="en")).json()["type"].endswith("/form-changed"), "another text was read"
    assert (await sign(phone, one, locale="es", strokes=[])).status_code == 201


async def test_sent_again_it_is_signed_once(world: World) -> None:
    await form(world)
    driver, phone = await driver_of(world)
    (one,) = await to_sign(phone)
    key = str(uuid4())
    first, again = [await sign(phone, one, key) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    assert (await sign(phone, one)).json()["type"].endswith("/nothing-to-sign")
    assert len((await phone.get(f"/drivers/{driver}/evidence")).json()["items"]) == 1


async def test_a_text_that_changed_meanwhile_is_not_signed(world: World) -> None:
    made = await form(world)
    _, phone = await driver_of(world)
    (one,) = await to_sign(phone)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    change = {"version": 1, "words": {"en": EN | {"text": EN["text"] + " Now longer."}}, "ask_again": False}
    assert (await manager.put(f"/acknowledgements/{made['id']}", json=change)).json()["version"] == 2
    assert (await manager.put(f"/acknowledgements/{made['id']}", json=change)).status_code == 409
    assert (await sign(phone, one)).json()["type"].endswith("/form-changed")
    (newer,) = await to_sign(phone)
    assert (await sign(phone, newer)).status_code == 201
    for ask_again, wanted in ((False, 0), (True, 1)):
        version = (await manager.get("/acknowledgements")).json()["items"][0]["version"]
        words = {"en": EN | {"text": EN["text"] + f" Edition {version}."}}
        body = {"version": version, "words": words, "ask_again": ask_again}
        await manager.put(f"/acknowledgements/{made['id']}", json=body)
        assert len(await to_sign(phone)) == wanted


async def test_only_those_it_is_meant_for_are_asked(world: World) -> None:
    made = await form(world)
    _, other = await driver_of(world, profile={"cdl_class": "none", "interstate": True})
    assert await to_sign(other) == [], "the policy is for CDL drivers"
    one = {"form_id": made["id"], "version": 1, "sha256": hashlib.sha256(f"{EN['title']}\n{EN['text']}".encode()).hexdigest()}
    assert (await sign(other, one)).json()["type"].endswith("/nothing-to-sign")
    _, phone = await driver_of(world)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    await manager.post(f"/acknowledgements/{made['id']}/retire")
    assert await to_sign(phone) == []
    assert (await sign(phone, one)).status_code == 404


async def test_signers_are_listed_for_those_who_see_the_drivers(world: World) -> None:
    made = await form(world)
    driver, phone = await driver_of(world)
    waiting, _ = await driver_of(world)
    (one,) = await to_sign(phone)
    await sign(phone, one)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    listed = (await manager.get(f"/acknowledgements/{made['id']}/signers")).json()
    signed = {item["driver_id"]: item["signed_on"] for item in listed["items"]}
    assert (signed[driver] is not None, signed[waiting]) == (True, None)
    away = await world.add_terminal("Houston", "America/Chicago")
    supervisor = await world.as_role(Role.SUPERVISOR, terminal_id=away)
    assert (await supervisor.get(f"/acknowledgements/{made['id']}/signers")).json()["items"] == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"agreed": False}, 422),
        ({"name": "  "}, 422),
        ({"sha256": "00"}, 422),
        ({"strokes": [[[1001, 0]]]}, 422),
        ({"strokes": [[[0.5, "x"]]]}, 422),
        ({"strokes": [[[1, 1]]] * 81}, 422),
        ({"strokes": [[]]}, 422),
        ({"extra": 1}, 422),
        ({"version": 2}, 409),
    ],
)
async def test_what_is_no_signature(world: World, more: dict[str, Any], status: int) -> None:
    await form(world)
    driver, phone = await driver_of(world)
    (one,) = await to_sign(phone)
    assert (await sign(phone, one, **more)).status_code == status
    assert (await phone.get(f"/drivers/{driver}/evidence")).json()["items"] == []


async def test_nobody_states_a_signature_as_plain_evidence(world: World) -> None:
    made = await form(world)
    driver, phone = await driver_of(world)
    fact = {
        "requirement": "da_policy",
        "obtained_on": "2026-01-15",
        "details": {"acknowledgement": {"form": made["id"], "version": 1}},
    }
    for client in (phone, await world.as_role(Role.SAFETY_MANAGER)):
        answer = await client.post(f"/drivers/{driver}/evidence", json=fact)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "details")


async def test_who_may_make_forms(world: World) -> None:
    body = {"requirement": "da_policy", "words": {"en": EN}}
    for role, status in ((Role.SUPERVISOR, 403), (Role.AUDITOR, 403), (Role.DRIVER, 403), (Role.ADMIN, 201)):
        assert (await (await world.as_role(role)).post("/acknowledgements", json=body)).status_code == status, role
    manager = await world.as_role(Role.SAFETY_MANAGER)
    unknown = await manager.post("/acknowledgements", json=body | {"requirement": "nothing_such"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "requirement")
    (suggestion,) = (await manager.get("/acknowledgements/suggestions")).json()["items"]
    assert (await manager.post("/acknowledgements", json=suggestion)).status_code == 201
