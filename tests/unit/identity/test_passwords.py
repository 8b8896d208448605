"""Hashing without holding up the loop, the rules for new passwords, and one-time passwords."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from dot_copilot.core.errors import Invalid, Unavailable
from dot_copilot.features.identity import passwords

pytestmark = pytest.mark.asyncio
EMAIL = "maria.lopez@carrier.example"


async def test_a_hash_is_argon2id_above_the_floor_and_salted() -> None:
    first, second = await passwords.hash_password("seven horses"), await passwords.hash_password("seven horses")
    parameters = extract_parameters(first)
    assert first != second
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024  # OWASP's floor: 19 MiB and two passes
    assert parameters.time_cost >= 2
    assert not passwords.outdated(first)
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("x"))


async def test_only_the_right_password_verifies() -> None:
    encoded = await passwords.hash_password("siete caballos al amanecer ñ")
    assert await passwords.verify_password(encoded, "siete caballos al amanecer ñ")
    for wrong in ("", "siete caballos al amanecer n", "Siete caballos al amanecer ñ"):
        assert not await passwords.verify_password(encoded, wrong)
    decomposed = unicodedata.normalize("NFD", "siete caballos al amanecer ñ")
    assert await passwords.verify_password(encoded, decomposed), "another keyboard composes letters otherwise"


@pytest.mark.parametrize("encoded", ["", "no-password", "$argon2id$v=19$broken", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_what_is_no_hash_never_verifies(encoded: str) -> None:
    assert not await passwords.verify_password(encoded, encoded)


async def test_nobody_has_no_password() -> None:
    assert not await passwords.verify_password(None, "anything")


async def test_the_loop_turns_while_passwords_are_checked() -> None:
    encoded = await passwords.hash_password("seven horses")
    work = asyncio.gather(*(passwords.verify_password(encoded, f"guess {number}") for number in range(6)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 20, "six checks take about half a second; a blocked loop would turn once or twice"


async def test_a_storm_is_refused_rather_than_queued_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    release = Event()
    monkeypatch.setattr(passwords, "_pool", ThreadPoolExecutor(max_workers=1))
    monkeypatch.setattr(passwords, "_verify", lambda *_: release.wait(10))
    waiting = [asyncio.create_task(passwords.verify_password("x", "x")) for _ in range(passwords._QUEUE)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await passwords.verify_password("x", "x")
    assert refused.value.headers["Retry-After"]
    release.set()
    assert all(await asyncio.gather(*waiting))
    await asyncio.sleep(0)
    assert await passwords.verify_password("x", "x"), "the queue is free again"


@pytest.mark.parametrize(
    "good", ["twelve chars", "correct horse battery", "ñandú y quebracho", "x" * 8 + "abcde", "1" * 8 + "2345"]
)
async def test_good_passwords(good: str) -> None:
    passwords.check_new_password(good, EMAIL)


@pytest.mark.parametrize(
    "bad", ["", "eleven char", EMAIL, EMAIL.upper(), "maria.lopez", "password1234", "PASSWORD1234", "121212121212", "    " * 4]
)
async def test_bad_passwords_are_refused_with_the_field(bad: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_new_password(bad, EMAIL, field="password")
    assert refused.value.errors is not None
    assert refused.value.errors[0].field == "password"
    assert not bad.strip() or bad not in str(refused.value.errors)


async def test_one_time_passwords_are_long_legible_and_never_the_same() -> None:
    made = {passwords.one_time_password() for _ in range(500)}
    assert len(made) == 500
    for password in made:
        assert [len(group) for group in password.split("-")] == [4, 4, 4, 4]
        assert not set(password) & set("ilo01")
        passwords.check_new_password(password, EMAIL)
