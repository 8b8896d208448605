"""The fields and header names of a carrier: the static ones, the federal catalogue, its own requirements."""

from __future__ import annotations

from functools import cached_property, lru_cache

from dot_copilot.core.database import Door
from dot_copilot.features.compliance import words
from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.roster import repository
from dot_copilot.features.roster.fields import Field, all_fields
from dot_copilot.features.roster.mapping import HeaderIndex


class Known:
    """What a column can be, and how it is recognised."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self.fields = fields

    @cached_property
    def headers(self) -> HeaderIndex:
        """Takes a tenth of a second to build: ask for it off the event loop."""
        return HeaderIndex(self.fields)


@lru_cache(maxsize=64)
def known_with(policies: tuple[tuple[str, str], ...]) -> Known:
    """The fields beside a carrier's own requirements, given as (key, title)."""
    federal = [(r.key, words.title_of(r.key, "en"), words.title_of(r.key, "es")) for r in FEDERAL.requirements]
    return Known(all_fields([*federal, *((key, title, title) for key, title in policies)]))


async def known_to(door: Door) -> Known:
    """What the columns of this carrier's rosters can be."""
    return known_with(tuple(await repository.policy_requirements(door)))
