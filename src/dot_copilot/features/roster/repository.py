"""SQL of the roster import: its own tables, and evidence by the thousand."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.roster.models import RowError

_SUMMARY = """id, state, dry_run, file_name, size, total, imported, updated, skipped, next_row, error_count, problem,
  cancel_requested, created_by, created_at, started_at, finished_at, columns"""
# Drivers and rows come once each, `place` says whose a date is; the other columns travel as text, which is cheaper to encode.
_INSERT_EVIDENCE = """
insert into evidence (carrier_id, id, driver_id, requirement, obtained_on, expires_on, provenance, details, recorded_by)
select $1, encode(substring($9::bytea from n.nth::int * 16 - 15 for 16), 'hex')::uuid, n.driver_id,
       n.requirement, n.obtained_on, n.expires_on, 'roster',
       case when n.dated then jsonb_build_object('roster_import', $2::uuid, 'row', n.row)
            else jsonb_build_object('roster_import', $2::uuid, 'row', n.row, 'dated', false) end, $10
  from (select ($3::uuid[])[u.place] as driver_id, ($4::int[])[u.place] as row, u.requirement, u.obtained_on, u.expires_on,
               u.dated, u.nth
          from unnest($5::text::int[], $6::text::text[], $7::text::date[], $8::text::date[], $11::text::bool[])
               with ordinality as u(place, requirement, obtained_on, expires_on, dated, nth)) n"""
# A date that is recorded already adds nothing: neither one from a roster (even if somebody has voided it meanwhile), nor the
# same fact recorded by a person. Of a record with an expiry only, the expiry tells whether it is the same. `offset 0` keeps
# the planner from joining with all evidence of the carrier instead of looking up each driver's.
_NOT_RECORDED = """
 where not exists (
   select from evidence e
    where e.carrier_id = $1 and e.driver_id = n.driver_id and e.requirement = n.requirement
      and (e.provenance = 'roster' or e.voided_at is null and e.review <> 'rejected')
      and case when not n.dated then e.expires_on = n.expires_on
               when e.provenance = 'roster' then e.obtained_on = n.obtained_on and e.expires_on is not distinct from n.expires_on
               else e.obtained_on = n.obtained_on
                    and (n.expires_on is null or e.expires_on is not distinct from n.expires_on) end
   offset 0)"""
_ADDED = " on conflict do nothing returning driver_id"


class NewImport(Struct):
    """What is known of an import when it is asked for."""

    id: UUID
    dry_run: bool
    file_name: str
    size: int
    sha256: bytes
    blob_name: str
    columns: dict[str, Any]


class NewEvidence(Struct):
    """Dates of drivers, as columns of equal length, and whose they are."""

    driver_ids: list[UUID] = []
    rows: list[int] = []  # of the file; one a driver
    places: list[int] = []  # 1-based, of the driver
    requirements: list[str] = []
    obtained: list[str] = []  # ISO dates
    expires: list[str] = []  # ISO dates or NULL
    dated: list[str] = []  # t or f

    def add(self, requirement: str, obtained_on: date, expires_on: date | None, *, dated: bool) -> None:
        """One date of the driver added last."""
        self.places.append(len(self.driver_ids))
        self.requirements.append(requirement)
        self.obtained.append(obtained_on.isoformat())
        self.expires.append("NULL" if expires_on is None else expires_on.isoformat())
        self.dated.append("t" if dated else "f")


async def insert_import(door: Door, new: NewImport) -> None:
    """A queued import."""
    await door.execute(
        """insert into roster_imports (carrier_id, id, dry_run, file_name, size, sha256, blob_name, columns, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        door.carrier_id,
        new.id,
        new.dry_run,
        new.file_name,
        new.size,
        new.sha256,
        new.blob_name,
        new.columns,
        door.actor_id,
    )


async def read_import(door: Door, import_id: UUID, *, lock: bool = False) -> Row | None:
    """One import, with the name of its file in the blob store."""
    return await door.fetchrow(
        f"select {_SUMMARY}, blob_name from roster_imports where carrier_id = $1 and id = $2" + (" for update" if lock else ""),  # noqa: S608 - constant columns
        door.carrier_id,
        import_id,
    )


async def page_of_imports(door: Door, limit: int, after: Sequence[Any] | None) -> list[Row]:
    """Imports, newest first, after the key [created_at, id]."""
    created_at, last_id = after or (None, None)
    return await door.fetch(
        f"""select {_SUMMARY} from roster_imports
             where carrier_id = $1
               and ($2::timestamptz is null or created_at < $2 or (created_at = $2 and id > $3::uuid))
             order by created_at desc, id limit $4""",  # noqa: S608 - constant columns
        door.carrier_id,
        created_at,
        last_id,
        limit,
    )


async def update_import(door: Door, import_id: UUID, **values: object) -> None:
    """Writes the named columns of one import (the names come from our own code, never from a request)."""
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 3))
    await door.execute(
        f"update roster_imports set {places} where carrier_id = $1 and id = $2",  # noqa: S608 - names from our own code
        door.carrier_id,
        import_id,
        *values.values(),
    )


async def clear_errors(door: Door, import_id: UUID) -> None:
    """Forgets the errors of an earlier reading."""
    await door.execute("delete from roster_import_errors where carrier_id = $1 and import_id = $2", door.carrier_id, import_id)


async def insert_errors(door: Door, import_id: UUID, first_seq: int, errors: Sequence[RowError]) -> None:
    """Keeps errors in their order, numbered from `first_seq`."""
    await door.execute(
        """insert into roster_import_errors (carrier_id, import_id, seq, "row", "column", "value", problem)
           select $1, $2, $3 + n.place - 1, n."row", n."column", n."value", n.problem
             from unnest($4::int[], $5::text[], $6::text[], $7::text[])
                  with ordinality as n("row", "column", "value", problem, place)""",
        door.carrier_id,
        import_id,
        first_seq,
        [error.row for error in errors],
        [error.column for error in errors],
        [error.value for error in errors],
        [error.problem for error in errors],
    )


async def page_of_errors(door: Door, import_id: UUID, limit: int, after: int) -> list[Row]:
    """Errors with a number above `after`."""
    return await door.fetch(
        """select seq, "row", "column", "value", problem from roster_import_errors
            where carrier_id = $1 and import_id = $2 and seq > $3 order by seq limit $4""",
        door.carrier_id,
        import_id,
        after,
        limit,
    )


async def policy_requirements(door: Door) -> list[tuple[str, str]]:
    """(key, title) of the carrier's own requirements that stand."""
    rows = await door.fetch(
        "select key, title from policy_requirements where carrier_id = $1 and retired_on is null order by key", door.carrier_id
    )
    return [(row["key"], row["title"]) for row in rows]


async def terminals(door: Door) -> dict[str, UUID]:
    """Terminals by lower-case name and by lower-case code; a name beats a code."""
    rows = await door.fetch(
        "select id, lower(name) as name, lower(code) as code from terminals where carrier_id = $1", door.carrier_id
    )
    found = {row["code"]: row["id"] for row in rows if row["code"]}
    return found | {row["name"]: row["id"] for row in rows}


async def create_terminals(door: Door, names: Iterable[str]) -> list[Row]:
    """Adds terminals in the carrier's default time zone; returns (id, name, time_zone) of those that were not there."""
    return await door.fetch(
        """insert into terminals (carrier_id, name, time_zone)
           select $1, n.name, c.default_time_zone from unnest($2::text[]) as n(name), carriers c where c.id = $1
           on conflict do nothing returning id, name, time_zone""",
        door.carrier_id,
        list(names),
    )


async def insert_evidence(door: Door, import_id: UUID, new: NewEvidence, *, new_drivers: bool) -> set[UUID]:
    """Adds the dates that are not recorded yet; returns whose. Of `new_drivers` nothing can be recorded."""
    rows = await door.fetch(
        _INSERT_EVIDENCE + ("" if new_drivers else _NOT_RECORDED) + _ADDED,
        door.carrier_id,
        import_id,
        new.driver_ids,
        new.rows,
        _array(map(str, new.places)),
        _array(new.requirements),
        _array(new.obtained),
        _array(new.expires),
        _fresh_ids(len(new.places)),
        door.actor_id,
        _array(new.dated),
    )
    return {row["driver_id"] for row in rows}


def _array(items: Iterable[str]) -> str:
    """An array literal of keys, numbers or dates, none of which needs quoting."""
    return "{" + ",".join(items) + "}"


def _fresh_ids(count: int) -> bytes:
    """UUIDs of version 7 (RFC 9562), 16 bytes each. PostgreSQL takes 7 microseconds for one of its own, of version 4."""
    stamp = int(time.time() * 1000).to_bytes(6)
    noise = os.urandom(10 * count)
    parts = []
    for start in range(0, 10 * count, 10):
        tail = bytearray(noise[start : start + 10])
        tail[0] = tail[0] & 0x0F | 0x70
        tail[2] = tail[2] & 0x3F | 0x80
        parts.append(stamp + tail)
    return b"".join(parts)


async def refresh_statistics(door: Door) -> None:
    """Tells the planner how many rows there are now."""
    await door.execute("select app.refresh_statistics()")


async def old_previews(door: Door, days: int) -> list[UUID]:
    """Previews that nobody has confirmed for so long."""
    rows = await door.fetch(
        """select id from roster_imports
            where carrier_id = $1 and state = 'preview' and finished_at < now() - make_interval(days => $2)""",
        door.carrier_id,
        days,
    )
    return [row["id"] for row in rows]


async def carrier_ids(database: Database) -> list[UUID]:
    """All carriers, for maintenance."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
