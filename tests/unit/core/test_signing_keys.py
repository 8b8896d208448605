"""A rotation of the signing keys as a process lives through it: told when to sign, and until when to believe."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.errors import Unauthorized, Unavailable
from dot_copilot.core.secret_watch import SecretWatch
from dot_copilot.core.signing_keys import SigningKeys
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, KeyRing, SigningKey, UnknownKey, in_force
from tests.unit.core.test_tokens import pem

NOW = datetime.now(UTC)
OLD, NEW = pem(), pem()


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()


def entry(kid: str, text: str, **more: str) -> dict[str, str]:
    return {"kid": kid, "private_pem": text, "created": "2026-01-01", **more}


def rotating(*, signs: float = 3600, retired: float = 7200) -> str:
    """The secret in the middle of a rotation."""
    return json.dumps([entry("old", OLD, verifies_until=at(retired)), entry("new", NEW, signs_from=at(signs))])


def caller() -> Caller:
    expires = int(time.time()) + 600
    return Caller(uuid4(), uuid4(), uuid4(), Role.SAFETY_MANAGER, 1, expires)


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class Store:
    """A secret store with one secret, which can fall silent."""

    def __init__(self, value: str) -> None:
        self.value, self.silent, self.asked = value, False, 0

    async def get(self, _name: str) -> str:
        return self.value

    async def fresh(self, _name: str) -> str:
        self.asked += 1
        if self.silent:
            raise ConnectionError("silent")
        return self.value


async def process(store: Any, seconds: float = 3600) -> tuple[SigningKeys, SecretWatch]:
    watch = SecretWatch(seconds)
    return await SigningKeys.open(store, issuer="https://fleet.example", watch=watch), watch


def test_a_published_key_verifies_at_once_and_signs_when_its_time_has_come() -> None:
    ring = KeyRing(rotating(), issuer="i")
    assert kid_of(ring.issue(caller())) == "old"
    assert {key["kid"] for key in ring.jwks()["keys"]} == {"old", "new"}
    ring.load(rotating(), NOW + timedelta(seconds=3601))
    assert kid_of(ring.issue(caller())) == "new"
    assert {key["kid"] for key in ring.jwks()["keys"]} == {"old", "new"}
    ring.load(rotating(), NOW + timedelta(seconds=7201))
    assert {key["kid"] for key in ring.jwks()["keys"]} == {"new"}


def test_a_token_of_a_retired_key_is_refused_though_it_was_believed_before() -> None:
    ring, someone = KeyRing(rotating(), issuer="i"), caller()
    token = ring.issue(someone)
    assert ring.verify(token, time.time()) == someone
    ring.load(rotating(), NOW + timedelta(seconds=7201))
    with pytest.raises(UnknownKey):
        ring.verify(token, time.time())


def test_without_instants_the_first_of_the_list_signs() -> None:
    keys = [SigningKey("a", OLD), SigningKey("b", NEW)]
    assert [key.kid for key in in_force(keys, NOW)] == ["a", "b"]


@pytest.mark.parametrize("value", ["[]", "not json", "{}", json.dumps([entry("x", "no key")])])
def test_a_value_that_is_no_key_set_changes_nothing(value: str) -> None:
    ring = KeyRing(rotating(), issuer="i")
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the parser says
        ring.load(value)
    assert kid_of(ring.issue(caller())) == "old"


@pytest.mark.asyncio
async def test_a_key_that_is_not_known_is_asked_for_at_once() -> None:
    store = Store(json.dumps([entry("old", OLD)]))
    keys, _ = await process(store)
    ring, internal = keys.ring(), keys.ring(INTERNAL_AUDIENCE)
    someone = caller()
    token = KeyRing(json.dumps([entry("new", NEW)]), issuer="https://fleet.example").issue(someone)
    store.value = rotating()
    assert await ring.known(lambda: ring.verify(token, time.time())) == someone
    assert {key["kid"] for key in internal.jwks()["keys"]} == {"old", "new"}, "every ring of the process learns it"


@pytest.mark.asyncio
async def test_tokens_of_strangers_do_not_make_us_ask_without_end() -> None:
    store = Store(json.dumps([entry("old", OLD)]))
    keys, _ = await process(store)
    ring = keys.ring()
    for _ in range(50):
        token = KeyRing(json.dumps([entry(uuid4().hex, NEW)]), issuer="https://fleet.example").issue(caller())
        with pytest.raises(Unauthorized):
            await ring.known(lambda token=token: ring.verify(token, time.time()))  # type: ignore[misc]
    assert store.asked == 1


@pytest.mark.asyncio
async def test_while_the_store_is_silent_nobody_is_called_a_stranger_for_an_unknown_key() -> None:
    store = Store(json.dumps([entry("old", OLD)]))
    keys, _ = await process(store)
    ring = keys.ring()
    token = KeyRing(json.dumps([entry("new", NEW)]), issuer="https://fleet.example").issue(caller())
    store.silent = True
    with pytest.raises(Unavailable, match="Nothing was done"):
        await ring.known(lambda: ring.verify(token, time.time()))


@pytest.mark.asyncio
async def test_a_rotation_goes_on_by_the_clock_though_the_store_has_fallen_silent() -> None:
    begins = datetime.now(UTC) + timedelta(seconds=0.3)
    store = Store(json.dumps([entry("old", OLD), entry("new", NEW, signs_from=begins.isoformat())]))
    keys, watch = await process(store, seconds=0.05)
    ring, turns = keys.ring(), []
    keys.on_change(lambda: turns.append(keys.seals()[0]))
    store.silent = True  # and nobody looks anyway
    turned = asyncio.Event()
    keys.on_change(turned.set)
    watch.start()
    try:
        await asyncio.wait_for(turned.wait(), 5)
    finally:
        await watch.stop()
    assert kid_of(ring.issue(caller())) == "new"
    assert turns == [NEW.encode()], "told once, and from then on sealing with the new one"


@pytest.mark.asyncio
async def test_what_a_retired_key_has_sealed_is_opened_as_long_as_it_is_kept() -> None:
    keys, _ = await process(Store(rotating(signs=-100, retired=-50)))
    assert {key["kid"] for key in keys.ring().jwks()["keys"]} == {"new"}
    assert keys.seals() == [NEW.encode(), OLD.encode()]


@pytest.mark.asyncio
@pytest.mark.parametrize("value", ["nonsense", "[]", json.dumps([entry("x", "no key")]), rotating(signs=3600, retired=-5)])
async def test_a_damaged_secret_leaves_a_process_with_what_it_had(value: str) -> None:
    store = Store(json.dumps([entry("old", OLD)]))
    keys, watch = await process(store)
    ring = keys.ring()
    store.value = value
    usable = "signs_from" in value  # the new key of a rotation whose old one was ended too early signs before its time
    with contextlib.suppress(Unavailable):
        await watch.look()
    assert kid_of(ring.issue(caller())) == ("new" if usable else "old")
