"""Writes one batch of drivers: all of it in one transaction with the place from which the import goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

NO_TERMINAL = "Unassigned"


class Written(Struct):
    """What became of a batch."""

    created: int
    updated: int
    errors: list[RowError]
    terminals: list[str]


async def write_batch(door: Door, import_id: UUID, rows: Sequence[DriverRow]) -> Written:
    """Adds or updates the drivers of `rows` (employee ids differ) with everything their rows say, and tells the projection."""
    present = await drivers.ids_by_employee_id(door, [row.employee_id for row in rows])
    episodes = await drivers.employments_of(door, list(present.values())) if present else {}
    errors = [error for row in rows if (error := _clash(row, episodes.get(present.get(row.employee_id, import_id), [])))]
    bad = {error.row for error in errors}
    good = [row for row in rows if row.row not in bad]
    terminals, default, made = await _terminals(door, good, present)
    upserts = [_driver(row, terminals) for row in good]
    known = await drivers.upsert_drivers(door, upserts, default) if good else {}
    changed, touched = await _write_facts(door, import_id, good, known, episodes)
    if touched:
        await drivers.touch_drivers(door, list(touched))
    created = sum(1 for upserted in known.values() if upserted.created)
    # The log before the projection, as everywhere: both lock, and two orders could wait for each other.
    await _record(door, import_id, good, known, changed)
    if changed:
        await door.publish(DriversChanged(sorted(changed)))
    return Written(created, len(good) - created, errors, made)


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


async def _terminals(
    door: Door, rows: Sequence[DriverRow], present: Mapping[str, UUID]
) -> tuple[dict[str, UUID], UUID | None, list[str]]:
    """Terminals by lower-case name, the one for drivers without, and the names of those created for this batch."""
    found = await repository.terminals(door)
    wanted = {row.terminal.lower(): row.terminal for row in rows if row.terminal and row.terminal.lower() not in found}
    homeless = any(row.terminal is None and row.employee_id not in present for row in rows)
    only = next(iter(found.values())) if len(set(found.values())) == 1 and not wanted else None
    if homeless and only is None and NO_TERMINAL.lower() not in found:
        wanted.setdefault(NO_TERMINAL.lower(), NO_TERMINAL)
    made = await repository.create_terminals(door, sorted(wanted.values())) if wanted else []
    for terminal in made:
        found[terminal["name"].lower()] = terminal["id"]
        details = {"name": terminal["name"], "time_zone": terminal["time_zone"], "by": "roster import"}
        await audit.record(door, "terminal.created", "terminal", terminal["id"], details)
    default = only or found.get(NO_TERMINAL.lower()) if homeless else None
    return found, default, [terminal["name"] for terminal in made]


def _driver(row: DriverRow, terminals: dict[str, UUID]) -> DriverUpsert:
    return DriverUpsert(
        employee_id=row.employee_id,
        first_name=row.first_name,
        last_name=row.last_name,
        date_of_birth=row.facts.get("date_of_birth"),
        email=row.facts.get("email"),
        phone=row.facts.get("phone"),
        terminal_id=terminals[row.terminal.lower()] if row.terminal else None,
    )


async def _write_facts(
    door: Door,
    import_id: UUID,
    rows: Sequence[DriverRow],
    known: dict[str, Upserted],
    episodes: dict[UUID, list[Episode]],
) -> tuple[set[UUID], set[UUID]]:
    """Profiles, employments, evidence. Returns whose standing may have changed, and those of them whose version must go up."""
    if not rows:
        return set(), set()
    ids = {row.employee_id: known[row.employee_id].driver_id for row in rows}
    profiles = [ProfileUpsert(ids[row.employee_id], row.profile) for row in rows]
    facts = await drivers.upsert_profiles(door, profiles)
    hires = [EmploymentUpsert(ids[r.employee_id], r.hired_on, r.terminated_on) for r in rows if r.hired_on is not None]
    if hires:
        facts |= await drivers.upsert_employments(door, hires)
    evidence = [item for row in rows for item in _evidence(row, ids[row.employee_id], episodes)]
    added = set(await repository.insert_evidence(door, import_id, evidence)) if evidence else set()
    written = {upserted.driver_id for upserted in known.values() if upserted.changed}
    return written | facts | added, facts - written


def _evidence(row: DriverRow, driver_id: UUID, episodes: dict[UUID, list[Episode]]) -> Iterable[repository.NewEvidence]:
    hired = row.hired_on or next((episode.hired_on for episode in reversed(episodes.get(driver_id, []))), None)
    for dates in row.evidence:
        found = evidence_of(dates.requirement, dates.obtained_on, dates.expires_on, hired)
        if found is not None:
            yield repository.NewEvidence(driver_id, found.requirement, found.obtained_on, found.expires_on, found.dated, row.row)


async def _record(door: Door, import_id: UUID, rows: Sequence[DriverRow], known: dict[str, Upserted], changed: set[UUID]) -> None:
    """One entry a batch: which rows, which drivers are new and which changed."""
    if not changed:
        return
    created = {upserted.driver_id for upserted in known.values() if upserted.created}
    details = {
        "rows": [rows[0].row, rows[-1].row],
        "created": [str(driver) for driver in sorted(created)],
        "changed": [str(driver) for driver in sorted(changed - created)],
    }
    await audit.record(door, "roster_import.written", "roster_import", import_id, details)
