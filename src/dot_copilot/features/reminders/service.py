"""Notices, wishes, and the carrier's rules."""

from __future__ import annotations

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, Invalid, NotFound
from dot_copilot.features.documents import requirements
from dot_copilot.features.reminders import repository, schemas
from dot_copilot.features.reminders.defaults import ANY, DEFAULTS

_SHOWN = 30


async def list_notices(door: Door, caller: Caller) -> schemas.Notices:
    """The newest notices of the caller."""
    rows = await repository.page_of_notices(door, caller.user_id, _SHOWN)
    return schemas.Notices(
        items=[schemas.Notice(**dict(row)) for row in rows],
        unread=await repository.count_unread(door, caller.user_id),
        by_mail=await repository.by_mail(door, caller.user_id),
    )


async def mark_read(door: Door, caller: Caller, read: schemas.NoticesRead) -> None:
    """Marks the caller's own notices; others' are passed over."""
    await repository.mark_read(door, caller.user_id, read.ids)


async def wish(door: Door, caller: Caller, wishes: schemas.ReminderWishes) -> None:
    """Mail or none."""
    await repository.set_by_mail(door, caller.user_id, wanted=wishes.by_mail)


async def list_rules(door: Door) -> schemas.ReminderRules:
    """What holds."""
    own = [schemas.ReminderRule(**dict(row)) for row in await repository.rules(door)]
    defaults = [schemas.ReminderRule(requirement=ANY, role=role, steps=list(steps)) for role, steps in DEFAULTS.items()]
    return schemas.ReminderRules(items=own, defaults=defaults)


async def set_rule(door: Door, rule: schemas.ReminderRule) -> None:
    """Replaces the rule of a requirement and a role."""
    if rule.requirement != ANY and await requirements.outcomes_of(door, rule.requirement) is None:
        problem = FieldProblem(field="requirement", problem="there is none of this key; GET /api/v1/requirements lists them")
        raise Invalid(problem.problem, errors=[problem])
    steps = sorted(set(rule.steps), reverse=True)
    await repository.set_rule(door, rule.requirement, rule.role, steps)
    await audit.record(door, "reminder.rule_set", "requirement", rule.requirement, {"role": rule.role, "steps": steps})


async def drop_rule(door: Door, requirement: str, role: str) -> None:
    """Goes back to the default."""
    if not await repository.drop_rule(door, requirement, role):
        raise NotFound("There is no such rule; the default holds already.")
    await audit.record(door, "reminder.rule_dropped", "requirement", requirement, {"role": role})
