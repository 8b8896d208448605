"""Drivers, evidence and days for property tests: narrow ranges, so that boundaries meet often."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.model import Employment, Evidence, Facts, Timeline

KEYS = tuple(FEDERAL.by_key)
_MAYBE = st.sampled_from([True, False, None])

# Days around which rules change, months end and years leap.
_CORNERS = [
    date(2019, 2, 28), date(2020, 1, 5), date(2020, 1, 6), date(2020, 2, 29), date(2022, 2, 6), date(2022, 2, 7),
    date(2022, 5, 8), date(2022, 5, 9), date(2023, 1, 31), date(2024, 1, 31), date(2024, 2, 29), date(2025, 6, 22),
    date(2025, 6, 23), date(2025, 7, 14), date(2025, 8, 21), date(2025, 12, 31), date(2026, 8, 31), date(2026, 10, 11),
    date(2026, 10, 12), date(2026, 11, 22),
]  # fmt: skip

days = st.one_of(
    st.sampled_from(_CORNERS),
    st.builds(
        lambda corner, months, extra: corner + timedelta(days=30 * months + extra),
        st.sampled_from(_CORNERS),
        st.integers(-3, 14),
        st.integers(-1, 1),
    ),
    st.dates(date(2018, 6, 1), date(2028, 12, 31)),
)


@st.composite
def employments(draw: st.DrawFn) -> tuple[Employment, ...]:
    """Up to three episodes that do not overlap; only the last may be open. None: nothing is on record."""
    marks = sorted(draw(st.sets(days, min_size=draw(st.sampled_from([0, 1, 1, 1])), max_size=6)))
    episodes = [Employment(first, last) for first, last in zip(marks[::2], marks[1::2], strict=False)]
    if len(marks) % 2:
        episodes.append(Employment(marks[-1]))
    return tuple(episodes)


def facts(**fixed: Any) -> st.SearchStrategy[Facts]:
    """Any driver; what is named is fixed."""
    parts: dict[str, Any] = {
        "employments": employments(),
        "cdl_class": st.sampled_from(["A", "B", "C", "none", None]),
        "endorsements": st.one_of(st.none(), st.frozensets(st.sampled_from("HNPSTX"), max_size=3)),
        "clp": _MAYBE,
        "first_cdl_issued_on": st.one_of(st.none(), days),
        "security_plan_changed_on": st.one_of(st.none(), days),
    }
    for name in Facts.__dataclass_fields__:
        parts.setdefault(name, _MAYBE)
    parts.update({name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in fixed.items()})
    return st.builds(Facts, **parts)


@st.composite
def piece(draw: st.DrawFn, key: str | None = None, plain: bool = False) -> Evidence:
    """One piece of evidence. `plain`: accepted, with its own date and no result."""
    requirement = key or draw(st.sampled_from(KEYS))
    obtained = draw(days)
    expires = draw(st.one_of(st.none(), st.integers(0, 1200).map(lambda ahead: obtained + timedelta(days=ahead))))
    outcomes = [None, None, None, *sorted(FEDERAL.by_key[requirement].outcomes), "nonsense"]
    return Evidence(
        id=f"{draw(st.integers(0, 10**9)):09}",
        requirement=requirement,
        obtained_on=obtained,
        expires_on=expires,
        outcome=None if plain else draw(st.sampled_from(outcomes)),
        provenance=draw(st.sampled_from(["manual", "roster", "upload"])),
        review="accepted" if plain else draw(st.sampled_from(["accepted", "accepted", "accepted", "pending", "rejected"])),
        has_document=draw(st.booleans()),
        voided=False if plain else draw(st.sampled_from([False, False, False, True])),
        dated=True if plain or expires is None else draw(st.sampled_from([True, True, False])),
    )


def files(key: str | None = None, max_size: int = 12, plain: bool = False) -> st.SearchStrategy[list[Evidence]]:
    """What is on file: pieces with different ids."""
    return st.lists(piece(key, plain), max_size=max_size, unique_by=lambda one: one.id)


def turning_days(found: Timeline) -> list[date]:
    """Every day on which something changes, with the day before and after."""
    edges: set[int] = set()
    for life in found.lives:
        for period in life.periods:
            edges.update((period.from_day, period.until_day, *(day for day in period[3:5] if day is not None)))
    for span in (*found.employed, *found.cannot_drive):
        edges.update(span)
    near = {edge + shift for edge in edges for shift in (-1, 0, 1)}
    last = date.max.toordinal()
    return [date.fromordinal(day) for day in sorted(near) if 1 <= day <= last]
