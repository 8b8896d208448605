"""SQL on `packets`, `packet_drivers` and `packet_files`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.packets.models import NewPacket, PacketFile

_COLUMNS = """p.id, p.code, p.title, p.state, p.as_of, p.originals, p.sph, p.shows, p.total, p.built, p.problem,
       p.cancel_requested, p.archive_blob, p.archive_size, p.archive_sha256, p.manifest_blob, p.manifest_sha256,
       p.audit_seq, p.audit_hash, p.created_by, p.created_at, p.started_at, p.finished_at, p.files_until, p.swept_at,
       p.revoked_at, p.revoke_reason,
       (select u.name from users u where u.carrier_id = p.carrier_id and u.id = p.created_by) as created_by_name"""
_CHANGEABLE = (
    "state",
    "problem",
    "cancel_requested",
    "archive_blob",
    "archive_size",
    "archive_sha256",
    "manifest_blob",
    "manifest_sha256",
    "audit_seq",
    "audit_hash",
    "started_at",
    "finished_at",
    "files_until",
    "swept_at",
    "revoked_at",
    "revoked_by",
    "revoke_reason",
    "shows",
)


async def insert_packet(door: Door, new: NewPacket) -> UUID:
    """Adds a packet that waits to be built, with its drivers in this order."""
    packet_id: UUID = await door.fetchval(
        """insert into packets (carrier_id, code, title, as_of, originals, sph, shows, total, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id""",
        door.carrier_id,
        new.code,
        new.title,
        new.as_of,
        new.originals,
        new.sph,
        new.shows,
        len(new.drivers),
        door.actor_id,
    )
    await door.execute(
        """insert into packet_drivers (carrier_id, packet_id, driver_id, position)
           select $1, $2, id, place from unnest($3::uuid[]) with ordinality as d (id, place)""",
        door.carrier_id,
        packet_id,
        new.drivers,
    )
    return packet_id


async def read_packet(door: Door, packet_id: UUID, *, lock: bool = False) -> Row | None:
    """One packet; `lock` keeps others from changing it until this transaction ends."""
    sql = f"select {_COLUMNS} from packets p where p.carrier_id = $1 and p.id = $2"  # noqa: S608 - constant columns
    return await door.fetchrow(sql + (" for no key update of p" if lock else ""), door.carrier_id, packet_id)


async def driver_ids(door: Door, packet_id: UUID) -> list[UUID]:
    """Whose files the packet holds, in order."""
    rows = await door.fetch(
        "select driver_id from packet_drivers where carrier_id = $1 and packet_id = $2 order by position",
        door.carrier_id,
        packet_id,
    )
    return [row["driver_id"] for row in rows]


async def page_of_packets(
    door: Door, *, only_creator: UUID | None, driver_id: UUID | None, limit: int, after: list[Any] | None
) -> list[Row]:
    """Up to `limit` packets, newest first, after the key [created_at, id]."""
    created_at, packet_id = after or (None, None)
    return await door.fetch(
        f"""select {_COLUMNS} from packets p
             where p.carrier_id = $1 and ($2::uuid is null or p.created_by = $2)
               and ($3::uuid is null or exists (select from packet_drivers d
                    where d.carrier_id = p.carrier_id and d.packet_id = p.id and d.driver_id = $3))
               and ($4::text is null or (p.created_at, p.id) < ($4::text::timestamptz, $5::uuid))
             order by p.created_at desc, p.id desc limit $6""",  # noqa: S608 - constant columns
        door.carrier_id,
        only_creator,
        driver_id,
        created_at,
        packet_id,
        limit,
    )


async def update_packet(door: Door, packet_id: UUID, **values: object) -> None:
    """Writes the named columns."""
    assert set(values) <= set(_CHANGEABLE)
    columns = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 3))
    sql = f"update packets set {columns} where carrier_id = $1 and id = $2"  # noqa: S608 - names of our own
    await door.execute(sql, door.carrier_id, packet_id, *values.values())


async def waiting_drivers(door: Door, packet_id: UUID) -> list[Row]:
    """Drivers whose PDFs are still to be made, in order: driver_id, position."""
    return await door.fetch(
        """select driver_id, position from packet_drivers
            where carrier_id = $1 and packet_id = $2 and state = 'waiting' order by position""",
        door.carrier_id,
        packet_id,
    )


async def finish_driver(door: Door, packet_id: UUID, driver_id: UUID, version: str, files: list[PacketFile]) -> bool:
    """Notes that a driver's PDFs are in the store; False when somebody did so before."""
    tag = await door.execute(
        """update packet_drivers set state = 'done', version = $4
            where carrier_id = $1 and packet_id = $2 and driver_id = $3 and state = 'waiting'""",
        door.carrier_id,
        packet_id,
        driver_id,
        version,
    )
    if tag != "UPDATE 1":
        return False
    await door.executemany(
        """insert into packet_files (carrier_id, packet_id, driver_id, number, kind, name, size, sha256, crc32, pages, blob_name,
                                     document_id, requirement, problem)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
        [
            (
                door.carrier_id,
                packet_id,
                file.driver_id,
                file.number,
                file.kind,
                file.name,
                file.size,
                file.sha256,
                file.crc32,
                file.pages,
                file.blob_name,
                file.document_id,
                file.requirement,
                file.problem,
            )
            for file in files
        ],
    )
    await door.execute("update packets set built = built + 1 where carrier_id = $1 and id = $2", door.carrier_id, packet_id)
    return True


async def files_of(door: Door, packet_id: UUID, driver_id: UUID | None = None) -> list[Row]:
    """Every file of the packet, or of one driver in it, in the order of the archive; with the driver's words."""
    return await door.fetch(
        """select d.position, d.version, f.driver_id, f.number, f.kind, f.name, f.size, f.sha256, f.crc32, f.pages, f.blob_name,
                  f.document_id, f.requirement, f.problem, v.employee_id, v.first_name, v.last_name
             from packet_files f
             join packet_drivers d on d.carrier_id = f.carrier_id and d.packet_id = f.packet_id and d.driver_id = f.driver_id
             join drivers v on v.carrier_id = f.carrier_id and v.id = f.driver_id
            where f.carrier_id = $1 and f.packet_id = $2 and ($3::uuid is null or f.driver_id = $3)
            order by d.position, array_position(array['pdf', 'sph', 'document'], f.kind), f.number""",
        door.carrier_id,
        packet_id,
        driver_id,
    )


async def drivers_of(door: Door, packet_id: UUID) -> list[Row]:
    """The drivers of the packet in order, with what has become of each."""
    return await door.fetch(
        """select d.driver_id, d.position, d.state, v.employee_id, v.first_name, v.last_name, f.size, f.pages, f.sha256,
                  s.size as sph_size,
                  (select count(*) from packet_files x where x.carrier_id = d.carrier_id and x.packet_id = d.packet_id
                      and x.driver_id = d.driver_id and x.kind = 'document')::int as documents,
                  (select count(*) from packet_files x where x.carrier_id = d.carrier_id and x.packet_id = d.packet_id
                      and x.driver_id = d.driver_id and x.kind = 'document' and x.problem is not null)::int as left_out
             from packet_drivers d
             join drivers v on v.carrier_id = d.carrier_id and v.id = d.driver_id
             left join packet_files f on f.carrier_id = d.carrier_id and f.packet_id = d.packet_id and f.driver_id = d.driver_id
                                     and f.kind = 'pdf'
             left join packet_files s on s.carrier_id = d.carrier_id and s.packet_id = d.packet_id and s.driver_id = d.driver_id
                                     and s.kind = 'sph'
            where d.carrier_id = $1 and d.packet_id = $2 order by d.position""",
        door.carrier_id,
        packet_id,
    )


async def audit_head(door: Door) -> tuple[int, bytes]:
    """Number and hash of the last chained entry of the carrier's audit log."""
    row = await door.fetchrow("select seq, hash from audit_heads where carrier_id = $1", door.carrier_id)
    return (row["seq"], row["hash"]) if row else (0, b"")


async def blobs_to_sweep(door: Door, now: datetime, limit: int) -> list[Row]:
    """Packets whose files are to go: their time is over, they were revoked, or their building ended early."""
    return await door.fetch(
        """select id, archive_blob from packets
            where carrier_id = $1 and swept_at is null and state in ('done', 'failed', 'cancelled')
              and (files_until < $2 or revoked_at is not null or state <> 'done') order by created_at limit $3""",
        door.carrier_id,
        now,
        limit,
    )


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier, for the worker's maintenance."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
