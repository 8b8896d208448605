"""Works out many drivers' timelines and writes what lists and counts are read from (ADR 0007)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from struct import pack, unpack
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.documents import repository as documents
from dot_copilot.features.drivers import bulk_repository as drivers

from . import policy_repository
from . import projection_repository as repository
from .engine import timeline
from .model import Employment, Evidence, Facts, Waiver
from .policy_rules import Rules, load_numbered_rules
from .projection_codes import FIRST_DAY, Due, Projected, fold, literal, project_timeline
from .projection_repository import StandingRows

_FACTS = tuple(
    name for name in Facts.__dataclass_fields__ if name not in ("employments", "endorsements", "security_plan_changed_on")
)


class Case:
    """A driver's row with the facts, evidence and waivers that the engine judges."""

    __slots__ = ("evidence", "facts", "row", "waivers")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.facts = facts_of(row)
        self.evidence: list[Evidence] = []
        self.waivers: list[Waiver] = []

    @property
    def hired(self) -> bool:
        """Whether an employment is on record."""
        return bool(self.facts.employments)


def facts_of(row: Row) -> Facts:
    """The facts in a row of `drivers.bulk_repository.facts_of`."""
    hired, ended = row["hired_on"] or (), row["terminated_on"] or ()
    endorsements = row["endorsements"]
    episodes = zip(hired, ended, strict=True)
    return Facts(
        tuple([Employment(max(start, FIRST_DAY), end) for start, end in episodes if end is None or end >= FIRST_DAY]),
        endorsements=None if endorsements is None else frozenset(endorsements),
        **{name: row[name] for name in _FACTS},
    )


def evidence_of(row: Row) -> Evidence:
    """A row of `documents.repository.evidence_of` as the engine takes it."""
    return Evidence(
        row["id"],
        row["requirement"],
        row["obtained_on"],
        row["expires_on"],
        row["outcome"],
        row["provenance"],
        row["review"],
        row["has_document"],
        False,
        row["dated"],
    )


async def load_cases(door: Door, driver_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """What the engine needs of many drivers, in three statements, by driver id."""
    cases = {row["id"]: Case(row) for row in await drivers.facts_of(door, driver_ids)}
    await add_evidence(door, cases)
    return cases


async def add_evidence(door: Door, cases: Mapping[UUID, Case]) -> None:
    """Gives cases, by driver id, their evidence and waivers, in two statements."""
    driver_ids = list(cases)
    for row in await documents.evidence_of(door, driver_ids):
        cases[row["driver_id"]].evidence.append(evidence_of(row))
    for driver_id, *waiver in await policy_repository.waivers_of(door, driver_ids):
        cases[driver_id].waivers.append(Waiver(*waiver))


async def project(door: Door, driver_ids: Iterable[UUID]) -> int:
    """Projects drivers by what this transaction sees; returns how many of them stand otherwise than before.

    Two transactions that project the same driver do so one after the other, the later one with what the earlier one wrote.
    """
    wanted = sorted(set(driver_ids))
    if not wanted:
        return 0
    await repository.lock(door, wanted)
    rules = await load_numbered_rules(door)
    before = await repository.present(door, wanted)
    cases = await load_cases(door, wanted)
    batch = _Batch(rules)
    for driver_id in wanted:
        if driver_id in cases:
            batch.take(cases[driver_id], before.get(driver_id))
    late = await batch.write(door)
    return batch.changed + (await project(door, late) if late else 0)


class _Batch:
    """Drivers on their way into the tables, as columns."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.changed = 0
        self.new = StandingRows()
        self.known = StandingRows()
        self.unchanged: list[UUID] = []
        self.details: dict[UUID, tuple[str, bytes, list[Due], UUID]] = {}
        self.pending: dict[UUID, dict[UUID, list[int]]] = {}

    def take(self, case: Case, before: Row | None) -> None:
        """Works out one driver, and notes what differs from `before`."""
        rules = self.rules
        found = timeline(case.facts, case.evidence, policy=rules.policy, waivers=case.waivers, warning_days=rules.warning_days)
        projected = project_timeline(found, rules.numbers, hired=case.hired)
        row = case.row
        driver_id, terminal_id = row["id"], row["terminal_id"]
        texts = _texts(row)
        spans, items = literal(projected.spans), literal(projected.items)
        changes = pack(f"<{len(projected.changes)}i", *projected.changes)
        if before is None:
            self.new.add(driver_id, terminal_id, texts, spans)
        elif (before["terminal_id"], before["spans"], before["items"], before["changes"]) != (terminal_id, spans, items, changes):
            self.known.add(driver_id, terminal_id, texts, spans)
        else:
            self._take_same(before, texts, spans)
            return
        self.changed += 1
        self.details[driver_id] = (items, changes, projected.dues, terminal_id)
        self.pending[driver_id] = _differences(projected, terminal_id, before)

    def _take_same(self, before: Row, texts: tuple[str, str, str], spans: str) -> None:
        """A driver whose dates are as before; perhaps with a new name, perhaps under new rules."""
        if (before["employee_id"], before["name_key"], before["search_text"]) != texts:
            self.changed += 1
            self.known.add(before["driver_id"], before["terminal_id"], texts, spans)
        elif before["rules"] != self.rules.stamp:
            self.unchanged.append(before["driver_id"])

    async def write(self, door: Door) -> list[UUID]:
        """Writes all of it; returns the drivers that somebody else projected first meanwhile, to be projected again."""
        late: list[UUID] = []
        if self.new.driver_ids:
            added = await repository.insert_standings(door, self.new, self.rules.stamp)
            late = [driver_id for driver_id in self.new.driver_ids if driver_id not in added]
            for driver_id in late:
                del self.details[driver_id], self.pending[driver_id]
        if self.known.driver_ids:
            await repository.update_standings(door, self.known, self.rules.stamp)
        if self.unchanged:
            await repository.mark_rules(door, self.unchanged, self.rules.stamp)
        if self.details:
            await self._write_details(door)
        return late

    async def _write_details(self, door: Door) -> None:
        ids = sorted(self.details)
        known = [driver_id for driver_id in self.known.driver_ids if driver_id in self.details]
        items, changes = [self.details[i][0] for i in ids], [self.details[i][1] for i in ids]
        places = [(i, self.details[i][3]) for i in ids]
        await repository.write_details(door, places, items, changes, known=known)
        await repository.insert_dues(door, places, [self.details[i][2] for i in ids])
        by_terminal: dict[UUID, list[int]] = defaultdict(list)
        for driver_id in ids:
            for terminal_id, points in self.pending[driver_id].items():
                by_terminal[terminal_id] += points
        await repository.add_pending(door, by_terminal)


def _texts(row: Row) -> tuple[str, str, str]:
    """Employee id, what to sort by, what to search in."""
    first, last, employee_id = fold(row["first_name"]), fold(row["last_name"]), row["employee_id"]
    return employee_id, f"{last}\t{first}", f"{first} {last} {fold(employee_id)}"


def _differences(projected: Projected, terminal_id: UUID, before: Row | None) -> dict[UUID, list[int]]:
    """By terminal, what to add to the calendar so that it counts the driver as projected and no longer as before."""
    if before is None:
        return {terminal_id: projected.changes}
    old = unpack(f"<{len(before['changes']) // 4}i", before["changes"])
    if before["terminal_id"] != terminal_id:
        return {terminal_id: projected.changes, before["terminal_id"]: [-point for point in old]}
    now, then = Counter(projected.changes), Counter(old)
    return {terminal_id: [*(now - then).elements(), *(-point for point in (then - now).elements())]}
