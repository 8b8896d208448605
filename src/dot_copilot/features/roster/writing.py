"""Writes one batch of drivers, in two halves of one transaction: the rows themselves, then what follows from them.

The first half touches these drivers' rows only, so the next batch's can go on beside it; the second one projects and audits,
in the order of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from dot_copilot.core import audit
from dot_copilot.core.database import Door
from dot_copilot.features.compliance.roster import evidence_of
from dot_copilot.features.drivers import bulk_repository as drivers
from dot_copilot.features.drivers.events import DriversChanged
from dot_copilot.features.drivers.models import DriverUpsert, EmploymentUpsert, Episode, ProfileUpsert, Upserted, overlapping
from dot_copilot.features.roster import repository
from dot_copilot.features.roster.models import DriverRow, RowError
from dot_copilot.features.roster.terminals import Terminals


class Staged(Struct):
    """What the first half did. `changed`: drivers that stand otherwise now, or may; `created` are among them."""

    rows: int
    errors: list[RowError]
    created: set[UUID]
    changed: set[UUID]


async def stage(door: Door, import_id: UUID, rows: Sequence[DriverRow], terminals: Terminals) -> Staged:
    """Adds or updates the drivers of `rows` (employee ids differ) with everything their rows say."""
    present = await drivers.ids_by_employee_id(door, [row.employee_id for row in rows])
    episodes = await drivers.employments_of(door, list(present.values())) if present else {}
    errors = [error for row in rows if (error := _clash(row, episodes.get(present.get(row.employee_id, import_id), [])))]
    bad = {error.row for error in errors}
    good = [row for row in rows if row.row not in bad]
    if not good:
        return Staged(0, errors, set(), set())
    places = await terminals.ids(row.terminal for row in good if row.terminal)
    homeless = any(row.terminal is None and row.employee_id not in present for row in good)
    fallback = await terminals.fallback() if homeless else None
    known = await drivers.upsert_drivers(door, [_driver(row, places) for row in good], fallback)
    created = {upserted.driver_id for upserted in known.values() if upserted.created}
    return Staged(len(good), errors, created, created | await _write_facts(door, import_id, good, known, episodes))


async def complete(door: Door, import_id: UUID, staged: Staged, rows: tuple[int, int]) -> None:
    """Has the drivers projected, and records which rows (first, last) made and changed whom."""
    if not staged.changed:
        return
    await door.publish(DriversChanged(sorted(staged.changed)))
    details = {
        "rows": rows,
        "created": [str(driver) for driver in sorted(staged.created)],
        "changed": [str(driver) for driver in sorted(staged.changed - staged.created)],
    }
    await audit.record(door, "roster_import.written", "roster_import", import_id, details)


def _clash(row: DriverRow, episodes: Sequence[Episode]) -> RowError | None:
    """An employment that would overlap another one of the driver. The same hire date is the same employment."""
    if row.hired_on is None or not episodes:
        return None
    others = [episode for episode in episodes if episode.hired_on != row.hired_on]
    own = next((episode for episode in episodes if episode.hired_on == row.hired_on), None)
    clash = overlapping(others, row.hired_on, row.terminated_on or (own.terminated_on if own else None))
    if clash is None:
        return None
    until = f"to {clash.terminated_on.isoformat()}" if clash.terminated_on else "and still employed"
    return RowError(
        row.row,
        None,
        row.hired_on.isoformat(),
        f"The driver is recorded as hired on {clash.hired_on.isoformat()} {until}, so a hire on {row.hired_on.isoformat()} "
        "can't be another employment. Correct the hire date here, or the employment in the driver's file.",
    )


def _driver(row: DriverRow, terminals: dict[str, UUID]) -> DriverUpsert:
    return DriverUpsert(
        employee_id=row.employee_id,
        first_name=row.first_name,
        last_name=row.last_name,
        date_of_birth=row.date_of_birth,
        email=row.email,
        phone=row.phone,
        terminal_id=terminals[row.terminal.lower()] if row.terminal else None,
    )


async def _write_facts(
    door: Door,
    import_id: UUID,
    rows: Sequence[DriverRow],
    known: dict[str, Upserted],
    episodes: dict[UUID, list[Episode]],
) -> set[UUID]:
    """Profiles, employments, evidence. Returns whose driver row or facts changed."""
    ids = {row.employee_id: known[row.employee_id].driver_id for row in rows}
    facts = await drivers.upsert_profiles(door, [ProfileUpsert(ids[row.employee_id], row.profile) for row in rows])
    hires = [EmploymentUpsert(ids[row.employee_id], row.hired_on, row.terminated_on) for row in rows if row.hired_on is not None]
    if hires:
        facts |= await drivers.upsert_employments(door, hires)
    written = {upserted.driver_id for upserted in known.values() if upserted.changed}
    if touched := facts - written:
        await drivers.touch_drivers(door, list(touched))
    added: set[UUID] = set()
    for created in (True, False):
        some = [row for row in rows if known[row.employee_id].created is created]
        evidence = _evidence(some, ids, episodes)
        if evidence.places:
            added |= await repository.insert_evidence(door, import_id, evidence, new_drivers=created)
    return written | facts | added


def _evidence(rows: Sequence[DriverRow], ids: dict[str, UUID], episodes: dict[UUID, list[Episode]]) -> repository.NewEvidence:
    new = repository.NewEvidence()
    for row in rows:
        driver_id = ids[row.employee_id]
        new.driver_ids.append(driver_id)
        new.rows.append(row.row)
        hired = row.hired_on or next((episode.hired_on for episode in reversed(episodes.get(driver_id, []))), None)
        for dates in row.evidence:
            if dates.obtained_on is not None:
                new.add(dates.requirement, dates.obtained_on, dates.expires_on, dated=True)
            elif presumed := evidence_of(dates.requirement, None, dates.expires_on, hired):
                new.add(presumed.requirement, presumed.obtained_on, presumed.expires_on, dated=False)
    return new
