"""SQL of reading the audit log; `core.audit` alone writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dot_copilot.core.database import Door, Row


@dataclass(frozen=True, slots=True)
class Filters:
    """What entries to read. Days are whole days where the carrier is; an `action` may end in `.*`."""

    actor: UUID | None = None
    subject: str | None = None
    action: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    person: str | None = None


async def page(door: Door, filters: Filters, *, before: int | None, limit: int) -> list[Row]:
    """Entries with their actor's present name, the newest first."""
    exact = prefix = None
    if filters.action is not None and filters.action.endswith(".*"):
        prefix = filters.action[:-1]
    else:
        exact = filters.action
    return await door.fetch(
        """select a.seq, a.at, a.actor_id, u.name actor_name, u.email actor_email, a.via, a.action, a.subject_type,
                  a.subject_id, a.details, a.hash
             from audit_log a left join users u on u.carrier_id = a.carrier_id and u.id = a.actor_id
            where a.carrier_id = $1 and ($2::bigint is null or a.seq < $2)
              and ($3::uuid is null or a.actor_id = $3) and ($4::text is null or a.subject_id = $4)
              and ($5::text is null or a.action = $5) and ($6::text is null or starts_with(a.action, $6))
              and ($7::date is null or a.at >= ($7::timestamp at time zone
                (select default_time_zone from carriers where id = $1)))
              and ($8::date is null or a.at < (($8::date + 1)::timestamp at time zone
                (select default_time_zone from carriers where id = $1)))
              and ($10::text is null or a.actor_id in (select id from users where carrier_id = $1
                and (strpos(lower(name), lower($10)) > 0 or strpos(lower(email), lower($10)) > 0)))
            order by a.seq desc limit $9""",
        door.carrier_id,
        before,
        filters.actor,
        filters.subject,
        exact,
        prefix,
        filters.first_day,
        filters.last_day,
        limit,
        filters.person,
    )


async def verify(door: Door) -> tuple[int, int | None]:
    """How many entries there are, and the first that does not follow from the one before it.

    One pass in SQL over the primary key, so memory does not grow with the log. An entry lost in the middle shows as a gap
    in the numbers, and one lost at the end by the head, which names the last.
    """
    row = await door.fetchrow(
        """with chain as (
             select seq, lag(seq, 1, 0::bigint) over w before, hash,
                    app.audit_hash(lag(hash, 1, ''::bytea) over w, seq, at, actor_id, via, action, subject_type, subject_id,
                      details) expected
               from audit_log where carrier_id = $1 window w as (order by seq)),
           counted as (select count(*) n, coalesce(max(seq), 0) last,
                              min(case when before + 1 <> seq then before + 1 when hash <> expected then seq end) broken
                         from chain)
           select n, coalesce(broken, case when head.seq is distinct from last or head.hash is distinct from
                    (select hash from audit_log where carrier_id = $1 and seq = last) then last + 1 end) broken
             from counted left join audit_heads head on head.carrier_id = $1 where n > 0 or head.seq > 0""",
        door.carrier_id,
    )
    return (row["n"], row["broken"]) if row else (0, None)
