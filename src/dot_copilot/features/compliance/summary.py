"""The duty board in numbers: counts of the calendar, named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door, Row

from . import calendar_repository, schemas
from .model import Locale, State
from .places import Place, Places, load_places
from .policy_rules import Rules, load_rules
from .projection_codes import (
    BRIEF_KEYS,
    BRIEF_SLOTS,
    CANNOT_DRIVE,
    CURRENT,
    D30,
    D60,
    D90,
    FORBIDS,
    SLOTS,
    STATES,
    UNHIRED,
    day_number,
)
from .words import title, title_of

_WINDOWS = (D30, D60, D90)


@dataclass(slots=True)
class Counts:
    """Counts by key, taken apart."""

    driver: Mapping[int, int]  # by slot of number 0
    states: dict[State, int] = field(default_factory=lambda: defaultdict(int))
    reasons: dict[tuple[int, State], int] = field(default_factory=dict)
    due: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))  # by number, by slot


def take_apart(rows: Iterable[Any]) -> Counts:
    """Counts of the rows (key, count) of one place."""
    by_key = {row["key"]: row["count"] for row in rows if row["count"]}
    counts = Counts({key: count for key, count in by_key.items() if key < SLOTS})
    for key, count in by_key.items():
        number, slot = divmod(key, SLOTS)
        if number == 0:
            continue
        if slot in _WINDOWS:
            counts.due[number][slot] = count
        else:
            state = STATES[slot % FORBIDS]
            counts.states[state] += count
            if slot >= FORBIDS:
                counts.reasons[number, state] = count
    if counts.driver.get(UNHIRED):
        counts.reasons[0, State.UNKNOWN] = counts.driver[UNHIRED]
    return counts


async def summary(
    door: Door, clock: Clock, caller: Caller, locale: Locale, as_of: date | None, *, terminal: str | None = None
) -> schemas.SummaryOut:
    """The counts of the carrier, of the one terminal asked for, or of those that bound the caller."""
    places = await load_places(door, clock, caller, as_of, terminal)
    rules = await load_rules(door)
    if places.only is not None:
        shown = places.shown
        boards = [await calendar_repository.terminal_board(door, place.id, day_number(place.as_of)) for place in shown]
        each = [take_apart(rows) for rows in boards]
        terminals = [_terminal(place, one.driver, _windows(one.due.values())) for place, one in zip(shown, each, strict=True)]
        counts = each[0] if len(each) == 1 else take_apart(_added_up(boards))
    else:
        board = await _board(door, places)
        counts = take_apart(board[None])
        terminals = [_of_brief(place, board[place.id]) for place in places.all]
    return _shape(places, rules, counts, terminals, locale)


def _added_up(boards: Iterable[Iterable[Row]]) -> list[dict[str, int]]:
    """The counts of several terminals as those of one."""
    sums: dict[int, int] = defaultdict(int)
    for rows in boards:
        for row in rows:
            sums[row["key"]] += row["count"]
    return [{"key": key, "count": count} for key, count in sums.items()]


async def _board(door: Door, places: Places) -> dict[UUID | None, list[Row]]:
    found: dict[UUID | None, list[Row]] = defaultdict(list)
    if places.all:
        for row in await calendar_repository.board(door, places.days, brief_keys=BRIEF_KEYS, brief_slots=BRIEF_SLOTS):
            found[row["place"]].append(row)
    return found


def _windows(dues: Iterable[Mapping[int, int]]) -> schemas.DueWindows:
    found = list(dues)
    d30, d60, d90 = (sum(due.get(slot, 0) for due in found) for slot in _WINDOWS)
    return schemas.DueWindows(d30=d30, d60=d60, d90=d90)


def _of_brief(place: Place, rows: Iterable[Row]) -> schemas.TerminalSummary:
    counts = {row["key"]: row["count"] for row in rows}
    return _terminal(place, counts, _windows([counts]))


def _terminal(place: Place, counts: Mapping[int, int], due: schemas.DueWindows) -> schemas.TerminalSummary:
    return schemas.TerminalSummary(
        id=place.id,
        name=place.name,
        time_zone=place.time_zone,
        as_of=place.as_of,
        drivers=counts.get(CURRENT, 0),
        cannot_drive=counts.get(CANNOT_DRIVE, 0),
        due=due,
    )


def _shape(
    places: Places, rules: Rules, counts: Counts, terminals: list[schemas.TerminalSummary], locale: Locale
) -> schemas.SummaryOut:
    names = {number: key for key, number in rules.numbers.items()}
    titles = {requirement.key: title(requirement, locale) for requirement in rules.everything()}

    def named(number: int) -> dict[str, str]:
        key = names[number] if number else "employment"
        return {"requirement": key, "title": titles.get(key) or title_of(key, locale)}

    reasons = [
        schemas.ReasonCount(**named(number), state=state, drivers=drivers) for (number, state), drivers in counts.reasons.items()
    ]
    dues = [schemas.DueCount(**named(number), **_windows([due]).model_dump()) for number, due in counts.due.items()]
    return schemas.SummaryOut(
        as_of=places.as_of,
        drivers=counts.driver.get(CURRENT, 0),
        cannot_drive=counts.driver.get(CANNOT_DRIVE, 0),
        by_reason=sorted(reasons, key=lambda reason: (-reason.drivers, reason.requirement, reason.state)),
        due=_windows(counts.due.values()),
        due_by_requirement=sorted(dues, key=lambda due: (-due.d90, -due.d60, -due.d30, due.requirement)),
        states={state: counts.states.get(state, 0) for state in STATES if state is not State.NOT_APPLICABLE},
        terminals=terminals,
        recalculating=rules.recalculating,
    )
