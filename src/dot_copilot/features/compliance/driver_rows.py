"""The drivers of a page with their standing.

What a page shows of most drivers is in the projection. The engine judges only what has to be worded: the requirements that
forbid or restrict driving. A driver whose projection was made by other rules than the present ones is judged in full.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.drivers import bulk_repository as drivers

from . import schemas, standing
from . import upcoming_repository as repository
from .engine import RESTRICTING
from .model import Locale, Reason, State
from .places import Place
from .policy_rules import Rules
from .projection import Case, add_evidence
from .projection_codes import FORBIDS, SLOTS, STATES
from .words import title


async def page_rows(door: Door, page: Sequence[tuple[UUID, Place]], rules: Rules, locale: Locale) -> list[schemas.DriverRow]:
    """The rows of these drivers, each on the day of its place, in this order."""
    if not page:
        return []
    shaper = _Shaper(rules, locale)
    found = await repository.standings(door, {driver_id: place.as_of for driver_id, place in page})
    cases = {row["id"]: Case(row) for row in await drivers.facts_of(door, [driver_id for driver_id, _ in page])}
    worded = {driver_id: shaper.worded(found[driver_id]) for driver_id in cases}
    judged = {driver_id: case for driver_id, case in cases.items() if worded[driver_id] is None or worded[driver_id]}
    if judged:
        await add_evidence(door, judged)
    return [shaper.row(cases[driver_id], place, found[driver_id], worded[driver_id]) for driver_id, place in page]


class _Shaper:
    """Shapes rows by the rules of one carrier, in one language."""

    def __init__(self, rules: Rules, locale: Locale) -> None:
        self.rules = rules
        self.locale = locale
        self._requirements = {rules.numbers.get(known.key): known for known in rules.everything()}

    def worded(self, row: Row) -> frozenset[str] | None:
        """The requirements that forbid or restrict driving on the day; None when the projection is of other rules."""
        if row["rules"] != self.rules.stamp:
            return None
        found = set()
        for key in row["keys"] or ():
            number, slot = divmod(key, SLOTS)
            requirement = self._requirements[number]
            if slot >= FORBIDS or (requirement.restricts and STATES[slot] in RESTRICTING):
                found.add(requirement.key)
        return frozenset(found)

    def row(self, case: Case, place: Place, row: Row, worded: frozenset[str] | None) -> schemas.DriverRow:
        """The driver's row."""
        said = standing.stand(case, self.rules, place.as_of, only=worded) if worded is None or worded else None
        if worded is None and said is not None:
            employed, may_drive = standing.employed(case, said), said.may_drive
            next_due, counts = standing.next_due(said, self.locale), standing.counts(said)
        else:
            employed, may_drive = row["employed"], row["may_drive"]
            next_due = self._next_due(row)
            counts = dict(Counter(STATES[key % SLOTS % FORBIDS] for key in row["keys"] or ()))
        reasons: Sequence[Reason] = said.reasons if said else ()
        if not may_drive and not reasons:
            reasons = [Reason(State.NOT_APPLICABLE if case.hired else State.UNKNOWN)]
        return schemas.DriverRow.model_construct(
            **{name: case.row[name] for name in ("id", "employee_id", "first_name", "last_name")},
            terminal=schemas.TerminalRef.model_construct(id=place.id, name=place.name),
            as_of=place.as_of,
            employed=employed,
            may_drive=may_drive,
            reasons=[standing.reason(reason, self.locale) for reason in reasons],
            restrictions=[standing.reason(reason, self.locale) for reason in (said.restrictions if said else ())],
            next_due=next_due,
            counts=counts,
        )

    def _next_due(self, row: Row) -> schemas.NextDueOut | None:
        requirement = self.rules.find(row["requirement"]) if row["requirement"] else None
        if requirement is None:
            return None
        return schemas.NextDueOut.model_construct(
            requirement=requirement.key, title=title(requirement, self.locale), due_on=row["due_on"]
        )
