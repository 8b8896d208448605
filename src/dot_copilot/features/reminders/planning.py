"""Plans the reminders of a carrier: who is told what now. One transaction notes it, shows it, and posts the mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dot_copilot.core import outbox
from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.compliance.policy_rules import Rules, load_rules
from dot_copilot.features.compliance.words import title as title_in
from dot_copilot.features.reminders import digest, repository
from dot_copilot.features.reminders.defaults import ANY, DEFAULTS

PEOPLE = 5_000
"""Looked at in one transaction."""
_KEPT = timedelta(days=400)


async def plan(
    database: Database, carrier_id: UUID, now: datetime, url: str, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Tells everybody whose turn it is; returns how many digests were made. A worker that dies has told whole batches."""
    digests, after = 0, None
    while not stopping():
        async with database.job_door(carrier_id, via="reminders") as door:
            ids = await repository.people_after(door, after, PEOPLE)
            people = await repository.take_people(door, now, ids)
            digests += await _tell(door, people, url) if people else 0
            if len(ids) < PEOPLE:
                await repository.forget_old(door, (now - _KEPT).date())
                break
        after = ids[-1]
    return digests


async def _tell(door: Door, people: Sequence[Row], url: str) -> int:
    rows = await repository.remind(door, people, steps(await repository.rules(door)))
    if not rows:
        return 0
    rules = await load_rules(door)
    told: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        told[row["user_id"]].append(row)
    notices, mails = [], []
    for person in people:
        mine = told.get(person["id"])
        if mine is None:
            continue
        items = [_item(row, rules, person["locale"]) for row in mine]
        shown = [item | {"due_on": item["due_on"].isoformat()} for item in items]
        notices.append((person["id"], person["today"], shown, mine[0]["total"]))
        if person["by_mail"]:
            mails.append((_mail(person, items, mine[0]["total"], url), f"reminders:{person['id']}:{person['today']}"))
    await repository.insert_notices(door, notices)
    await outbox.post_all(door, mails)
    return len(notices)


def steps(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Role, requirement, days before: the carrier's rules, and the defaults where it has none for everything."""
    own = [(row["role"], row["requirement"], row["steps"]) for row in rows]
    said = {role for role, requirement, _ in own if requirement == ANY}
    every = [*own, *((role, ANY, default) for role, default in DEFAULTS.items() if role not in said)]
    # A requirement that nobody is to be reminded of still has a rule: one that no number of days reaches.
    return [(role, requirement, step) for role, requirement, found in every for step in found or (-2,)]


def _item(row: Row, rules: Rules, locale: str) -> dict[str, Any]:
    known = rules.find(row["requirement"])
    title = row["requirement"] if known is None else title_in(known, "es" if locale == "es" else "en")
    return {
        "driver_id": str(row["driver_id"]),
        "driver": f"{row['first_name']} {row['last_name']}",
        "requirement": row["requirement"],
        "title": title,
        "due_on": row["due_on"],
    }


def _mail(person: Row, items: list[dict[str, Any]], total: int, url: str) -> Any:
    return digest.message(
        to=person["email"],
        name=person["name"],
        locale=person["locale"],
        today=person["today"],
        items=items,
        total=total,
        own=person["role"] == "driver",
        url=url,
    )
