"""The catalogue as it is shown, and what a carrier adds to it and waives of that."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.drivers.access import access_driver

from . import policy_repository as repository
from . import policy_schemas as schemas
from . import upkeep
from .catalogue import FEDERAL
from .errors import FederalRule, RequirementExists, TooManyRequirements, UnknownRequirement, WaiverNotFound
from .model import Locale
from .policy_rules import MOST_POLICIES, load_rules, requirement_of
from .policy_words import RECALCULATING
from .projection import project
from .requirement import Requirement
from .schemas import CitationOut
from .words import texts

_CHANGEABLE = (
    *("title", "applies_to", "deadline", "deadline_days", "renewal_months", "blocks_driving", "reason"),
    *("effective_from", "retired_on"),
)


def shape_requirement(requirement: Requirement, locale: Locale, policy: dict[str, Any] | None = None) -> schemas.RequirementOut:
    """A requirement with its texts; `policy` is the row behind one of the carrier's own."""
    said = texts(requirement, locale)
    return schemas.RequirementOut(
        key=requirement.key,
        title=said.title,
        applies_to=said.applies_to,
        trigger=said.trigger,
        renewal=said.renewal,
        retention=said.retention,
        evidence=said.evidence,
        citations=[CitationOut(cfr=place.cfr, url=place.url) for place in requirement.citations],
        effective_from=requirement.effective_from,
        effective_to=requirement.effective_to,
        verified_on=requirement.verified_on,
        blocks_driving=requirement.blocks_driving,
        restricts=requirement.restricts,
        scope=requirement.scope.value,
        source=requirement.source.value,
        outcomes=sorted(requirement.outcomes),
        policy=schemas.PolicyFields.model_validate(policy) if policy else None,
    )


async def requirements(door: Door, locale: Locale) -> schemas.RequirementList:
    """The federal catalogue, then the carrier's own."""
    rules = await load_rules(door)
    federal = [shape_requirement(requirement, locale) for requirement in FEDERAL.requirements]
    own = [shape_requirement(requirement, locale, row) for requirement, row in zip(rules.policy, rules.policies, strict=True)]
    return schemas.RequirementList(items=federal + own)


async def add_policy(door: Door, clock: Clock, locale: Locale, body: schemas.PolicyIn) -> schemas.PolicyChange:
    """Adds one; `RequirementExists` when the key is taken."""
    values = body.model_dump()
    values["effective_from"] = body.effective_from or await _today(door, clock)
    if await repository.count_policies(door) >= MOST_POLICIES:
        raise TooManyRequirements(f"A carrier can have {MOST_POLICIES} requirements of its own. Change one that is retired.")
    if not await repository.insert_policy(door, values):
        raise RequirementExists(body.key)
    await audit.record(door, "requirement.created", "requirement", body.key, values)
    return await _changed(door, body.key, locale)


async def change_policy(door: Door, locale: Locale, key: str, body: schemas.PolicyPatch) -> schemas.PolicyChange:
    """Changes what was sent; nothing is worked out anew when nothing differs."""
    old = await _own(door, key)
    new = {name: old[name] for name in _CHANGEABLE} | body.model_dump(exclude_unset=True)
    wrong = [
        name for name in ("title", "applies_to", "deadline", "blocks_driving", "reason", "effective_from") if new[name] is None
    ]
    if wrong:
        raise Invalid(f"{wrong[0]} can't be null.", errors=[FieldProblem(field=name, problem="can't be null") for name in wrong])
    if (new["deadline"] == "days_after_hire") != (new["deadline_days"] is not None):
        problem = "goes with the deadline days_after_hire, and only with it"
        raise Invalid(f"deadline_days {problem}.", errors=[FieldProblem(field="deadline_days", problem=problem)])
    return await _write(door, locale, old, new, "requirement.changed")


async def retire_policy(door: Door, clock: Clock, locale: Locale, key: str) -> schemas.PolicyChange:
    """Retires one from today on; a retired one stays as it is."""
    old = await _own(door, key)
    new = {name: old[name] for name in _CHANGEABLE}
    new["retired_on"] = old["retired_on"] or await _today(door, clock)
    return await _write(door, locale, old, new, "requirement.retired")


async def _write(door: Door, locale: Locale, old: Row, new: dict[str, Any], action: str) -> schemas.PolicyChange:
    differences = {name: [old[name], value] for name, value in new.items() if old[name] != value}
    if differences:
        await repository.write_policy(door, old["key"], new)
        await audit.record(door, action, "requirement", old["key"], differences)
    return await _changed(door, old["key"], locale)


async def _own(door: Door, key: str) -> Row:
    if key in FEDERAL.by_key:
        raise FederalRule(key)
    row = await repository.read_policy(door, key, lock=True)
    if row is None:
        raise UnknownRequirement(key)
    return row


async def _changed(door: Door, key: str, locale: Locale) -> schemas.PolicyChange:
    await upkeep.rebuild_later(door)
    row = await repository.read_policy(door, key)
    assert row is not None
    return schemas.PolicyChange(
        requirement=shape_requirement(requirement_of(dict(row)), locale, dict(row)), note=RECALCULATING[locale]
    )


async def _today(door: Door, clock: Clock) -> date:
    return clock.today((await carriers.read_carrier(door))["default_time_zone"])


async def waivers(door: Door, caller: Caller, driver_id: UUID) -> schemas.WaiverList:
    """A driver's waivers, newest first."""
    await access_driver(door, caller, driver_id)
    return schemas.WaiverList(items=[_shape_waiver(row) for row in await repository.list_waivers(door, driver_id)])


def _shape_waiver(row: Row) -> schemas.WaiverOut:
    return schemas.WaiverOut(**{name: row[name] for name in schemas.WaiverOut.model_fields})


async def grant_waiver(door: Door, caller: Caller, driver_id: UUID, body: schemas.WaiverIn) -> schemas.WaiverOut:
    """Grants one, and projects the driver at once."""
    await access_driver(door, caller, driver_id)
    await _own(door, body.requirement)
    row = await repository.insert_waiver(door, driver_id, body.requirement, (body.from_on, body.until_on), body.reason)
    await audit.record(door, "waiver.granted", "driver", driver_id, {"waiver": row["id"], **body.model_dump()})
    await project(door, [driver_id])
    return next(_shape_waiver(found) for found in await repository.list_waivers(door, driver_id) if found["id"] == row["id"])


async def revoke_waiver(door: Door, waiver_id: UUID) -> None:
    """Ends one from today on; the days before stay waived."""
    row = await repository.revoke_waiver(door, waiver_id)
    if row is None:
        raise WaiverNotFound
    await audit.record(
        door, "waiver.revoked", "driver", row["driver_id"], {"waiver": waiver_id, "requirement": row["requirement"]}
    )
    await project(door, [row["driver_id"]])
