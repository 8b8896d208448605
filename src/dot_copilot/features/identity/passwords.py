"""Argon2id hashing off the event loop, the rules for new passwords, and one-time passwords."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dot_copilot.core.errors import FieldProblem, Invalid, Unavailable

T = TypeVar("T")
MIN_LENGTH = 12
_MIN_DISTINCT = 5
# Above OWASP's floor (19 MiB, 2 passes); one lane, because the pool below already uses the cores.
_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
# Two at a time, so that a storm of sign-ins takes neither the memory nor both cores from everybody else.
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_QUEUE = 64  # about five seconds of work
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper
_COMMON_WORDS = """
    123456789012 1234567890123 12345678901234 1q2w3e4r5t6y 1qaz2wsx3edc abc123abc123 adminadmin123 administrator
    changemechangeme changeme1234 changeme12345 companypassword correcthorsebatterystaple iloveyou1234 letmeinletmein
    letmein12345 monkey123456 motdepasse123 p@ssw0rd1234 p@ssword1234 passw0rd1234 password!234 password1234
    password12345 password123456 passwordpassword qazwsxedcrfv qwerty123456 qwertyqwerty qwertyuiop12 qwertyuiop123
    qwertyuiopasdfghjkl trucking1234 truckdriver123 trustno1trustno1 welcome12345 welcome123456 welcomewelcome
    contraseña123 contrasena123 contraseña1234 contrasena1234
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def _normal(password: str) -> bytes:
    # The same characters typed on another device may be composed otherwise (NIST SP 800-63B 5.1.1.2).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


_under_way: set[asyncio.Future[Any]] = set()


async def _off_loop(work: Callable[..., T], *args: object) -> T:
    """Runs on the pool; `Unavailable` rather than a queue of many seconds."""
    if len(_under_way) >= _QUEUE:
        raise Unavailable("Very many people are signing in at once. Try again shortly.", headers={"Retry-After": "5"})
    future = asyncio.get_running_loop().run_in_executor(_pool, work, *args)
    _under_way.add(future)
    future.add_done_callback(_under_way.discard)
    return await future


async def hash_password(password: str) -> str:
    """The encoded Argon2id hash."""
    return await _off_loop(_hasher.hash, _normal(password))


def _verify(encoded: str, password: bytes) -> bool:
    try:
        return _hasher.verify(encoded, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_bytes(16))


def _verify_decoy(password: bytes) -> bool:
    _verify(_decoy(), password)
    return False


async def verify_password(encoded: str | None, password: str) -> bool:
    """Whether `password` is the one of `encoded`. Without one it takes the same time, and is false."""
    if encoded is None:
        return await _off_loop(_verify_decoy, _normal(password))
    return await _off_loop(_verify, encoded, _normal(password))


def outdated(encoded: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(encoded)


def check_new_password(password: str, email: str, *, field: str = "new") -> None:
    """`Invalid` with what to do, unless the password is long enough, not the address and not a common one."""
    plain, problem = password.casefold(), None
    if len(password) < MIN_LENGTH:
        problem = f"Use {MIN_LENGTH} characters or more; a few unrelated words do well."
    elif plain in (email.casefold(), email.split("@", maxsplit=1)[0].casefold()):
        problem = "The password must not be the address."
    elif plain in _COMMON or len(set(plain)) < _MIN_DISTINCT:
        problem = "This is among the first passwords anyone would guess. Choose another."
    if problem:
        raise Invalid("Choose another password. Nothing was changed.", errors=[FieldProblem(field=field, problem=problem)])


def one_time_password() -> str:
    """Sixteen characters in groups of four: 79 bits, easy to read out."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
