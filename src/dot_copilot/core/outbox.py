"""Mail: posted in the transaction of its occasion, delivered by the worker once per occasion (ADR 25).

A row goes waiting -> claimed -> handing_over -> sent, each step committed before the next begins. A worker that dies while a
row is `claimed` has handed nothing over, and it waits again. One that dies while it is `handing_over` may have: where the same
message sent again is one message (`Mail.repeatable`) it waits again, else it is `unsure`, which people see and may send again.
So nobody gets a message twice by our doing, and one may be lost only between the mark and the server's answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from dot_copilot.core import jobs, links, telemetry
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database, Door, Row
from dot_copilot.core.ports import Mail, MailMessage, MailRefused, MailUnsure

log = logging.getLogger(__name__)
TASK = "identity:deliver_mail"
LEASE = timedelta(minutes=3)
"""A claim older than this is a dead worker's: longer than an adapter takes at its slowest."""
WAITS = (1, 2, 5, 15, 30, 60, 120, 240, 480, 480, 480, 480)
"""Minutes before each further attempt; after the last (two days) the message is given up."""
_LANES = 4
_MAILS = telemetry.counter("dot_mails_total", "Mails by what became of an attempt.", ("outcome",))
for _outcome in ("sent", "refused", "later", "unsure"):
    _MAILS.labels(_outcome)


async def post(
    door: Door, message: MailMessage, *, occasion: str, good_until: datetime | None = None, due_at: datetime | None = None
) -> bool:
    """Leaves a message for the worker. False, and nothing is done, when there was one of this occasion.

    It is not sent any more after `good_until`, nor before `due_at`. A mail with a link that opens something has the name of the
    link's token for its occasion (`core.links`).
    """
    added = await door.fetchval(
        """insert into mail_outbox (carrier_id, occasion, recipient, subject, body, html, good_until, due_at)
           values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now())) on conflict (carrier_id, occasion) do nothing returning id""",
        door.carrier_id,
        occasion,
        message.to,
        message.subject,
        message.text,
        message.html,
        good_until,
        due_at,
    )
    if added is not None:
        await jobs.defer(door, TASK, queueing_lock=f"{TASK}:{door.carrier_id}")
    return added is not None


async def post_all(door: Door, messages: Sequence[tuple[MailMessage, str]]) -> int:
    """As `post`, for many messages, each with its occasion, in one statement; returns how many are new."""
    if not messages:
        return 0
    tag = await door.execute(
        """insert into mail_outbox (carrier_id, occasion, recipient, subject, body, html)
           select $1, m.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) m
           on conflict (carrier_id, occasion) do nothing""",
        door.carrier_id,
        [occasion for _, occasion in messages],
        [message.to for message, _ in messages],
        [message.subject for message, _ in messages],
        [message.text for message, _ in messages],
        [message.html for message, _ in messages],
    )
    await jobs.defer(door, TASK, queueing_lock=f"{TASK}:{door.carrier_id}")
    return int(tag.split()[-1])


async def send_again(door: Door, mail_id: UUID) -> bool:
    """Lets a message that was refused, or of which nobody knows, wait again."""
    tag = await door.execute(
        """update mail_outbox set state = 'waiting', attempts = 0, due_at = now(), problem = null
            where carrier_id = $1 and id = $2 and state in ('refused', 'unsure')""",
        door.carrier_id,
        mail_id,
    )
    return tag.endswith(" 1")


@dataclass(frozen=True, slots=True)
class Office:
    """What delivering takes. `key` makes the tokens of links (`core.links`)."""

    database: Database
    mail: Mail
    clock: Clock
    key: bytes


async def deliver_everywhere(office: Office) -> int:
    """Sends what is due, of all carriers; returns how many were sent."""
    rows = await office.database.lookup_all("select carrier_id from app.mail_waits($1)", office.clock.now())
    return sum([await deliver(office, row["carrier_id"]) for row in rows])


async def deliver(office: Office, carrier_id: UUID) -> int:
    """Sends what is due of a carrier, a few at a time; returns how many were sent."""
    async with office.database.job_door(carrier_id) as door:
        await _put_back(door, office.mail, office.clock.now())

    async def lane() -> int:
        sent = 0
        while (row := await _claim(office, carrier_id)) is not None:
            sent += await _Delivery(office, carrier_id, row).run()
        return sent

    return sum(await asyncio.gather(*(lane() for _ in range(_LANES))))


async def _put_back(door: Door, mail: Mail, now: datetime) -> None:
    """What dead workers left behind."""
    unsure = "waiting" if mail.repeatable else "unsure"
    await door.execute(
        """update mail_outbox set state = case when state = 'claimed' then 'waiting' else $3 end, claim = null,
                  problem = case when state = 'handing_over' and $3 = 'unsure'
                                 then 'The sending was interrupted; nobody knows whether it arrived.' end
            where carrier_id = $1 and state in ('claimed', 'handing_over') and claimed_at < $2""",
        door.carrier_id,
        now - LEASE,
        unsure,
    )


async def _claim(office: Office, carrier_id: UUID) -> Row | None:
    async with office.database.job_door(carrier_id) as door:
        return await door.fetchrow(
            """update mail_outbox set state = 'claimed', claim = $3, claimed_at = $2, attempts = attempts + 1
                where carrier_id = $1 and id = (
                  select id from mail_outbox where carrier_id = $1 and state = 'waiting' and due_at <= $2
                   order by due_at, id limit 1 for update skip locked)
                returning *""",
            carrier_id,
            office.clock.now(),
            uuid4(),
        )


class _Delivery:
    """One attempt at one message."""

    def __init__(self, office: Office, carrier_id: UUID, row: Row) -> None:
        self._office, self._carrier_id, self._row = office, carrier_id, row

    async def run(self) -> int:
        """1 when it was sent."""
        row, now = self._row, self._office.clock.now()
        if row["good_until"] is not None and row["good_until"] <= now:
            return await self._end("refused", "It would have come too late to be of use.")
        message = MailMessage(
            row["recipient"],
            row["subject"],
            links.fill_in(self._office.key, row["body"], row["occasion"]),
            links.fill_in(self._office.key, row["html"], row["occasion"]) if row["html"] is not None else None,
            f"{self._carrier_id}:{row['occasion']}",
        )
        try:
            await self._office.mail.send(message, self._handing_over)
        except MailRefused as refusal:
            return await self._end("refused", str(refusal))
        except MailUnsure as doubt:
            return await self._end("unsure", str(doubt))
        except ConnectionError as trouble:
            return await self._later(str(trouble))
        return await self._end("sent", None)

    async def _handing_over(self) -> None:
        if not await self._step("state = 'handing_over'", "claimed"):
            raise ConnectionError("another worker has taken this message over")

    async def _step(self, change: str, *states: str, values: tuple[object, ...] = ()) -> bool:
        async with self._office.database.job_door(self._carrier_id) as door:
            tag = await door.execute(
                f"update mail_outbox set {change} where carrier_id = $1 and id = $2 and claim = $3 and state = any($4::text[])",  # noqa: S608 - our words
                self._carrier_id,
                self._row["id"],
                self._row["claim"],
                list(states),
                *values,
            )
        return tag.endswith(" 1")

    async def _end(self, state: str, problem: str | None) -> int:
        """Notes what became of it. What was sent is not kept."""
        emptied = ", body = '', html = null, sent_at = $7" if state == "sent" else ", claimed_at = $7"
        values = (state, problem, self._office.clock.now())
        noted = await self._step(f"state = $5, problem = $6{emptied}", "claimed", "handing_over", values=values)
        _MAILS.add(state)
        if state != "sent":
            log.warning("a mail of carrier %s is %s: %s", self._carrier_id, state, problem)
        return int(noted and state == "sent")

    async def _later(self, problem: str) -> int:
        attempts = self._row["attempts"]
        if attempts > len(WAITS):
            return await self._end("refused", f"Given up after {attempts} attempts: {problem}")
        due = self._office.clock.now() + timedelta(minutes=WAITS[attempts - 1])
        await self._step(
            "state = 'waiting', claim = null, problem = $5, due_at = $6", "claimed", "handing_over", values=(problem, due)
        )
        _MAILS.add("later")
        log.info("a mail of carrier %s waits for its next attempt: %s", self._carrier_id, problem)
        return 0


async def prune(door: Door, before: datetime) -> int:
    """Deletes what ended before that; returns how many."""
    tag = await door.execute(
        "delete from mail_outbox where carrier_id = $1 and created_at < $2 and state in ('sent', 'refused', 'unsure')",
        door.carrier_id,
        before,
    )
    return int(tag.split()[1])
