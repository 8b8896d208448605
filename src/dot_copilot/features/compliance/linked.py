"""Requirements whose evidence hangs together: the medical ones, the registry check behind a certificate, LCV teaching."""

from __future__ import annotations

from .applicability import CONDITIONS, Applies
from .case import Case, Episode, Row
from .catalogue.medical import PAPER_CARD_WINDOWS
from .model import FOREVER, Grant
from .reading import Reading, counts_until, own_rows, plain, plain_reading, waiting
from .rules import MEDICAL_KEYS, Rule, compiled

TWELVE_MONTHS = 12


def read(rule: Rule, case: Case, episode: Episode) -> Reading:
    """The grants of a requirement for one employment, and the records that wait for review."""
    if rule.plain:
        return plain_reading(rule, case, episode)
    match rule.reading:
        case "medical" | "cdlis":
            found = case.memo.get(rule.key)
            if found is None:
                found = case.memo[rule.key] = _medical(rule, case)
            return found
        case "registry_check":
            return _registry_check(rule, case, episode)
        case "lcv_teaching":
            return _lcv_teaching(rule, case, episode)
    return plain_reading(rule, case, episode)


def medical_rows(case: Case) -> list[Row]:
    """All medical evidence by day: recorded under whichever medical key, it serves whichever applies."""
    gathered = [row for key in MEDICAL_KEYS for row in case.rows.get(key, ())]
    gathered.sort(key=lambda row: row.day)
    return gathered


def cap_months(rule: Rule, case: Case) -> int | None:
    """How long an examination counts at most: 12 months for those under `mec_12`, whichever certificate it is."""
    if CONDITIONS["twelve_month_medical"][0](case.facts) is Applies.YES:
        return TWELVE_MONTHS
    return rule.months


def is_paper(row: Row) -> bool:
    """A card on paper. A roster's medical dates come from the licensing record."""
    return row.evidence.requirement != "mec_cdlis" and row.evidence.provenance != "roster"


def _medical(rule: Rule, case: Case) -> Reading:
    rows = medical_rows(case)
    months = cap_months(rule, case)
    if rule.reading == "cdlis" and any(is_paper(row) for row in rows):
        return _with_paper(rule, rows, months)
    return plain(rule, rows, case, months), waiting(rule, rows, months)


def _proof_spans(row: Row, until: int) -> list[tuple[int, int]]:
    """The days on which the record proves a CDL holder's certification. A paper card does so only in certain windows."""
    if not is_paper(row):
        return [(row.day, until)]
    spans = []
    for first, last, days in PAPER_CARD_WINDOWS:
        start, end = max(first, row.day), min(last, until if days is None else min(until, row.day + days))
        if start <= end:
            spans.append((start, end))
    return spans


def _with_paper(rule: Rule, rows: list[Row], months: int | None) -> Reading:
    """The newest examination limits; what proves it may be an older record from the State or the paper card for a while."""
    accepted: list[tuple[Row, int]] = []
    proofs: list[tuple[int, int, Row]] = []
    pending: list[Grant] = []
    for row in rows:
        until = counts_until(rule, row, months)
        until = FOREVER if until is None else until
        spans = _proof_spans(row, until)
        if row.accepted:
            accepted.append((row, until))
            proofs.extend((start, end, row) for start, end in spans)
        else:
            pending.extend(Grant(start, end, row.evidence) for start, end in spans)
    found = []
    for day in sorted({start for start, _, _ in proofs} | {row.day for row, _ in accepted}):
        shown = [(end, start, str(row.evidence.id), row) for start, end, row in proofs if start <= day]
        if not shown:
            continue
        proven, _, _, proof = max(shown, key=lambda span: span[:3])
        newest = max(row.day for row, _ in accepted if row.day <= day)
        allowed, _, exam = min((until, str(row.evidence.id), row) for row, until in accepted if row.day == newest)
        governs = exam if allowed < proven else proof
        why = ("paper",) if is_paper(governs) and governs is proof else ()
        found.append(Grant(day, min(allowed, proven), governs.evidence, why))
    return found, pending


def _registry_check(rule: Rule, case: Case, episode: Episode) -> Reading:
    """With each certificate a check of its own: it counts as long as that certificate, and no longer than until the next."""
    rows = own_rows(rule, case, episode)
    checks = [row for row in rows if row.accepted]
    medical = case.known.get("mec")
    certificates = read(compiled(medical), case, episode)[0] if medical else []
    found: list[Grant] = []
    opens, lasts = 0, FOREVER
    for following in (*certificates, None):
        closes = following.start - 1 if following else FOREVER
        check = next((row for row in checks if opens <= row.day <= closes), None)
        if found and (check is None or check.day > opens):
            found.append(found[-1]._replace(start=opens, until=opens - 1, why=("newer_certificate",)))
        if check is not None:
            found.append(Grant(check.day, lasts, check.evidence))
        if following:
            opens, lasts = following.start, FOREVER if following.until is None else following.until
    return found, waiting(rule, rows, None)


def _lcv_teaching(rule: Rule, case: Case, episode: Episode) -> Reading:
    """An instructor's qualification counts as long as the licence does."""
    rows = own_rows(rule, case, episode)
    own = plain(rule, rows, case, rule.months)
    cdl = case.known.get("cdl")
    licences = read(compiled(cdl), case, episode)[0] if cdl else []
    found = []
    for day in sorted({grant.start for grant in (*own, *licences)}):
        held = [grant for grant in own if grant.start <= day]
        licence = [grant for grant in licences if grant.start <= day]
        if held and licence:
            ends = (held[-1].until, licence[-1].until)
            until = None if ends[1] is None or ends[0] is None else min(ends[0], ends[1])
            found.append(Grant(day, until, held[-1].evidence, licence[-1].why))
    return found, waiting(rule, rows, rule.months)
