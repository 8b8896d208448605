"""What a carrier can do with shares."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from dot_copilot.core import audit, links, outbox
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.packets import service as packets
from dot_copilot.features.packets.schemas import PacketCreate
from dot_copilot.features.shares import codes, mails, repository, schemas
from dot_copilot.features.shares.errors import ShareNotFound, ShareSettled
from dot_copilot.features.shares.models import NewShare

_PEOPLE = 2000
_SAME = [name for name in schemas.Share.model_fields if name != "state"]


async def create_share(door: Door, platform: Platform, caller: Caller, new: schemas.ShareCreate) -> schemas.ShareOpened:
    """Makes a share; its link and its code are told now and never again."""
    packets.check_sph(caller, wanted=new.sph)
    drivers = await packets.select(door, platform, caller, new, None)
    packet_id = None
    if new.packet:
        wanted = PacketCreate(drivers=drivers, title=new.title, sph=new.sph)
        packet_id = (await packets.ask_for(door, platform, drivers, wanted)).id
    share_id, code = uuid4(), codes.new_code()
    link = links.token(platform.link_key, _name(share_id))
    link_hash = links.digest(link)
    code_hash = codes.hash_code(platform.link_key, link_hash, code)
    expires_at = platform.clock.now() + timedelta(days=new.days)
    made = NewShare(share_id, new.title, new.email, link_hash, code_hash, new.sph, packet_id, expires_at, drivers)
    await repository.insert_share(door, made)
    told = {
        "title": new.title,
        "email": new.email,
        "drivers": len(drivers),
        "until": expires_at,
        "sph": new.sph,
        "packet": packet_id,
    }
    await audit.record(door, "share.created", "share", share_id, told)
    row = await _read(door, share_id)
    if new.email is not None:
        message = await mails.invitation(door, new.email, row, f"{_page(platform)}#{links.mark(_name(share_id))}")
        await outbox.post(door, message, occasion=_name(share_id), good_until=expires_at)
    url = f"{_page(platform)}#{link}"
    return schemas.ShareOpened(**shape(row, platform).model_dump(), link=url, code=code, mailed=new.email is not None)


def _name(share_id: UUID) -> str:
    """What the link's token is worked out from, so that a waiting mail does not hold it."""
    return f"share:{share_id}"


def _page(platform: Platform) -> str:
    return f"{platform.settings.pages_url}/shared"


async def list_shares(door: Door, platform: Platform, *, limit: int, cursor: str | None) -> schemas.ShareList:
    """Shares, newest first."""
    after = platform.cursors.open(door.carrier_id, "shares", cursor) if cursor else None
    rows = await repository.page_of_shares(door, limit + 1, after)
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = platform.cursors.seal(door.carrier_id, "shares", [last["created_at"], last["id"]])
    return schemas.ShareList(items=[shape(row, platform) for row in rows[:limit]], next_cursor=next_cursor)


async def read_share(door: Door, platform: Platform, share_id: UUID) -> schemas.ShareDetails:
    """One share with its drivers and who signed in."""
    row = await _read(door, share_id)
    people = await repository.people_of(door, share_id, limit=_PEOPLE)
    visitors = await repository.visitors_of(door, share_id)
    return schemas.ShareDetails(
        **shape(row, platform).model_dump(),
        people=[
            schemas.ShareDriver(id=d["id"], name=f"{d['first_name']} {d['last_name']}", employee_id=d["employee_id"])
            for d in people
        ],
        visitors=[schemas.ShareVisitor(**dict(visitor)) for visitor in visitors],
    )


async def list_visits(door: Door, platform: Platform, share_id: UUID, *, limit: int, cursor: str | None) -> schemas.ShareVisits:
    """What the auditors of a share did, newest first."""
    await _read(door, share_id)
    listing = f"share visits {share_id}"
    after = platform.cursors.open(door.carrier_id, listing, cursor)[0] if cursor else None
    rows = await repository.page_of_visits(door, share_id, limit + 1, after)
    next_cursor = platform.cursors.seal(door.carrier_id, listing, [rows[limit - 1]["id"]]) if len(rows) > limit else None
    return schemas.ShareVisits(items=[schemas.ShareVisit(**dict(row)) for row in rows[:limit]], next_cursor=next_cursor)


async def renew_code(door: Door, platform: Platform, share_id: UUID) -> schemas.ShareCode:
    """A new code for the same link; the one before no longer works, and a lock is gone. Who is signed in stays so."""
    row = await repository.lock_share(door, share_id)
    if row is None:
        raise ShareNotFound
    if row["revoked_at"] is not None or row["expires_at"] <= platform.clock.now():
        raise ShareSettled
    code = codes.new_code()
    await repository.set_code(door, share_id, codes.hash_code(platform.link_key, row["link_hash"], code), 0, None)
    await audit.record(door, "share.code_renewed", "share", share_id)
    return schemas.ShareCode(code=code)


async def revoke_share(door: Door, platform: Platform, share_id: UUID) -> schemas.Share:
    """Ends a share at once, for everybody who is signed in to it too. Ending it twice changes nothing."""
    row = await repository.lock_share(door, share_id)
    if row is None:
        raise ShareNotFound
    if row["revoked_at"] is None:
        await repository.revoke_share(door, share_id)
        await audit.record(door, "share.revoked", "share", share_id, {"title": row["title"]})
    return shape(await _read(door, share_id), platform)


async def _read(door: Door, share_id: UUID) -> Row:
    row = await repository.read_share(door, share_id)
    if row is None:
        raise ShareNotFound
    return row


def shape(row: Row, platform: Platform) -> schemas.Share:
    """The share of a row of this feature's repository."""
    state: schemas.ShareState = "active"
    if row["revoked_at"] is not None:
        state = "revoked"
    elif row["expires_at"] <= platform.clock.now():
        state = "expired"
    return schemas.Share(**{name: row[name] for name in _SAME}, state=state)
