"""Whose token it is, and when the gateway asks again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import msgspec
import pytest

from dot_copilot.core.platform import Platform
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, OAUTH_TYPE, KeyRing
from dot_copilot.mcp.gateway.guard.registry import Registry
from dot_copilot.mcp.gateway.guard.verdicts import Verdicts
from dot_copilot.mcp.gateway.ports import Refused
from tests.mcp.guard.people import PUBLIC_URL, Person
from tests.support.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Counting:
    """Passes questions on, counted; silent while `silent`."""

    def __init__(self, registry: Registry | None = None) -> None:
        self.registry, self.asked, self.silent = registry, 0, False
        self.meanwhile: Callable[[], None] = lambda: None

    async def standing(self, session: UUID, version: int) -> bool:
        self.asked += 1
        if self.silent:
            raise OSError("PostgreSQL does not answer")
        answer = await self.registry.standing(session, version) if self.registry else True
        self.meanwhile()
        return answer


class Times:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Line:
    """Whether the feed is connected."""

    def __init__(self) -> None:
        self.up = True

    def __call__(self) -> bool:
        return self.up


async def _refusal(verdicts: Verdicts, authorization: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        await verdicts.admit(authorization)
    return caught.value


async def test_a_good_token_is_known_from_then_on_without_a_question(registry: Registry, person: Person) -> None:
    counting = Counting(registry)
    verdicts = Verdicts(person.keys, counting, lambda: True)
    token = person.token()
    assert verdicts.known(token) is None
    verdict = await verdicts.admit(token)
    assert verdict.caller.user_id == person.caller.user_id
    assert verdict.scopes == {"drivers:read", "compliance:read"}
    assert (verdict.client_id, verdict.client_name) == ("client-1", "Test client")
    assert verdicts.known(token) is verdict
    assert await verdicts.admit(token) is verdict
    assert counting.asked == 1


async def test_the_known_path_takes_microseconds(person: Person) -> None:
    verdicts = Verdicts(person.keys, Counting(), lambda: True)
    token = person.token()
    await verdicts.admit(token)
    fastest = 1.0
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(200):
            assert verdicts.known(token) is not None
        fastest = min(fastest, (time.perf_counter() - began) / 200)
    assert fastest < 30e-6


async def test_an_ended_session_is_refused_at_once_when_the_feed_tells(
    registry: Registry, worker: Platform, person: Person
) -> None:
    verdicts = Verdicts(person.keys, Counting(registry), lambda: True)
    token = person.token()
    await verdicts.admit(token)
    async with worker.database.job_door(person.caller.carrier_id) as door:
        await door.execute(
            "update sessions set revoked_at = now() where carrier_id = $1 and id = $2",
            person.caller.carrier_id,
            person.caller.session_id,
        )
    verdicts.forget(msgspec.json.encode([str(uuid4())]))
    assert verdicts.known(token) is not None, "another session ended"
    verdicts.forget(msgspec.json.encode([str(person.caller.session_id)]))
    assert verdicts.known(token) is None
    refused = await _refusal(verdicts, token)
    assert (refused.status, refused.error) == (401, "invalid_token")


@pytest.mark.parametrize("message", [None, b"*", b"what?", b'{"a": 1}'])
async def test_unclear_news_forgets_everybody(person: Person, message: bytes | None) -> None:
    verdicts = Verdicts(person.keys, Counting(), lambda: True)
    token = person.token()
    await verdicts.admit(token)
    verdicts.forget(message)
    assert verdicts.known(token) is None


async def test_without_the_feed_every_request_asks(person: Person) -> None:
    counting, line = Counting(), Line()
    verdicts = Verdicts(person.keys, counting, line)
    token = person.token()
    await verdicts.admit(token)
    line.up = False
    for _ in range(3):
        assert verdicts.known(token) is None
        await verdicts.admit(token)
    assert counting.asked == 4


async def test_with_feed_and_database_silent_the_answer_is_503(person: Person) -> None:
    counting, line = Counting(), Line()
    verdicts = Verdicts(person.keys, counting, line)
    token = person.token()
    await verdicts.admit(token)
    counting.silent = True
    assert verdicts.known(token) is not None, "the feed still vouches for it"
    line.up = False
    refused = await _refusal(verdicts, token)
    assert (refused.status, refused.error) == (503, "temporarily_unavailable")


async def test_a_verdict_lasts_ten_seconds_and_is_renewed_before(person: Person) -> None:
    counting, monotonic = Counting(), Times()
    verdicts = Verdicts(person.keys, counting, lambda: True, monotonic=monotonic)
    token = person.token()
    await verdicts.admit(token)
    monotonic.now += 4.9
    assert verdicts.known(token) is not None
    assert counting.asked == 1
    monotonic.now += 0.2
    assert verdicts.known(token) is not None, "answered from the cache, and asked in the background"
    await asyncio.sleep(0.01)
    assert counting.asked == 2
    counting.silent = True
    monotonic.now += 9.9
    assert verdicts.known(token) is not None
    await asyncio.sleep(0.01)
    monotonic.now += 0.2
    assert verdicts.known(token) is None
    assert (await _refusal(verdicts, token)).status == 503


async def test_an_answer_overtaken_by_news_is_not_remembered(person: Person) -> None:
    counting = Counting()
    verdicts = Verdicts(person.keys, counting, lambda: True)
    counting.meanwhile = lambda: verdicts.forget(msgspec.json.encode([str(person.caller.session_id)]))
    token = person.token()
    await verdicts.admit(token)
    assert verdicts.known(token) is None


async def test_an_expired_token_is_refused_though_it_is_remembered(person: Person) -> None:
    clock = Times()
    clock.now = time.time()
    verdicts = Verdicts(person.keys, Counting(), lambda: True, clock=clock)
    token = person.token(seconds=60)
    await verdicts.admit(token)
    clock.now += 61
    assert verdicts.known(token) is None
    refused = await _refusal(verdicts, token)
    assert (refused.status, refused.error) == (401, "invalid_token")
    assert "expired" in refused.description


async def test_tokens_that_were_not_issued_for_the_gateway_are_refused(servers: Servers, person: Person) -> None:
    counting = Counting()
    verdicts = Verdicts(person.keys, counting, lambda: True)
    keys = servers.secrets["jwt_signing_keys"]
    caller = person.caller
    extra = {"scope": "drivers:read", "client_id": "x"}
    web = KeyRing(keys, issuer=PUBLIC_URL)
    internal = KeyRing(keys, issuer=PUBLIC_URL, audience=INTERNAL_AUDIENCE)
    stranger = KeyRing(keys, issuer="http://elsewhere.example", audience=f"{PUBLIC_URL}/mcp")
    good = person.token()
    wrong = [
        b"Bearer " + web.issue(caller, typ=OAUTH_TYPE, extra=extra).encode(),
        b"Bearer " + internal.issue(caller, typ=OAUTH_TYPE, extra=extra).encode(),
        b"Bearer " + stranger.issue(caller, typ=OAUTH_TYPE, extra=extra).encode(),
        person.token(typ="JWT"),
        b"Bearer " + person.keys.issue(caller, typ=OAUTH_TYPE).encode(),
        good[:-4] + b"AAAA",
        b"Bearer garbage",
        b"Bearer \xff\xfe",
        b"Bearer eyJhbGciOiJub25lIn0.e30.",
    ]
    for token in wrong:
        refused = await _refusal(verdicts, token)
        assert (refused.status, refused.error) == (401, "invalid_token"), token
        assert verdicts.known(token) is None
    for nothing in (b"", b"Bearer", b"Bearer ", b"Basic dTpw", good[7:]):
        refused = await _refusal(verdicts, nothing)
        assert (refused.status, refused.error) == (401, ""), nothing
    assert counting.asked == 0


async def test_a_token_of_an_older_version_is_refused(registry: Registry, worker: Platform, person: Person) -> None:
    verdicts = Verdicts(person.keys, registry, lambda: True)
    async with worker.database.job_door(person.caller.carrier_id) as door:
        await door.execute(
            "update users set token_version = 2 where carrier_id = $1 and id = $2",
            person.caller.carrier_id,
            person.caller.user_id,
        )
    assert (await _refusal(verdicts, person.token())).status == 401


async def test_tokens_that_have_expired_do_not_pile_up(person: Person) -> None:
    clock = Times()
    clock.now = time.time()
    verdicts = Verdicts(person.keys, Counting(), lambda: True, clock=clock)
    caller = person.caller
    for number in range(300):
        clock.now += 10
        caller = msgspec.structs.replace(caller, expires_at=int(clock.now) + 60)
        extra = {"scope": "drivers:read", "client_id": f"client-{number}"}
        await verdicts.admit(b"Bearer " + person.keys.issue(caller, typ=OAUTH_TYPE, extra=extra).encode())
    assert len(verdicts._held) <= 60
