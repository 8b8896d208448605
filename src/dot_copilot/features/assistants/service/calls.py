"""What assistants did, read from the audit log."""

from __future__ import annotations

from dot_copilot.core.caller import ASSISTANT, Caller, Permission
from dot_copilot.core.database import Door, Row
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.assistants.repository import calls
from dot_copilot.features.assistants.schemas import AssistantCall, AssistantCalls, ConnectionUser


async def page(door: Door, cursors: Cursors, caller: Caller, *, cursor: str | None, limit: int) -> AssistantCalls:
    """A page, the newest first: of everybody for those who may read the audit log, else of the caller."""
    actor = None if caller.may(Permission.READ_AUDIT) else caller.user_id
    listing = f"assistant-calls:{actor}"
    before = cursors.open(door.carrier_id, listing, cursor)[0] if cursor else None
    rows = await calls.page(door, actor=actor, before=before, limit=limit + 1)
    following = cursors.seal(door.carrier_id, listing, [rows[limit - 1]["seq"]]) if len(rows) > limit else None
    return AssistantCalls(items=[_call(row) for row in rows[:limit]], next_cursor=following)


def _call(row: Row) -> AssistantCall:
    details = row["details"]
    upstream, _, tool = row["subject_id"].partition("/")
    user = None
    if row["actor_id"] is not None:
        user = ConnectionUser(id=row["actor_id"], name=row["actor_name"] or "")
    return AssistantCall(
        seq=row["seq"],
        at=details.get("started_at") or row["at"],
        user=user,
        client_name=row["via"].removeprefix(ASSISTANT),
        client_id=details.get("client_id"),
        upstream=details.get("upstream", upstream),
        tool=details.get("tool", tool),
        outcome=details.get("outcome", "unknown"),
        duration_ms=details.get("duration_ms"),
        arguments_sha256=details.get("arguments_sha256"),
        count=details.get("count", 1),
    )
