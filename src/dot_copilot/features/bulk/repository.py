"""SQL on `bulk_batches` and `bulk_items`, and on the drivers that scans may be of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.bulk.matching.match import Candidate

_ITEM = """select i.id, i.number, i.batch_id, i.upload_id, i.file_name, i.state, i.refusal, i.found, i.draft, i.driver_id,
       i.evidence_id, u.media_type, coalesce(u.size, 0) as size, u.preview_pages, u.blob_name, b.user_id
  from bulk_items i join bulk_batches b on b.carrier_id = i.carrier_id and b.id = i.batch_id
  left join uploads u on u.carrier_id = i.carrier_id and u.id = i.upload_id
 where i.carrier_id = $1"""
_BATCH = """select b.id, b.user_id, b.created_at, b.closed_at,
       coalesce((select jsonb_object_agg(state, n) from (select state, count(*) as n from bulk_items i
         where i.carrier_id = b.carrier_id and i.batch_id = b.id group by state) counted), '{}') as counts
  from bulk_batches b where b.carrier_id = $1"""


async def open_batch(door: Door) -> Row | None:
    """The batch of the door's person that is open."""
    return await door.fetchrow(
        f"{_BATCH} and b.user_id = $2 and b.closed_at is null order by b.created_at desc limit 1", door.carrier_id, door.actor_id
    )


async def read_batch(door: Door, batch_id: UUID) -> Row | None:
    """One batch."""
    return await door.fetchrow(f"{_BATCH} and b.id = $2", door.carrier_id, batch_id)


async def insert_batch(door: Door) -> UUID:
    """Another batch of the door's person."""
    created: UUID = await door.fetchval(
        "insert into bulk_batches (carrier_id, user_id) values ($1, $2) returning id", door.carrier_id, door.actor_id
    )
    return created


async def close_batch(door: Door, batch_id: UUID) -> None:
    """Puts it away. What was not sorted is forgotten with its uploads."""
    await door.execute(
        "update bulk_batches set closed_at = coalesce(closed_at, now()) where carrier_id = $1 and id = $2",
        door.carrier_id,
        batch_id,
    )
    await door.execute(
        """update bulk_items set state = 'left_out', settled_at = now()
            where carrier_id = $1 and batch_id = $2 and state in ('reading', 'waiting')""",
        door.carrier_id,
        batch_id,
    )


async def lock_batch(door: Door, batch_id: UUID) -> None:
    """Others who add to it wait."""
    await door.execute("select from bulk_batches where carrier_id = $1 and id = $2 for update", door.carrier_id, batch_id)


async def insert_item(
    door: Door, batch_id: UUID, upload_id: UUID, file_name: str, *, state: str, refusal: str | None
) -> UUID | None:
    """Adds a scan at the end; None when it is in the batch already."""
    created: UUID | None = await door.fetchval(
        """insert into bulk_items (carrier_id, batch_id, upload_id, file_name, state, refusal, number)
           select $1, $2, $3, $4, $5, $6, coalesce(max(number), 0) + 1 from bulk_items where carrier_id = $1 and batch_id = $2
           on conflict (carrier_id, batch_id, upload_id) do nothing returning id""",
        door.carrier_id,
        batch_id,
        upload_id,
        file_name,
        state,
        refusal,
    )
    return created


async def count_items(door: Door, batch_id: UUID) -> int:
    """How many scans it holds."""
    found: int = await door.fetchval(
        "select count(*) from bulk_items where carrier_id = $1 and batch_id = $2", door.carrier_id, batch_id
    )
    return found


async def items_of(door: Door, batch_id: UUID) -> list[Row]:
    """Every scan of a batch, in order."""
    return await door.fetch(f"{_ITEM} and i.batch_id = $2 order by i.number", door.carrier_id, batch_id)


async def item_of_upload(door: Door, batch_id: UUID, upload_id: UUID) -> Row | None:
    """The scan that an upload is."""
    return await door.fetchrow(f"{_ITEM} and i.batch_id = $2 and i.upload_id = $3", door.carrier_id, batch_id, upload_id)


async def read_item(door: Door, item_id: UUID, *, lock: bool = False) -> Row | None:
    """One scan."""
    return await door.fetchrow(f"{_ITEM} and i.id = $2 {'for update of i' if lock else ''}", door.carrier_id, item_id)


async def write_found(door: Door, item_id: UUID, found: dict[str, Any]) -> None:
    """What the machine made of it; a person may have been quicker."""
    await door.execute(
        """update bulk_items set found = $3, state = case state when 'reading' then 'waiting' else state end
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        item_id,
        found,
    )


async def refuse_item(door: Door, item_id: UUID, refusal: str) -> None:
    """The check of its file ended badly."""
    await door.execute(
        """update bulk_items set state = 'refused', refusal = $3
            where carrier_id = $1 and id = $2 and state in ('reading', 'waiting')""",
        door.carrier_id,
        item_id,
        refusal,
    )


async def write_draft(door: Door, item_id: UUID, draft: dict[str, Any]) -> None:
    """What was entered so far."""
    await door.execute("update bulk_items set draft = $3 where carrier_id = $1 and id = $2", door.carrier_id, item_id, draft)


async def settle_item(door: Door, item_id: UUID, state: str, driver_id: UUID | None, evidence_id: UUID | None) -> None:
    """Sorted, left out, or taken back."""
    await door.execute(
        """update bulk_items set state = $3, driver_id = $4, evidence_id = $5,
                  settled_at = case when $3 = 'waiting' then null else now() end
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        item_id,
        state,
        driver_id,
        evidence_id,
    )


async def candidates(door: Door, words: Sequence[str]) -> list[Candidate]:
    """Drivers whose number, licence, or first and last name are among the words (`matching.words.plain`); 200 at most."""
    rows = await door.fetch(
        r"""with known as (
              select d.id, d.employee_id, d.first_name, d.last_name, p.cdl_number,
                     translate(lower(d.first_name), 'áàäâéèëêíìïîóòöôúùüûñç-''', 'aaaaeeeeiiiioooouuuunc  ') as first,
                     translate(lower(d.last_name), 'áàäâéèëêíìïîóòöôúùüûñç-''', 'aaaaeeeeiiiioooouuuunc  ') as last
                from drivers d left join driver_profiles p on p.carrier_id = d.carrier_id and p.driver_id = d.id
               where d.carrier_id = $1)
            select id, employee_id, first_name, last_name, cdl_number from known
             where regexp_replace(lower(employee_id), '[^a-z0-9]+', ' ', 'g') = any ($2::text[])
                or lower(employee_id) = any ($2::text[]) or lower(cdl_number) = any ($2::text[])
                or regexp_split_to_array(employee_id, '[^A-Za-z0-9]+') && $3::text[]
                or (split_part(first, ' ', 1) = any ($2::text[]) and split_part(last, ' ', 1) = any ($2::text[]))
             limit 200""",
        door.carrier_id,
        words,
        [word.upper() for word in words if any(letter.isdigit() for letter in word)],
    )
    return [Candidate(*row) for row in rows]
