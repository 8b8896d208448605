"""The signing keys: one write to the store holds the whole course, and every process follows it by itself (ADR 23)."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec import MsgspecError, json, structs

from dot_copilot.core.signing_keys import SECRET
from dot_copilot.core.tokens import SigningKey, decode_keys, in_force
from dot_copilot.rotation.errors import RotationError
from dot_copilot.rotation.keeper import Keeper, Kept

Say = Callable[[str], object]
Wait = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: from the publication of a key until it signs, of the longest token, of the longest sealed value."""

    lead: float
    tokens: float
    seals: float


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def new_key(created: datetime, signs_from: datetime) -> SigningKey:
    """A fresh Ed25519 key."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(uuid.uuid4().hex, pem.decode(), _text(created), _text(signs_from))


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds")


def _time(text: str, empty: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else empty


def coming(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """The key of a rotation that has begun and not come to its end: it does not sign yet, or is not the first of the list yet."""
    later = [key for key in keys if _time(key.signs_from, now) > now]
    if later:
        return later[-1]
    signing = in_force(keys, now)
    return signing[0] if signing and signing[0].kid != keys[0].kid else None


def begun(keys: Sequence[SigningKey], now: datetime, times: Times) -> list[SigningKey]:
    """With a new key, which verifies at once and signs after the lead; the others verify for one more token's life.

    It is the last of the list: a release that knows no instants signs with the first and verifies with all.
    """
    new = new_key(now, now + timedelta(seconds=times.lead))
    return [*ended(keys, now + timedelta(seconds=times.lead + times.tokens)), new]


def ended(keys: Sequence[SigningKey], until: datetime, but: str = "") -> list[SigningKey]:
    """Each key but the one called `but` verifies until then at the latest."""
    return [
        key if key.kid == but else structs.replace(key, verifies_until=_text(min(until, _time(key.verifies_until, until))))
        for key in keys
    ]


def settled(keys: Sequence[SigningKey], now: datetime, times: Times) -> list[SigningKey]:
    """In the order of an ended rotation, the key that signs first, without those that nothing needs any more."""
    signing = in_force(keys, now)[:1]
    kept = [key for key in keys if key not in signing and _gone(key, now, times) > now]
    return [*signing, *kept]


def _gone(key: SigningKey, now: datetime, times: Times) -> datetime:
    end = _time(key.verifies_until, now)
    return end + timedelta(seconds=times.seals)


async def rotate(
    keeper: Keeper,
    times: Times,
    say: Say,
    *,
    compromised: bool = False,
    wait: Wait,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Brings a new key, or a rotation that was interrupted to its end. RotationError says what holds and what to do.

    `compromised`: what the others have signed is refused as soon as the new key signs, and they are thrown away.
    """
    kept, keys = await _read(keeper)
    new = coming(keys, now())
    if new is not None:
        say(f"going on with the rotation of {new.created}, which did not come to its end; for another key run this again")
    else:
        keys = begun(settled(keys, now(), times), now(), times)
        new = keys[-1]
    if compromised:
        keys = ended(keys, _time(new.signs_from, now()), but=new.kid)
    kept = await _write(keeper, keys, kept)
    say(f"key {new.kid} is published; it signs from {_clock(new.signs_from)} on")
    if (left := (_time(new.signs_from, now()) - now()).total_seconds()) > 0:
        await wait(left + times.lead / 4)  # they look at different moments
    at = max(now(), _time(new.signs_from, now()))
    keys = [new] if compromised else settled(keys, at, times)
    await _write(keeper, keys, kept)
    say(f"key {new.kid} signs")
    if compromised:
        say("the keys before it are thrown away; people's sessions go on, assistants open theirs anew")
    for key in keys[1:]:
        say(f"key {key.kid} is refused after {_clock(key.verifies_until)}, and thrown away by a rotation once it opens nothing")


async def _read(keeper: Keeper) -> tuple[Kept, list[SigningKey]]:
    kept = await keeper.read(SECRET)
    if kept is None:
        raise RotationError(f"the secret store does not hold {SECRET}; is this the right stack?")
    try:
        return kept, decode_keys(kept.value)
    except (ValueError, MsgspecError) as error:
        raise RotationError(
            f"the secret {SECRET} is damaged ({error}) and was left as it is; restore an earlier version"
        ) from None


async def _write(keeper: Keeper, keys: list[SigningKey], over: Kept) -> Kept:
    text = json.encode(keys).decode()
    return over if decode_keys(over.value) == keys else await keeper.write(SECRET, text, over)


def _clock(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC" if text else "now"
