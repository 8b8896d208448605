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


@dataclass(frozen=True, slots=True)
class Checked:
    """What recomputing a chain found: how many entries, the last one, and the first that is wrong and how."""

    entries: int
    last_seq: int
    last_hash: bytes
    broken_at: int | None
    problem: str | None
    """"changed", "missing" or "reordered"."""


async def page(door: Door, filters: Filters, *, before: int | None, limit: int) -> list[Row]:
    """Entries with their actor's present name, the newest first.

    What an auditor of a share did has no account behind it: `visitor` and `organisation` are as the entry itself tells them,
    or, where it does not, as they were entered at the last sign-in to the share before it; `share_id` and `share` tell which.
    """
    exact = prefix = None
    if filters.action is not None and filters.action.endswith(".*"):
        prefix = filters.action[:-1]
    else:
        exact = filters.action
    return await door.fetch(
        """select a.seq, a.at, a.actor_id, u.name actor_name, u.email actor_email, a.via, a.action, a.subject_type,
                  a.subject_id, a.details, a.hash, s.id share_id, s.title share,
                  coalesce(a.details->>'name', x.name) visitor,
                  coalesce(a.details->>'organisation', x.organisation) organisation
             from audit_log a left join users u on u.carrier_id = a.carrier_id and u.id = a.actor_id
             left join shares s on s.carrier_id = a.carrier_id and a.actor_id is null
              and s.id = case when a.via ~ '^share:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr(a.via, 7)::uuid end
             left join lateral (select name, organisation from share_sessions
                where carrier_id = s.carrier_id and share_id = s.id and created_at <= a.at
                  and name = coalesce(a.details->>'name', name)
                order by created_at desc limit 1) x on true
            where a.carrier_id = $1 and ($2::bigint is null or a.seq < $2)
              and ($3::uuid is null or a.actor_id = $3) and ($4::text is null or a.subject_id = $4)
              and ($5::text is null or a.action = $5) and ($6::text is null or starts_with(a.action, $6))
              and ($7::date is null or a.at >= ($7::timestamp at time zone
                (select default_time_zone from carriers where id = $1)))
              and ($8::date is null or a.at < (($8::date + 1)::timestamp at time zone
                (select default_time_zone from carriers where id = $1)))
              and ($10::text is null or a.actor_id in (select id from users where carrier_id = $1
                and (strpos(lower(name), lower($10)) > 0 or strpos(lower(email), lower($10)) > 0))
                or s.id is not null and strpos(lower(concat_ws(', ', coalesce(a.details->>'name', x.name),
                  coalesce(a.details->>'organisation', x.organisation))), lower($10)) > 0)
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


async def check(door: Door) -> Checked:
    """Recomputes the chain from its first entry to its last, and compares it with the head, which names the last.

    One pass in SQL over the primary key, so memory does not grow with the log. An entry lost in the middle shows as a gap
    in the numbers, one lost at the end by the head.
    """
    row = await door.fetchrow(
        """with chain as (
             select seq, lag(seq, 1, 0::bigint) over w before, hash,
                    app.audit_hash(lag(hash, 1, ''::bytea) over w, seq, at, actor_id, via, action, subject_type, subject_id,
                      details) expected
               from audit_log where carrier_id = $1 window w as (order by seq)),
           counted as (select count(*) n, coalesce(max(seq), 0) last,
                              min(case when before + 1 <> seq then before + 1 when hash <> expected then seq end) broken,
                              min(before + 1) filter (where before + 1 <> seq) gap
                         from chain),
           known as (select coalesce(max(seq), 0) seq, coalesce((array_agg(hash))[1], ''::bytea) hash
                       from audit_heads where carrier_id = $1)
           select n, last, known.hash head, broken, gap,
                  (known.seq, known.hash) is distinct from (last, coalesce((select hash from audit_log
                    where carrier_id = $1 and seq = last), ''::bytea)) odd
             from counted, known""",
        door.carrier_id,
    )
    assert row is not None
    broken, problem = row["broken"], None
    if broken is not None:
        problem = "missing" if broken == row["gap"] else "reordered" if await _reordered(door, broken) else "changed"
    elif row["odd"]:
        broken, problem = row["last"] + 1, "missing"
    return Checked(row["n"], row["last"], row["head"], broken, problem)


async def _reordered(door: Door, seq: int) -> bool:
    """Whether the entry that was written as number `seq` is there whole, under another number."""
    found: bool = await door.fetchval(
        """select exists (
             select from audit_log other, (select coalesce((select hash from audit_log where carrier_id = $1 and seq = $2 - 1),
                ''::bytea) hash) previous
              where other.carrier_id = $1 and other.seq <> $2 and other.hash = app.audit_hash(previous.hash, $2, other.at,
                other.actor_id, other.via, other.action, other.subject_type, other.subject_id, other.details))""",
        door.carrier_id,
        seq,
    )
    return found


async def hash_of(door: Door, seq: int) -> bytes | None:
    """The hash of one entry; None if there is none of that number."""
    sql = "select hash from audit_log where carrier_id = $1 and seq = $2"
    found: bytes | None = await door.fetchval(sql, door.carrier_id, seq)
    return found
