"""SQL on what a carrier sets itself: policy requirements, waivers, and the rules that projections are made by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row

_POLICY = """key, title, applies_to, deadline, deadline_days, renewal_months, blocks_driving, reason, effective_from, retired_on,
       created_at"""
_WAIVER = (
    """w.id, w.driver_id, w.requirement, p.title, w.from_on, w.until_on, w.reason, w.granted_by, w.granted_at, w.revoked_at"""
)


async def read_rules(door: Door) -> Row:
    """One row: warning_days, rules_revision, policies (a list of objects, by key) and numbers (requirement -> number)."""
    row = await door.fetchrow(
        """select warning_days, rules_revision,
                  (select coalesce(jsonb_agg(to_jsonb(p) - 'carrier_id' order by p.key), '[]')
                     from policy_requirements p where p.carrier_id = c.id) as policies,
                  (select coalesce(jsonb_object_agg(n.requirement, n.number), '{}')
                     from requirement_numbers n where n.carrier_id = c.id) as numbers
             from carriers c where c.id = $1""",
        door.carrier_id,
    )
    assert row is not None
    return row


async def add_numbers(door: Door, requirements: Sequence[str]) -> dict[str, int]:
    """Gives numbers to requirements that have none; returns the numbers of all of the carrier's."""
    await door.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 11))", door.carrier_id)
    await door.execute(
        """insert into requirement_numbers (carrier_id, requirement, number)
           select $1, r, (select coalesce(max(number), 0) from requirement_numbers where carrier_id = $1)
                  + row_number() over (order by place)
             from unnest($2::text[]) with ordinality u(r, place)
            where not exists (select from requirement_numbers where carrier_id = $1 and requirement = r)""",
        door.carrier_id,
        requirements,
    )
    rows = await door.fetch("select requirement, number from requirement_numbers where carrier_id = $1", door.carrier_id)
    return {row["requirement"]: row["number"] for row in rows}


async def set_revision(door: Door, revision: str) -> None:
    """Notes by which rules all drivers are projected, or that they have to be projected anew."""
    await door.execute("update carriers set rules_revision = $2 where id = $1", door.carrier_id, revision)


async def waivers_of(door: Door, driver_ids: Sequence[UUID]) -> list[Row]:
    """Waivers of many drivers: driver_id, requirement, from_on, until_on, reason. A revoked one ended on the day before."""
    return await door.fetch(
        """select driver_id, requirement, from_on, until_on, reason
             from (select w.driver_id, w.requirement, w.from_on, w.reason,
                          least(w.until_on, (w.revoked_at at time zone c.default_time_zone)::date - 1) as until_on
                     from waivers w join carriers c on c.id = w.carrier_id
                    where w.carrier_id = $1 and w.driver_id = any($2::uuid[])) w
            where until_on >= from_on order by driver_id, requirement, from_on""",
        door.carrier_id,
        driver_ids,
    )


async def read_policy(door: Door, key: str, *, lock: bool = False) -> Row | None:
    """One of the carrier's own requirements."""
    sql = f"select {_POLICY} from policy_requirements where carrier_id = $1 and key = $2"  # noqa: S608 - constant columns
    return await door.fetchrow(sql + (" for no key update" if lock else ""), door.carrier_id, key)


async def count_policies(door: Door) -> int:
    """How many requirements of its own the carrier has, retired ones included."""
    count: int = await door.fetchval("select count(*) from policy_requirements where carrier_id = $1", door.carrier_id)
    return count


async def insert_policy(door: Door, values: Mapping[str, Any]) -> bool:
    """Adds a requirement; False when the carrier has one of this key."""
    tag = await door.execute(
        """insert into policy_requirements (carrier_id, key, title, applies_to, deadline, deadline_days, renewal_months,
                                            blocks_driving, reason, effective_from, created_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing""",
        door.carrier_id,
        *(values[name] for name in ("key", "title", "applies_to", "deadline", "deadline_days", "renewal_months")),
        *(values[name] for name in ("blocks_driving", "reason", "effective_from")),
        door.actor_id,
    )
    return tag.endswith(" 1")


async def write_policy(door: Door, key: str, values: Mapping[str, Any]) -> None:
    """Writes every member that can be changed."""
    await door.execute(
        """update policy_requirements set title = $3, applies_to = $4, deadline = $5, deadline_days = $6, renewal_months = $7,
                  blocks_driving = $8, reason = $9, effective_from = $10, retired_on = $11
            where carrier_id = $1 and key = $2""",
        door.carrier_id,
        key,
        *(values[name] for name in ("title", "applies_to", "deadline", "deadline_days", "renewal_months")),
        *(values[name] for name in ("blocks_driving", "reason", "effective_from", "retired_on")),
    )


async def list_waivers(door: Door, driver_id: UUID) -> list[Row]:
    """A driver's waivers, newest first, revoked ones too."""
    return await door.fetch(
        f"""select {_WAIVER} from waivers w
             join policy_requirements p on p.carrier_id = w.carrier_id and p.key = w.requirement
            where w.carrier_id = $1 and w.driver_id = $2 order by w.granted_at desc, w.id""",  # noqa: S608 - constant columns
        door.carrier_id,
        driver_id,
    )


async def insert_waiver(door: Door, driver_id: UUID, requirement: str, days: tuple[date, date], reason: str) -> Row:
    """Grants a waiver for the first through the last of `days`; gives id and granted_at."""
    row = await door.fetchrow(
        """insert into waivers (carrier_id, driver_id, requirement, from_on, until_on, reason, granted_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning id, granted_at""",
        door.carrier_id,
        driver_id,
        requirement,
        *days,
        reason,
        door.actor_id,
    )
    assert row is not None
    return row


async def revoke_waiver(door: Door, waiver_id: UUID) -> Row | None:
    """Ends a waiver that stands; gives driver_id and requirement, or None when there is none."""
    return await door.fetchrow(
        """update waivers set revoked_at = now(), revoked_by = $3 where carrier_id = $1 and id = $2 and revoked_at is null
           returning driver_id, requirement""",
        door.carrier_id,
        waiver_id,
        door.actor_id,
    )
