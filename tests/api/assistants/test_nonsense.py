"""Whatever is sent to the authorization server, it answers in OAuth's words and never with a fault of its own."""

from __future__ import annotations

import asyncio
import random
from urllib.parse import quote_from_bytes

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.assistants.flow import CALLBACK, PUBLIC, RESOURCE, ROOT, assistant, connected, problem_of
from tests.api.identity.people import device
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NASTY = [
    *(b"", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"a" * 5000, "🚚".encode(), b"'; drop table users; --", b"<script>"),
    *(b"%", b"../..", b"null", b"-1", b"https://[", b"http://127.0.0.1:99999999/", b"javascript:alert(1)"),
    *(b"\r\nLocation: https://evil.example", b"S256", CALLBACK.encode(), RESOURCE.encode(), b"drivers:read"),
    *(b"authorization_code", b"refresh_token", b"code", b"eyJhbGciOiJub25lIn0.e30."),
]
NAMES = ["client_id", "redirect_uri", "response_type", "state", "scope", "resource", "code_challenge", "code_challenge_method"]
FIELDS = ["grant_type", "code", "code_verifier", "refresh_token", "client_id", "client_secret", "token", "scope", "resource"]


def parameters(chance: random.Random, names: list[str], good: dict[str, str]) -> str:
    """A query or form that is right but for some parameters, which are nasty, absent or twice there."""
    parts = []
    for name in names:
        values = [good[name].encode()] if name in good else []
        if chance.random() < 0.3:
            values = [chance.choice(NASTY) for _ in range(chance.choice([0, 1, 1, 1, 2]))]
        parts += [f"{name}={quote_from_bytes(value)}" for value in values]
    return "&".join(parts)


def in_oauths_words(answer: httpx.Response, sent: str) -> None:
    """A redirect to the client or to our own page, or a JSON error."""
    assert answer.status_code in (302, 400, 401, 413), (answer.status_code, answer.text, sent)
    if answer.status_code == 302:
        location = answer.headers["location"]
        assert location.startswith((CALLBACK + "?error=", f"{PUBLIC}/connect?request=")), (location, sent)
    else:
        assert set(answer.json()) == {"error", "error_description"}, sent


async def test_no_request_is_a_fault_of_ours(world: World) -> None:
    chance = random.Random(20261122)
    claude = await connected(world)
    good = claude.parameters() | {"grant_type": "refresh_token", "refresh_token": "not-one", "token": ""}
    seen: set[int] = set()
    for turn in range(240):
        if turn % 40 == 0:
            http = device(world)
        query = parameters(chance, NAMES, good)
        answer = await http.get(f"{ROOT}/oauth/authorize?{query}")
        in_oauths_words(answer, query)
        form = parameters(chance, FIELDS, good)
        path = chance.choice(["token", "revoke"])
        other = await http.post(f"{ROOT}/oauth/{path}", content=form.encode(), headers=FORM)
        if not (path == "revoke" and other.status_code == 200):
            in_oauths_words(other, form)
        seen |= {answer.status_code, other.status_code}
    assert {302, 400, 401} <= seen
    assert (await claude.refresh()).status_code == 200, "and nothing of it has touched the connection"


@pytest.mark.parametrize("request_id", ["%00", "a" * 65, "..%2F..", "%F0%9F%9A%9A", "x"])
async def test_no_id_of_a_request_is_either(world: World, request_id: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.get(f"/assistants/requests/{request_id}")
    assert problem_of(answer) in {(410, "consent-ended"), (422, "invalid"), (404, "not-found")}


async def test_of_two_answers_at_once_one_counts(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    for _ in range(3):
        request = await claude.ask()
        path, body = f"/assistants/requests/{request}", {"scopes": ["drivers:read"]}
        answers = await asyncio.gather(
            manager.post(f"{path}/approve", json=body), manager.post(f"{path}/deny"), manager.post(f"{path}/approve", json=body)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 410, 410]
