"""What upstreams are shown."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import jwt
import pytest

from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.ports import github_secret
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, OAUTH_TYPE, KeyRing
from dot_copilot.mcp.gateway.guard.credentials import StoredCredentials
from tests.mcp.guard.people import PUBLIC_URL, Person
from tests.support.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Store:
    """A secret store of the test's own."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.asked, self.silent = 0, False

    async def get(self, name: str) -> str:
        self.asked += 1
        if self.silent:
            raise ConnectionError("silent")
        return self.values[name]

    async def fresh(self, name: str) -> str:
        return await self.get(name)

    async def put(self, name: str, value: str) -> None:
        self.values[name] = value

    async def delete(self, name: str) -> None:
        self.values.pop(name, None)

    async def ready(self) -> None:
        return None

    async def close(self) -> None:
        return None


class Clock:
    """Turned by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def _credentials(servers: Servers, store: Store, **more: Any) -> tuple[StoredCredentials, KeyRing]:
    keys = KeyRing(servers.secrets["jwt_signing_keys"], issuer=PUBLIC_URL, audience=INTERNAL_AUDIENCE)
    return StoredCredentials(keys, store, **more), keys


async def test_our_own_server_gets_a_short_token_of_the_same_person(servers: Servers, person: Person) -> None:
    clock = Clock(time.time())
    credentials, keys = _credentials(servers, Store(), clock=clock)
    verdict = person.verdict("drivers:read", "audit:read")
    token = credentials.internal(verdict)
    assert credentials.internal(verdict) is token, "signed once, used often"
    caller, claims = keys.read(token.decode(), typ=OAUTH_TYPE)
    assert (caller.user_id, caller.session_id, caller.via) == (
        person.caller.user_id,
        person.caller.session_id,
        "mcp:Test client",
    )
    assert (claims["scope"], claims["client_id"], claims["aud"]) == ("audit:read drivers:read", "client-1", "dot-copilot-mcp")
    assert clock.now + 100 < claims["exp"] <= clock.now + 121
    with pytest.raises(Unauthorized):
        person.keys.read(token.decode(), typ=OAUTH_TYPE)
    clock.now += 85
    renewed = credentials.internal(verdict)
    assert renewed != token
    assert jwt.decode(renewed, options={"verify_signature": False})["exp"] > clock.now + 100


async def test_a_token_for_our_server_does_not_outlive_the_clients(servers: Servers, person: Person) -> None:
    clock = Clock(person.caller.expires_at - 50)
    credentials, _ = _credentials(servers, Store(), clock=clock)
    claims = jwt.decode(credentials.internal(person.verdict()), options={"verify_signature": False})
    assert claims["exp"] == person.caller.expires_at


async def test_a_github_token_is_asked_for_once_and_forgotten_on_news(servers: Servers, person: Person) -> None:
    store, changes = Store(), []
    credentials, _ = _credentials(servers, store, changed=lambda: changes.append(1))
    user, verdict = person.caller.user_id, person.verdict()
    assert not credentials.knows(person.caller)
    assert await credentials.github(verdict) is None
    assert credentials.knows(person.caller)
    assert not credentials.has_github(user)
    store.values[github_secret(user)] = "ghp_1"
    assert await credentials.github(verdict) is None, "for a minute, while nobody says otherwise"
    credentials.forget(str(user).encode())
    assert not credentials.knows(person.caller)
    assert await credentials.github(verdict) == "ghp_1"
    assert credentials.has_github(user)
    assert store.asked == 2
    assert len(changes) >= 2, "lists change with it"


async def test_a_silent_store_changes_nothing(servers: Servers, person: Person) -> None:
    store, monotonic = Store(), Clock(100.0)
    store.values[github_secret(person.caller.user_id)] = "ghp_1"
    credentials, _ = _credentials(servers, store, monotonic=monotonic)
    assert await credentials.github(person.verdict()) == "ghp_1"
    store.silent = True
    monotonic.now += 61
    assert not credentials.knows(person.caller)
    assert await credentials.github(person.verdict()) == "ghp_1"
    await asyncio.sleep(0.01)
    monotonic.now += 3
    store.silent = False
    del store.values[github_secret(person.caller.user_id)]
    assert await credentials.github(person.verdict()) == "ghp_1", "what is merely old holds nobody up"
    await asyncio.sleep(0.01)
    assert await credentials.github(person.verdict()) is None


async def test_a_slow_store_holds_nobody_up_for_long(servers: Servers, person: Person) -> None:
    store = Store()
    credentials, _ = _credentials(servers, store)

    async def answer_never(_name: str) -> str:
        await asyncio.sleep(3600)
        return ""

    store.get = answer_never  # type: ignore[assignment, method-assign]
    began = time.monotonic()
    assert await credentials.github(person.verdict()) is None
    assert time.monotonic() - began < 2
    assert credentials.knows(person.caller), "for two seconds, then it is asked again"


async def test_news_that_arrives_while_the_store_answers_is_not_lost(servers: Servers, person: Person) -> None:
    store = Store()
    credentials, _ = _credentials(servers, store)

    async def answer_late(name: str) -> str:
        credentials.forget(str(person.caller.user_id).encode())
        raise KeyError(name)

    store.get = answer_late  # type: ignore[method-assign]
    assert await credentials.github(person.verdict()) is None
    assert not credentials.knows(person.caller), "the answer may be older than the news"


async def test_nobody_asks_when_no_upstream_wants_github(servers: Servers, person: Person) -> None:
    store = Store()
    credentials, _ = _credentials(servers, store, wanted=False)
    assert credentials.knows(person.caller)
    assert store.asked == 0
