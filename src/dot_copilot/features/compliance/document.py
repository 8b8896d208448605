"""The catalogue as a page: `python -m dot_copilot.features.compliance.document > docs/requirements.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date

from .catalogue import FEDERAL
from .catalogue.drug_alcohol import DOWNGRADE_SINCE, RANDOM_RATES
from .catalogue.medical import PAPER_CARD_WINDOWS
from .model import Locale
from .requirement import Requirement, Scope
from .words import texts

_HEAD = """# What a carrier must be able to prove

*Written from the catalogue by `python -m dot_copilot.features.compliance.document`; a test keeps it current. The product
informs, it does not give legal advice.*

A requirement **blocks** when a driver without it may not drive at all, and **restricts** when only one kind of work is
forbidden. *Not verified* means that nobody has compared the entry with its source yet; the product says so too.

| key | requirement | applies to | when | renewal | gap | in force | verified |
|---|---|---|---|---|---|---|---|
"""


def markdown() -> str:
    """The whole page."""
    return _HEAD + "".join(_row(requirement) for requirement in FEDERAL.requirements) + "".join(_details()) + "".join(_dated())


def _row(requirement: Requirement) -> str:
    words = texts(requirement)
    until = f" to {requirement.effective_to}" if requirement.effective_to else ""
    cells = (
        f"`{requirement.key}`",
        f"[{words.title}](#{requirement.key})",
        words.applies_to,
        words.trigger,
        words.renewal,
        _gap(requirement),
        f"{requirement.effective_from}{until}",
        str(requirement.verified_on or "*not verified*"),
    )
    return f"| {' | '.join(cells)} |\n"


def _gap(requirement: Requirement) -> str:
    if requirement.scope is Scope.CARRIER:
        return "the carrier's"
    if requirement.blocks_driving:
        return "**blocks**"
    return f"restricts: {requirement.restricts}" if requirement.restricts else "a violation, driving goes on"


def _details() -> Iterator[str]:
    languages: tuple[Locale, ...] = ("en", "es")
    for requirement in FEDERAL.requirements:
        english, spanish = (texts(requirement, locale) for locale in languages)
        places = ", ".join(f"[{citation.cfr}]({citation.url})" for citation in requirement.citations)
        yield f'\n<a id="{requirement.key}"></a>\n\n## {english.title}\n\n'
        yield f"*{spanish.title}* · `{requirement.key}` · {places}\n\n"
        yield f"- Evidence: {english.evidence}\n- Kept: {english.retention}\n"
        if requirement.blocking_outcomes:
            yield f"- Blocks at once: {', '.join(sorted(requirement.blocking_outcomes))}; "
            yield f"lifted by a later {' or '.join(sorted(requirement.clear_outcomes))}"
            yield f" on {', '.join(sorted(requirement.clears or {requirement.key}))}\n"
        for serving in requirement.served_by:
            yield f"- Served also by evidence of `{serving.key}` ({serving.when.replace('_', ' ')})\n"


def _dated() -> Iterator[str]:
    yield "\n## Dated configuration\n\nDays on which a CDL holder's paper medical card counts:\n\n"
    yield "| from | through | days after the exam |\n|---|---|---|\n"
    for first, last, days in PAPER_CARD_WINDOWS:
        yield f"| {_day(first)} | {_day(last)} | {days or 'no limit'} |\n"
    yield "\nRandom testing, percent of driver positions a year:\n\n| from | drugs | alcohol |\n|---|---|---|\n"
    for since, drugs, alcohol in RANDOM_RATES:
        yield f"| {since} | {drugs} | {alcohol} |\n"
    yield f"\nStates take the commercial license of “prohibited” drivers since {DOWNGRADE_SINCE} (Clearinghouse II).\n"


def _day(ordinal: int) -> str:
    return str(date.fromordinal(ordinal))


if __name__ == "__main__":
    sys.stdout.write(markdown())
