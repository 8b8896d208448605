"""What can be done with packets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from dot_copilot.core import audit, jobs
from dot_copilot.core.caller import AT_TERMINALS, Caller, Permission, Role
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import Forbidden
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.platform import Platform
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance.service import DriverQuery, list_drivers
from dot_copilot.features.documents import sph
from dot_copilot.features.drivers.access import reachable
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.packets import repository, schemas
from dot_copilot.features.packets.codes import new_code, shown
from dot_copilot.features.packets.errors import InvalidPacket, PacketNotFound, PacketSettled
from dot_copilot.features.packets.models import NewPacket

BUILD = "packets:build_packet"
SWEEP = "packets:sweep_packet"
LOCK = "packets"
_PAGE = 200
_DERIVED = {"code", "archive_sha256", "downloadable", "verify_url"}
_SAME = [name for name in schemas.Packet.model_fields if name not in _DERIVED]


async def select(door: Door, platform: Platform, caller: Caller, wanted: schemas.Selected, as_of: date | None) -> list[UUID]:
    """The drivers of a selection within the caller's reach, each once, in a fixed order. `DriverNotFound` for others."""
    if wanted.drivers is not None:
        ids = list(dict.fromkeys(wanted.drivers))
        if await reachable(door, caller, ids) != set(ids):
            raise DriverNotFound
        return ids
    if not caller.may(Permission.READ_DRIVERS) or wanted.filter is None:
        raise Forbidden(f"The role {caller.role} may not choose drivers by filters. Name the driver.")
    chosen = wanted.filter
    query = DriverQuery(
        terminal=chosen.terminal,
        state=chosen.state,
        requirement=chosen.requirement,
        may_drive=chosen.may_drive,
        everyone=chosen.employment == "all",
        q=chosen.q,
        limit=_PAGE,
        as_of=as_of,
    )
    found: list[UUID] = []
    while True:
        page = await list_drivers(door, platform, caller, "en", query)
        found += [row.id for row in page.items]
        if len(found) > schemas.MOST_DRIVERS or page.total > schemas.MOST_DRIVERS:
            raise InvalidPacket("filter", f"it finds {page.total:,} drivers; {schemas.MOST_DRIVERS:,} go into one packet")
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
    if not found:
        raise InvalidPacket("filter", "it finds no driver")
    return list(dict.fromkeys(found))


def check_sph(caller: Caller, *, wanted: bool) -> None:
    """`Forbidden` for somebody who may not read the 391.53 file and asks for it."""
    if wanted and not sph.may_read(caller):
        raise Forbidden("The 391.53 file is restricted: your role may not read it. Leave it out. Nothing was begun.")


async def create_packet(door: Door, platform: Platform, caller: Caller, new: schemas.PacketCreate) -> schemas.Packet:
    """Asks for a packet; the worker builds it."""
    check_sph(caller, wanted=new.sph)
    drivers = await select(door, platform, caller, new, new.as_of)
    return await ask_for(door, platform, drivers, new)


async def ask_for(door: Door, platform: Platform, drivers: list[UUID], new: schemas.PacketCreate) -> schemas.Packet:
    """As `create_packet`, for drivers that are chosen already."""
    zone = (await carriers.read_carrier(door))["default_time_zone"]
    today = platform.clock.today(zone)
    as_of = new.as_of or today
    code = new_code()
    wanted = NewPacket(code, new.title, as_of, new.originals, new.sph, new.shows, drivers)
    packet_id = await repository.insert_packet(door, wanted)
    told = {"code": code, "drivers": len(drivers), "as_of": as_of, "sph": new.sph, "originals": new.originals, "shows": new.shows}
    if len(drivers) == 1:
        told["driver"] = drivers[0]
    await audit.record(door, "packet.requested", "packet", packet_id, told)
    await enqueue(door, packet_id)
    row = await repository.read_packet(door, packet_id)
    assert row is not None
    return shape(row, platform)


async def enqueue(door: Door, packet_id: UUID) -> None:
    """Puts the packet at the end of the queue. One is built at a time, so that the worker has a hand free for uploads."""
    await jobs.defer(door, BUILD, lock=LOCK, packet_id=str(packet_id))


def _sees_all(caller: Caller) -> bool:
    """Whoever writes driver files sees every packet; others those they asked for."""
    return caller.may(Permission.WRITE_DRIVERS)


async def list_packets(
    door: Door, caller: Caller, platform: Platform, *, driver_id: UUID | None, limit: int, cursor: str | None
) -> schemas.PacketList:
    """Packets, newest first: all of them, or the caller's own."""
    cursors: Cursors = platform.cursors
    creator = None if _sees_all(caller) else caller.user_id
    listing = f"packets {creator} {driver_id}"
    after = cursors.open(door.carrier_id, listing, cursor) if cursor else None
    rows = await repository.page_of_packets(door, only_creator=creator, driver_id=driver_id, limit=limit + 1, after=after)
    next_cursor = None
    if len(rows) > limit:
        next_cursor = cursors.seal(door.carrier_id, listing, [rows[limit - 1]["created_at"], rows[limit - 1]["id"]])
    return schemas.PacketList(items=[shape(row, platform) for row in rows[:limit]], next_cursor=next_cursor)


async def read_packet(door: Door, caller: Caller, platform: Platform, packet_id: UUID) -> schemas.PacketDetails:
    """One packet with its drivers."""
    row = await access_packet(door, caller, packet_id)
    drivers = [_driver(found) for found in await repository.drivers_of(door, packet_id)]
    return schemas.PacketDetails(**shape(row, platform).model_dump(), drivers=drivers)


async def access_packet(door: Door, caller: Caller, packet_id: UUID, *, lock: bool = False) -> Row:
    """The packet, if the caller sees it and still reaches every driver in it; `PacketNotFound` otherwise."""
    row = await repository.read_packet(door, packet_id, lock=lock)
    if row is None or not (_sees_all(caller) or row["created_by"] == caller.user_id):
        raise PacketNotFound
    if caller.role in (*AT_TERMINALS, Role.DRIVER):
        ids = await repository.driver_ids(door, packet_id)
        if await reachable(door, caller, ids) != set(ids):
            raise PacketNotFound
    if row["sph"] and not sph.may_read(caller):
        raise PacketNotFound
    return row


async def change_packet(
    door: Door, caller: Caller, platform: Platform, packet_id: UUID, change: schemas.PacketChange
) -> schemas.Packet:
    """Changes what the verification page tells."""
    row = await access_packet(door, caller, packet_id, lock=True)
    if row["shows"] != change.shows:
        await repository.update_packet(door, packet_id, shows=change.shows)
        await audit.record(door, "packet.changed", "packet", packet_id, {"shows": [row["shows"], change.shows]})
    return await _again(door, platform, packet_id)


async def cancel_packet(door: Door, caller: Caller, platform: Platform, packet_id: UUID) -> schemas.Packet:
    """Stops the building; the worker notices before the next document."""
    row = await access_packet(door, caller, packet_id, lock=True)
    if row["state"] not in ("queued", "building"):
        raise PacketSettled("The packet is not being built any more. Nothing was changed.")
    await repository.update_packet(door, packet_id, cancel_requested=True)
    if row["state"] == "queued":
        await repository.update_packet(door, packet_id, state="cancelled", finished_at=platform.clock.now())
    await audit.record(door, "packet.cancel_requested", "packet", packet_id)
    return await _again(door, platform, packet_id)


async def revoke_packet(door: Door, caller: Caller, platform: Platform, packet_id: UUID, reason: str) -> schemas.Packet:
    """Withdraws a packet: its files are removed, and its code says so from now on."""
    row = await access_packet(door, caller, packet_id, lock=True)
    if row["state"] != "done" or row["revoked_at"] is not None:
        raise PacketSettled("Only a finished packet can be revoked, and only once. Nothing was changed.")
    values = {"revoked_at": platform.clock.now(), "revoked_by": door.actor_id, "revoke_reason": reason}
    await repository.update_packet(door, packet_id, **values)
    await audit.record(door, "packet.revoked", "packet", packet_id, {"reason": reason})
    await jobs.defer(door, SWEEP, packet_id=str(packet_id))
    return await _again(door, platform, packet_id)


async def _again(door: Door, platform: Platform, packet_id: UUID) -> schemas.Packet:
    row = await repository.read_packet(door, packet_id)
    assert row is not None
    return shape(row, platform)


def downloadable(row: Row, platform: Platform) -> bool:
    """Whether the packet's files can be fetched now."""
    until = row["files_until"]
    fresh = until is not None and until > platform.clock.now()
    return row["state"] == "done" and row["revoked_at"] is None and row["swept_at"] is None and fresh


def shape(row: Row, platform: Platform) -> schemas.Packet:
    """The packet of a row of this feature's repository."""
    return schemas.Packet(
        **{name: row[name] for name in _SAME},
        code=shown(row["code"]),
        archive_sha256=row["archive_sha256"].hex() if row["archive_sha256"] else None,
        downloadable=downloadable(row, platform),
        verify_url=f"{platform.settings.pages_url}/verify/{shown(row['code'])}",
    )


def _driver(row: Row) -> schemas.PacketDriver:
    return schemas.PacketDriver(
        driver_id=row["driver_id"],
        name=f"{row['first_name']} {row['last_name']}",
        employee_id=row["employee_id"],
        state=row["state"],
        pages=row["pages"],
        size=row["size"],
        sha256=row["sha256"].hex() if row["sha256"] else None,
        documents=row["documents"],
        left_out=row["left_out"],
        sph=row["sph_size"] is not None,
    )
