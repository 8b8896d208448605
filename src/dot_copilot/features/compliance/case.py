"""A driver's facts and evidence, sorted once for all rules: employments as spans, rows by requirement, events apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from .model import FOREVER, Evidence, Facts, Grant, Span, Waiver
from .requirement import Requirement


class Episode(NamedTuple):
    """One employment: both days are worked. `after`: the last day of the one before (0: this is the first).

    `known` False: no employment is on record, so nobody knows since when; `hired` then lies before every rule.
    """

    hired: int
    last: int
    after: int
    known: bool = True


_HIRE_NOT_KNOWN = Episode(date(1900, 1, 1).toordinal(), FOREVER, 0, known=False)


class Row(NamedTuple):
    """One piece of evidence: when it was obtained and what is printed on it, as ordinals."""

    day: int
    expires: int | None
    accepted: bool
    evidence: Evidence


class Block(NamedTuple):
    """Days on which an event forbids driving, and the record of the event."""

    from_day: int
    until_day: int
    evidence: Evidence


class Case:
    """What every rule reads. Rows are ordered by day; rows of one day keep no particular order."""

    __slots__ = ("blocks", "employed", "episodes", "facts", "known", "memo", "pending", "rows", "waivers", "warning_days")

    def __init__(
        self,
        facts: Facts,
        evidence: Iterable[Evidence],
        known: Mapping[str, Requirement],
        waivers: Iterable[Waiver],
        warning_days: int,
    ) -> None:
        self.facts = facts
        self.known = known
        self.warning_days = warning_days
        self.waivers = tuple(waivers)
        self.episodes = _episodes(facts)
        self.employed = join((episode.hired, episode.last) for episode in self.episodes if episode.known)
        self.memo: dict[str, tuple[list[Grant], list[Grant]]] = {}
        self.rows, self.blocks = _sort_evidence(evidence, known)
        self.pending = any(not row.accepted for held in self.rows.values() for row in held)


def _episodes(facts: Facts) -> list[Episode]:
    """The employments in order. A new hire ends an employment that nobody has closed."""
    if not facts.employments:
        return [_HIRE_NOT_KNOWN]
    ordered = sorted(facts.employments, key=lambda episode: episode.hired_on)
    found: list[Episode] = []
    for place, employment in enumerate(ordered):
        hired = employment.hired_on.toordinal()
        last = employment.terminated_on.toordinal() if employment.terminated_on else FOREVER
        if place + 1 < len(ordered):
            last = min(last, ordered[place + 1].hired_on.toordinal() - 1)
        if last >= hired:
            found.append(Episode(hired, last, found[-1].last if found else 0))
    return found


def join(spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """The same days as ordered spans that neither overlap nor touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1].until_day + 1:
            if end > joined[-1].until_day:
                joined[-1] = Span(joined[-1].from_day, end)
        else:
            joined.append(Span(start, end))
    return tuple(joined)


def _sort_evidence(
    evidence: Iterable[Evidence], known: Mapping[str, Requirement]
) -> tuple[dict[str, list[Row]], dict[str, list[Block]]]:
    rows: dict[str, list[Row]] = {}
    events: list[tuple[int, bool, Evidence]] = []
    for piece in evidence:
        if piece.voided or piece.review == "rejected":
            continue
        day = piece.obtained_on.toordinal()
        accepted = piece.review == "accepted"
        if piece.outcome is not None:
            requirement = known.get(piece.requirement)
            if not understood(piece, requirement):
                accepted = False
            elif accepted and requirement is not None:
                adverse = piece.outcome in requirement.blocking_outcomes
                events.append((day, adverse, piece))
                if adverse and not requirement.adverse_counts:
                    continue
        expires = piece.expires_on
        row = Row(day, None if expires is None else expires.toordinal(), accepted, piece)
        held = rows.get(piece.requirement)
        if held is None:
            rows[piece.requirement] = [row]
        else:
            held.append(row)
    for held in rows.values():
        if len(held) > 1:
            held.sort(key=itemgetter(0))
    return rows, _blocks(events, known) if events else {}


def understood(piece: Evidence, requirement: Requirement | None) -> bool:
    """Whether the result on a piece of evidence is one that its requirement knows."""
    return piece.outcome is None or (requirement is not None and piece.outcome in requirement.outcomes)


def _blocks(events: list[tuple[int, bool, Evidence]], known: Mapping[str, Requirement]) -> dict[str, list[Block]]:
    """From each blocking event until the day before the first later clear result that lifts it."""
    blocks: dict[str, list[Block]] = {}
    for day, adverse, piece in events:
        if not adverse:
            continue
        clears = known[piece.requirement].clears | {piece.requirement}
        lifted = [at for at, bad, other in events if not bad and at > day and other.requirement in clears]
        until = min(lifted) - 1 if lifted else FOREVER
        blocks.setdefault(piece.requirement, []).append(Block(day, until, piece))
    for held in blocks.values():
        held.sort(key=lambda block: (block.from_day, str(block.evidence.id)))
    return blocks
