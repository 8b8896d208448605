"""SQL on `uploads` and `upload_parts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dot_copilot.core.database import Door
from dot_copilot.features.documents.models import Part, Upload

_COLUMNS = """id, user_id, file_name, size, part_size, state, blob_name, media_type, sha256, scanned, refusal, preview_pages,
       document_id, evidence_id, created_at"""
_SELECT = f"select {_COLUMNS} from uploads u where carrier_id = $1"  # noqa: S608 - constant columns
_INSERT = f"""with fresh as (select gen_random_uuid() as id)
  insert into uploads (carrier_id, id, user_id, file_name, size, part_size, blob_name)
  select $1::uuid, id, $2, $3, $4, $5, $1::uuid || '/documents/uploads/' || id from fresh returning {_COLUMNS}"""  # noqa: S608


async def insert_upload(door: Door, file_name: str, size: int, part_size: int) -> Upload:
    """Begins an upload of the door's person."""
    row = await door.fetchrow(
        _INSERT,
        door.carrier_id,
        door.actor_id,
        file_name,
        size,
        part_size,
    )
    assert row is not None
    return Upload(*row)


async def read_upload(door: Door, upload_id: UUID, *, lock: bool = False) -> Upload | None:
    """One upload, whosever it is."""
    row = await door.fetchrow(
        f"{_SELECT} and id = $2 {'for update' if lock else ''}",
        door.carrier_id,
        upload_id,
    )
    return Upload(*row) if row else None


async def unfinished(door: Door) -> int:
    """How many uploads of the door's person are on their way."""
    found: int = await door.fetchval(
        "select count(*) from uploads where carrier_id = $1 and user_id = $2 and state = 'open'", door.carrier_id, door.actor_id
    )
    return found


async def read_parts(door: Door, upload_id: UUID) -> list[Part]:
    """The parts that are there, in order."""
    rows = await door.fetch(
        "select part, size, sha256 from upload_parts where carrier_id = $1 and upload_id = $2 order by part",
        door.carrier_id,
        upload_id,
    )
    return [Part(*row) for row in rows]


async def find_part(door: Door, upload_id: UUID, part: int) -> Part | None:
    """One part, if it is there."""
    row = await door.fetchrow(
        "select part, size, sha256 from upload_parts where carrier_id = $1 and upload_id = $2 and part = $3",
        door.carrier_id,
        upload_id,
        part,
    )
    return Part(*row) if row else None


async def write_part(door: Door, upload_id: UUID, part: Part) -> bool:
    """Counts a part that is in the store; False when the upload takes no more."""
    tag = await door.execute(
        """with going as (update uploads set touched_at = now() where carrier_id = $1 and id = $2 and state = 'open' returning id)
           insert into upload_parts (carrier_id, upload_id, part, size, sha256) select $1, id, $3, $4, $5 from going
           on conflict (carrier_id, upload_id, part) do update set size = excluded.size, sha256 = excluded.sha256""",
        door.carrier_id,
        upload_id,
        part.part,
        part.size,
        part.sha256,
    )
    return tag.endswith(" 1")


async def move(door: Door, upload_id: UUID, before: str, after: str) -> bool:
    """From one state to the next; False when it was in another."""
    tag = await door.execute(
        "update uploads set state = $4, touched_at = now() where carrier_id = $1 and id = $2 and state = $3",
        door.carrier_id,
        upload_id,
        before,
        after,
    )
    return tag == "UPDATE 1"


async def settle(
    door: Door, upload_id: UUID, *, media_type: str | None, sha256: bytes | None, scanned: bool, refusal: str | None
) -> bool:
    """Writes what the check found; False when another check was first."""
    tag = await door.execute(
        """update uploads set state = case when $6::text is null then 'ready' else 'refused' end, media_type = $3, sha256 = $4,
                  scanned = $5, refusal = $6, touched_at = now()
            where carrier_id = $1 and id = $2 and state = 'checking'""",
        door.carrier_id,
        upload_id,
        media_type,
        sha256,
        scanned,
        refusal,
    )
    return tag == "UPDATE 1"


async def use(door: Door, upload_id: UUID, document_id: UUID, evidence_id: UUID) -> None:
    """The upload has become a document, once and for all."""
    await door.execute(
        """update uploads set state = 'used', document_id = $3, evidence_id = $4, touched_at = now()
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        upload_id,
        document_id,
        evidence_id,
    )


async def write_preview(door: Door, upload_id: UUID, pages: int) -> None:
    """How many pages of it can be looked at."""
    await door.execute(
        "update uploads set preview_pages = $3 where carrier_id = $1 and id = $2", door.carrier_id, upload_id, pages
    )


async def left_behind(door: Door, before: datetime) -> list[Upload]:
    """Uploads that nobody has gone on with since, and that no batch holds."""
    rows = await door.fetch(
        f"""{_SELECT} and touched_at < $2 and state <> 'used'
              and not exists (select from bulk_items i where i.carrier_id = u.carrier_id and i.upload_id = u.id
                                and i.state in ('reading', 'waiting')) limit 500""",
        door.carrier_id,
        before,
    )
    return [Upload(*row) for row in rows]


async def delete_upload(door: Door, upload_id: UUID) -> bool:
    """Forgets an upload that became no document; False when it did meanwhile."""
    tag = await door.execute(
        "delete from uploads where carrier_id = $1 and id = $2 and state <> 'used'", door.carrier_id, upload_id
    )
    return tag == "DELETE 1"


async def known_blobs(door: Door, names: Sequence[str]) -> set[str]:
    """Which of these blobs belong to an upload that is not a document yet."""
    rows = await door.fetch(
        "select blob_name from uploads where carrier_id = $1 and blob_name = any($2::text[]) and state <> 'used'",
        door.carrier_id,
        names,
    )
    return {row["blob_name"] for row in rows}
