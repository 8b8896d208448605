"""SQL on `shares`, `share_drivers`, `share_sessions` and `share_visits`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.documents.sph import RESTRICTED
from dot_copilot.features.shares.models import NewSession, NewShare

_COLUMNS = """s.id, s.title, s.email, s.sph, s.packet_id, s.code_hash is not null as code_open, s.locked_until, s.created_by,
       s.created_at, s.expires_at, s.revoked_at,
       (select u.name from users u where u.carrier_id = s.carrier_id and u.id = s.created_by) as created_by_name,
       (select p.state from packets p where p.carrier_id = s.carrier_id and p.id = s.packet_id) as packet_state,
       (select count(*) from share_drivers d where d.carrier_id = s.carrier_id and d.share_id = s.id)::int as drivers,
       (select count(*) from share_sessions x where x.carrier_id = s.carrier_id and x.share_id = s.id)::int as sign_ins,
       (select max(v.at) from share_visits v where v.carrier_id = s.carrier_id and v.share_id = s.id) as last_visit_at"""


async def insert_share(door: Door, new: NewShare) -> None:
    """Adds a share with its drivers."""
    await door.execute(
        """insert into shares (carrier_id, id, title, email, link_hash, code_hash, sph, packet_id, created_by, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        door.carrier_id,
        new.id,
        new.title,
        new.email,
        new.link_hash,
        new.code_hash,
        new.sph,
        new.packet_id,
        door.actor_id,
        new.expires_at,
    )
    await door.execute(
        "insert into share_drivers (carrier_id, share_id, driver_id) select $1, $2, unnest($3::uuid[])",
        door.carrier_id,
        new.id,
        new.drivers,
    )


async def read_share(door: Door, share_id: UUID) -> Row | None:
    """One share."""
    sql = f"select {_COLUMNS} from shares s where s.carrier_id = $1 and s.id = $2"  # noqa: S608 - constant columns
    return await door.fetchrow(sql, door.carrier_id, share_id)


async def page_of_shares(door: Door, limit: int, after: list[Any] | None) -> list[Row]:
    """Up to `limit` shares, newest first, after the key [created_at, id]."""
    created_at, share_id = after or (None, None)
    return await door.fetch(
        f"""select {_COLUMNS} from shares s
             where s.carrier_id = $1 and ($2::text is null or (s.created_at, s.id) < ($2::text::timestamptz, $3::uuid))
             order by s.created_at desc, s.id desc limit $4""",  # noqa: S608 - constant columns
        door.carrier_id,
        created_at,
        share_id,
        limit,
    )


async def lock_share(door: Door, share_id: UUID) -> Row | None:
    """Keeps others from changing the share: link_hash, code_hash, code_tries, locked_until, expires_at, revoked_at."""
    return await door.fetchrow(
        """select id, title, link_hash, code_hash, code_tries, locked_until, expires_at, revoked_at from shares
            where carrier_id = $1 and id = $2 for no key update""",
        door.carrier_id,
        share_id,
    )


async def set_code(door: Door, share_id: UUID, code_hash: bytes | None, tries: int, locked_until: datetime | None) -> None:
    """Writes what is known of the code."""
    await door.execute(
        "update shares set code_hash = $3, code_tries = $4, locked_until = $5 where carrier_id = $1 and id = $2",
        door.carrier_id,
        share_id,
        code_hash,
        tries,
        locked_until,
    )


async def revoke_share(door: Door, share_id: UUID) -> None:
    """Ends the share for good. No session of it opens a door from the commit on."""
    await door.execute(
        """update shares set revoked_at = now(), revoked_by = $3, code_hash = null
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        share_id,
        door.actor_id,
    )


async def insert_session(door: Door, share_id: UUID, new: NewSession) -> UUID:
    """Adds a session of the share."""
    session_id: UUID = await door.fetchval(
        """insert into share_sessions (carrier_id, share_id, token_hash, name, organisation, address, user_agent)
           values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        door.carrier_id,
        share_id,
        new.token_hash,
        new.name,
        new.organisation,
        new.address,
        new.user_agent,
    )
    return session_id


async def end_session(door: Door, session_id: UUID) -> None:
    """Signs out."""
    await door.execute(
        "update share_sessions set ended_at = now() where carrier_id = $1 and id = $2 and ended_at is null",
        door.carrier_id,
        session_id,
    )


async def insert_visit(
    door: Door,
    share_id: UUID,
    action: str,
    *,
    session_id: UUID | None = None,
    driver_id: UUID | None = None,
    document_id: UUID | None = None,
    address: str | None = None,
) -> None:
    """Notes what an auditor does."""
    await door.execute(
        """insert into share_visits (carrier_id, share_id, session_id, action, driver_id, document_id, address)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        door.carrier_id,
        share_id,
        session_id,
        action,
        driver_id,
        document_id,
        address,
    )


async def people_of(door: Door, share_id: UUID, *, limit: int, after: list[Any] | None = None) -> list[Row]:
    """Up to `limit` drivers of the share by name, after the key [last, first, id]: id, employee_id, names, terminal_id."""
    last, first, driver_id = after or (None, None, None)
    return await door.fetch(
        """select d.id, d.employee_id, d.first_name, d.last_name, d.terminal_id,
                  lower(d.last_name) as last_key, lower(d.first_name) as first_key
             from share_drivers s join drivers d on d.carrier_id = s.carrier_id and d.id = s.driver_id
            where s.carrier_id = $1 and s.share_id = $2
              and ($3::text is null or (lower(d.last_name), lower(d.first_name), d.id) > ($3, $4, $5::uuid))
            order by lower(d.last_name), lower(d.first_name), d.id limit $6""",
        door.carrier_id,
        share_id,
        last,
        first,
        driver_id,
        limit,
    )


async def visitors_of(door: Door, share_id: UUID) -> list[Row]:
    """Who signed in, newest first."""
    return await door.fetch(
        """select id, name, organisation, address, created_at, ended_at from share_sessions
            where carrier_id = $1 and share_id = $2 order by created_at desc limit 200""",
        door.carrier_id,
        share_id,
    )


async def page_of_visits(door: Door, share_id: UUID, limit: int, after: int | None) -> list[Row]:
    """Up to `limit` visits, newest first, before number `after`; with names."""
    return await door.fetch(
        """select v.id, v.at, v.action, v.driver_id, v.document_id, v.address, x.name as visitor, x.organisation,
                  d.first_name || ' ' || d.last_name as driver, f.file_name as document
             from share_visits v
             left join share_sessions x on x.carrier_id = v.carrier_id and x.id = v.session_id
             left join drivers d on d.carrier_id = v.carrier_id and d.id = v.driver_id
             left join documents f on f.carrier_id = v.carrier_id and f.id = v.document_id
            where v.carrier_id = $1 and v.share_id = $2 and ($3::bigint is null or v.id < $3)
            order by v.id desc limit $4""",
        door.carrier_id,
        share_id,
        after,
        limit,
    )


async def is_sph(door: Door, document_id: UUID) -> bool:
    """Whether the document belongs to a safety performance history file (49 CFR 391.53)."""
    found: bool = await door.fetchval(
        "select exists (select from evidence where carrier_id = $1 and document_id = $2 and requirement = any($3::text[]))",
        door.carrier_id,
        document_id,
        list(RESTRICTED),
    )
    return found


async def is_on_file(door: Door, document_id: UUID) -> bool:
    """Whether a record that counts, or waits for review, stands behind the document: none that is void or was rejected."""
    found: bool = await door.fetchval(
        """select exists (select from evidence where carrier_id = $1 and document_id = $2 and voided_at is null
                             and review <> 'rejected')""",
        door.carrier_id,
        document_id,
    )
    return found


async def find_share(database: Database, link_hash: bytes) -> Row | None:
    """The share behind a link, of whatever carrier: carrier_id, share_id, expires_at, revoked."""
    return await database.lookup("select * from app.find_share($1)", link_hash)


async def find_session(database: Database, token_hash: bytes) -> Row | None:
    """The session behind a cookie, of whatever carrier, also one that has ended."""
    return await database.lookup("select * from app.find_share_session($1)", token_hash)
