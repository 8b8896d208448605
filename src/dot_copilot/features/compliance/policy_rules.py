"""The rules a carrier's drivers are judged by: the federal catalogue, its own requirements, its warning window."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from dot_copilot.core.database import Door

from . import policy_repository as repository
from .catalogue import FEDERAL
from .policy import policy_requirement
from .policy_words import policy_texts
from .projection_codes import HIGHEST_NUMBER
from .requirement import Requirement

MOST_POLICIES = HIGHEST_NUMBER - 111  # leaves numbers for a growing federal catalogue
# Modules that word, serve or store what others decide.
_BESIDE = """
    words explain arithmetic absence findings retention roster standing places api schemas service errors summary upkeep recount
    tasks subscribers policy_words policy_schemas policy_service policy_repository driver_file driver_list driver_query
    driver_rows repository calendar_repository projection_repository upcoming upcoming_repository
"""


def _code_revision() -> str:
    """A hash of the modules that decide states, so that a release with other rules has every driver projected anew."""
    digest = hashlib.blake2b(digest_size=8)
    beside = _BESIDE.split()

    def take(folder: Traversable) -> None:
        for entry in sorted(folder.iterdir(), key=lambda found: found.name):
            if entry.name.removesuffix(".py") in beside:
                continue
            if entry.is_dir():
                take(entry)
            elif entry.name.endswith(".py"):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())

    take(resources.files(__package__))
    return digest.hexdigest()


FEDERAL_REVISION = _code_revision()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a carrier's drivers are judged by. `stamp` changes whenever any of it does, and marks what was worked out by it."""

    warning_days: int
    policy: tuple[Requirement, ...]
    policies: tuple[dict[str, Any], ...]  # rows of policy_requirements
    numbers: dict[str, int]
    stamp: int
    recorded_revision: str

    @property
    def revision(self) -> str:
        """What `carriers.rules_revision` says when every driver is projected by these rules."""
        return f"{FEDERAL_REVISION}:{self.stamp}"

    @property
    def recalculating(self) -> bool:
        """Whether some drivers may still be projected by earlier rules. A carrier that has never changed any has no revision."""
        return self.recorded_revision not in ("", self.revision)

    def find(self, key: str) -> Requirement | None:
        """A requirement, federal or the carrier's own."""
        return FEDERAL.by_key.get(key) or next((mine for mine in self.policy if mine.key == key), None)

    def everything(self) -> tuple[Requirement, ...]:
        """Federal requirements, then the carrier's own."""
        return (*FEDERAL.requirements, *self.policy)


def requirement_of(row: dict[str, Any]) -> Requirement:
    """A row of policy_requirements as a requirement."""
    return policy_requirement(
        row["key"],
        row["title"],
        applies_to=row["applies_to"],
        effective_from=_day(row["effective_from"]),
        effective_to=_day(row["retired_on"]) - timedelta(days=1) if row["retired_on"] else None,
        deadline_days=row["deadline_days"],
        renewal_months=row["renewal_months"],
        blocks_driving=row["blocks_driving"],
        texts=policy_texts(row),
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


async def load_rules(door: Door) -> Rules:
    """The carrier's rules as of now, in one statement."""
    row = await repository.read_rules(door)
    said = repr((FEDERAL_REVISION, row["warning_days"], sorted((sorted(p.items(), key=str) for p in row["policies"]), key=str)))
    stamp = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)
    policy = tuple(requirement_of(found) for found in row["policies"])
    return Rules(row["warning_days"], policy, tuple(row["policies"]), row["numbers"], stamp, row["rules_revision"])


async def load_numbered_rules(door: Door) -> Rules:
    """As `load_rules`, with a number for every requirement."""
    rules = await load_rules(door)
    missing = [requirement.key for requirement in rules.everything() if requirement.key not in rules.numbers]
    if not missing:
        return rules
    numbers = await repository.add_numbers(door, missing)
    return Rules(rules.warning_days, rules.policy, rules.policies, numbers, rules.stamp, rules.recorded_revision)
