"""How an auditor comes in: link and code once, then a cookie that lives as long as the share."""

from __future__ import annotations

import hmac
from datetime import timedelta

from dot_copilot.core import audit
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import Problem, TooManyRequests
from dot_copilot.core.platform import Platform
from dot_copilot.features.shares import codes, repository, schemas
from dot_copilot.features.shares.errors import (
    ShareCodeUsed,
    ShareCodeWrong,
    ShareExpired,
    ShareLocked,
    ShareRevoked,
    ShareSignedOut,
)
from dot_copilot.features.shares.models import NewSession, Visitor

TRIES, LOCK = 5, timedelta(minutes=15)
MOST_TRIES = 15
"""Wrong codes after which a code is void, whatever time passes between them."""
_PER_MINUTE = 20


async def sign_in(platform: Platform, sent: schemas.ShareSignIn, address: str | None, agent: str | None) -> str:
    """The token of a new session. Whatever is wrong is noted first, in a transaction that commits."""
    if not await platform.limiter.allow(f"share:{address}", _PER_MINUTE):
        raise TooManyRequests("Too many attempts from your network. Wait a minute.", headers={"Retry-After": "60"})
    found = await repository.find_share(platform.database, codes.hash_token(sent.link))
    if found is None:
        raise ShareCodeWrong
    via, token = f"share:{found['share_id']}", codes.new_token()
    new = NewSession(codes.hash_token(token), sent.name, sent.organisation, address, agent)
    async with platform.database.share_sign_in_door(found["share_id"], found["carrier_id"], via=via) as door:
        row = await repository.lock_share(door, found["share_id"])
        assert row is not None
        problem = await _try(platform, door, row, sent.code, new)
    if problem is not None:
        raise problem
    return token


async def _try(platform: Platform, door: Door, row: Row, code: str, new: NewSession) -> Problem | None:
    """Signs in, or says what stands against it."""
    now = platform.clock.now()
    if row["revoked_at"] is not None:
        return ShareRevoked()
    if row["expires_at"] <= now:
        return ShareExpired()
    if row["locked_until"] is not None and row["locked_until"] > now:
        return ShareLocked(row["locked_until"], now)
    if row["code_hash"] is None:
        await _refused(door, row, "used_code", new)
        return ShareCodeUsed()
    if not hmac.compare_digest(row["code_hash"], codes.hash_code(platform.link_key, row["link_hash"], code)):
        tries = row["code_tries"] + 1
        locked = now + LOCK if tries % TRIES == 0 else None
        await repository.set_code(door, row["id"], None if tries >= MOST_TRIES else row["code_hash"], tries, locked)
        await _refused(door, row, "wrong_code", new)
        return ShareCodeWrong()
    await repository.set_code(door, row["id"], None, 0, None)
    session_id = await repository.insert_session(door, row["id"], new)
    await repository.insert_visit(door, row["id"], "signed_in", session_id=session_id, address=new.address)
    await audit.record(door, "share.signed_in", "share", row["id"], {"name": new.name, "organisation": new.organisation})
    return None


async def _refused(door: Door, row: Row, action: str, new: NewSession) -> None:
    await repository.insert_visit(door, row["id"], action, address=new.address)
    await audit.record(door, f"share.{action}", "share", row["id"], {"name": new.name, "organisation": new.organisation})


async def visitor_of(platform: Platform, token: str | None, address: str | None) -> Visitor:
    """Who holds the cookie; says why when nobody does any more. Each door asks the database again."""
    row = await repository.find_session(platform.database, codes.hash_token(token)) if token else None
    if row is None:
        raise ShareSignedOut
    if row["revoked"]:
        raise ShareRevoked
    if row["expires_at"] <= platform.clock.now():
        raise ShareExpired
    if row["ended"]:
        raise ShareSignedOut
    known = {name: row[name] for name in Visitor.__struct_fields__ if name != "address"}
    return Visitor(**known, address=address)


async def sign_out(platform: Platform, visitor: Visitor) -> None:
    """Ends the session."""
    async with platform.database.share_door(visitor.caller, writing=True) as door:
        await repository.end_session(door, visitor.session_id)
        await repository.insert_visit(
            door, visitor.share_id, "signed_out", session_id=visitor.session_id, address=visitor.address
        )
        await audit.record(door, "share.signed_out", "share", visitor.share_id, {"name": visitor.name})
