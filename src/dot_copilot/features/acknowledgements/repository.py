"""SQL of forms, their versions, and who has signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row

_FORM = """select f.id, f.requirement, f.version, f.ask_from, f.created_at, f.retired_at, t.words
  from acknowledgement_forms f join acknowledgement_texts t
    on t.carrier_id = f.carrier_id and t.form_id = f.id and t.version = f.version"""


async def insert_form(door: Door, requirement: str) -> UUID:
    """A new form, without words yet."""
    found: UUID = await door.fetchval(
        "insert into acknowledgement_forms (carrier_id, requirement) values ($1, $2) returning id", door.carrier_id, requirement
    )
    return found


async def insert_words(door: Door, form_id: UUID, version: int, words: dict[str, Any]) -> None:
    """What a version says."""
    await door.execute(
        "insert into acknowledgement_texts (carrier_id, form_id, version, words, created_by) values ($1, $2, $3, $4, $5)",
        door.carrier_id,
        form_id,
        version,
        words,
        door.actor_id,
    )


async def lock_form(door: Door, form_id: UUID) -> Row | None:
    """Keeps others from changing it until this transaction ends."""
    return await door.fetchrow(f"{_FORM} where f.carrier_id = $1 and f.id = $2 for update of f", door.carrier_id, form_id)


async def raise_version(door: Door, form_id: UUID, version: int, *, ask_again: bool) -> None:
    """Makes `version` the present one."""
    await door.execute(
        """update acknowledgement_forms set version = $3, ask_from = case when $4 then $3 else ask_from end
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        form_id,
        version,
        ask_again,
    )


async def retire(door: Door, form_id: UUID) -> None:
    """Nobody is asked for it any more."""
    await door.execute(
        "update acknowledgement_forms set retired_at = now() where carrier_id = $1 and id = $2", door.carrier_id, form_id
    )


async def all_forms(door: Door) -> list[Row]:
    """Every form with its present words, the active ones first."""
    return await door.fetch(
        f"{_FORM} where f.carrier_id = $1 order by f.retired_at is not null, f.created_at, f.id limit 500", door.carrier_id
    )


async def signed_versions(door: Door, driver_id: UUID) -> dict[str, int]:
    """The newest version of each form that a driver has signed, by the form's id."""
    rows = await door.fetch(
        """select details -> 'acknowledgement' ->> 'form' form, max((details -> 'acknowledgement' ->> 'version')::int) version
             from evidence where carrier_id = $1 and driver_id = $2 and details ? 'acknowledgement' and voided_at is null
              and review = 'accepted' group by 1""",
        door.carrier_id,
        driver_id,
    )
    return {row["form"]: row["version"] for row in rows}


async def signed_on(door: Door, form_id: UUID, ask_from: int, driver_ids: Sequence[UUID]) -> dict[UUID, date]:
    """The day on which each of these drivers signed a version that counts; those who have not are left out."""
    rows = await door.fetch(
        """select driver_id, max(obtained_on) signed_on from evidence
            where carrier_id = $1 and details ? 'acknowledgement' and details -> 'acknowledgement' ->> 'form' = $2
              and (details -> 'acknowledgement' ->> 'version')::int >= $3 and voided_at is null and review = 'accepted'
              and driver_id = any ($4) group by 1""",
        door.carrier_id,
        str(form_id),
        ask_from,
        list(driver_ids),
    )
    return {row["driver_id"]: row["signed_on"] for row in rows}


async def count_signed(door: Door, form_id: UUID, ask_from: int) -> int:
    """Employed drivers with a signature that counts."""
    count: int = await door.fetchval(
        """select count(distinct e.driver_id)::int from evidence e
            where e.carrier_id = $1 and e.details ? 'acknowledgement' and e.details -> 'acknowledgement' ->> 'form' = $2
              and (e.details -> 'acknowledgement' ->> 'version')::int >= $3 and e.voided_at is null and e.review = 'accepted'
              and exists (select from employments m where m.carrier_id = $1 and m.driver_id = e.driver_id
                and m.hired_on <= current_date + 1 and (m.terminated_on is null or m.terminated_on >= current_date))""",
        door.carrier_id,
        str(form_id),
        ask_from,
    )
    return count
