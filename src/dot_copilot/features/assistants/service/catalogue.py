"""What upstreams offer, and the administrator's decision on what is new or has changed."""

from __future__ import annotations

from typing import Any

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.scopes import Scope, held
from dot_copilot.core.signals import CATALOGUE
from dot_copilot.features.assistants.errors import DefinitionChanged, NotOffered
from dot_copilot.features.assistants.models import Offer
from dot_copilot.features.assistants.repository import catalogue
from dot_copilot.features.assistants.schemas import (
    AssistantTool,
    AssistantTools,
    Definition,
    Quarantine,
    QuarantineItem,
    Upstream,
    Upstreams,
)
from dot_copilot.features.assistants.service.consent import refuse_assistants
from dot_copilot.features.assistants.words import of_tool


async def upstreams(door: Door) -> Upstreams:
    """How each upstream is."""
    rows = await catalogue.upstreams(door)
    return Upstreams(items=[Upstream(**{**dict(row), "detail": row["detail"] or None}) for row in rows])


async def quarantine(door: Door) -> Quarantine:
    """What waits for a decision."""
    return Quarantine(items=[_quarantined(row) for row in await catalogue.quarantined(door)])


def _quarantined(row: Row) -> QuarantineItem:
    approved = None
    if row["approved"] is not None:
        approved = Definition(hash=row["approved_hash"], definition=row["approved"])
    return QuarantineItem(
        offered=Definition(hash=row["hash"], definition=row["definition"]),
        approved=approved,
        **{name: row[name] for name in ("upstream", "kind", "name", "status", "seen_at")},
    )


async def decide(door: Door, caller: Caller, offer: Offer, *, approved: bool) -> None:
    """Approves or rejects exactly the definition of the offer's hash, if it is still what the upstream offers."""
    refuse_assistants(caller)
    offered = await catalogue.offered_hash(door, offer)
    if offered is None:
        raise NotOffered(f"The upstream '{offer.upstream}' offers no {offer.kind} '{offer.name}' now. Load the list again.")
    if offered != offer.hash:
        raise DefinitionChanged("Look at the definition that is offered now, then decide. Nothing was decided.")
    await catalogue.decide(door, caller.user_id, offer, "approved" if approved else "rejected")
    action = "assistant.definition_approved" if approved else "assistant.definition_rejected"
    await audit.record(door, action, offer.kind, f"{offer.upstream}/{offer.name}"[:400], {"hash": offer.hash})
    door.announce(CATALOGUE, str(door.carrier_id))


async def tools(door: Door, caller: Caller) -> AssistantTools:
    """What the caller's assistants could get, were they granted every scope the role holds."""
    scopes = [scope.value for scope in held(caller.role)]
    return AssistantTools(items=[_tool(row) for row in await catalogue.tools(door, caller.role, scopes)])


def _tool(row: Row) -> AssistantTool:
    definition: dict[str, Any] = row["definition"]
    title, description = of_tool(row["name"], definition)
    hints = definition.get("annotations") or {}
    read_only = hints.get("readOnlyHint") is True
    return AssistantTool(
        upstream=row["upstream"],
        name=row["name"],
        title=title,
        description=description,
        scope=Scope(row["scope"]) if row["scope"] in frozenset(Scope) else None,
        read_only=read_only,
        # What says nothing of itself may destroy (the specification's default).
        destructive=not read_only and hints.get("destructiveHint", True) is not False,
        status=row["status"],
    )
