"""Reading the transcript that our own MCP server and the gateway write (`mcp.transcript`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dot_copilot.core import event_documents
from dot_copilot.core.database import Door
from dot_copilot.core.event_documents import ASSISTANT_CALL, EventDocument, EventHead, EventQuery
from dot_copilot.core.platform import Platform
from dot_copilot.features.assistants.errors import CallNotFound
from dot_copilot.features.assistants.repository import calls
from dot_copilot.features.assistants.schemas import ConnectionUser, Transcript, TranscriptCall, TranscriptEntry


async def page(
    platform: Platform, door: Door, *, since: datetime | None, until: datetime | None, limit: int, cursor: str | None
) -> Transcript:
    """A page, the newest first."""
    query = EventQuery((ASSISTANT_CALL,), since, until)
    heads, following = await event_documents.page(
        platform.event_documents, door, platform.cursors, query, limit=limit, cursor=cursor
    )
    names = await _names(door, heads)
    items = [TranscriptEntry(**_facts(head, names)) for head in heads]
    return Transcript(mode=platform.settings.assistant_transcript, items=items, next_cursor=following)


async def read(platform: Platform, door: Door, call_id: str) -> TranscriptCall:
    """One call; `CallNotFound` when there is none, or not any more."""
    found = await platform.event_documents.fetch(door, ASSISTANT_CALL, call_id)
    if found is None:
        raise CallNotFound("There is no such call in the transcript, or it was made more than 30 days ago.")
    body: Mapping[str, Any] = found.body
    return TranscriptCall(
        **_facts(found, await _names(door, [found])),
        arguments=body.get("arguments"),
        result_bytes=body["result_bytes"],
        result_sha256=body["result_sha256"],
        result=body.get("result"),
    )


async def _names(door: Door, calls_: Iterable[EventHead | EventDocument]) -> dict[UUID, str]:
    return await calls.names(door, sorted({UUID(call.about["user"]) for call in calls_}))


def _facts(call: EventHead | EventDocument, names: Mapping[UUID, str]) -> dict[str, Any]:
    about = call.about
    user_id = UUID(about["user"])
    return {
        "id": call.source_id,
        "at": call.at,
        "user": ConnectionUser(id=user_id, name=names[user_id]) if user_id in names else None,
        "client_name": about["client"],
        "upstream": about.get("upstream"),
        "tool": about["tool"],
        "outcome": about["outcome"],
        "duration_ms": about["milliseconds"],
        "trace_id": about["trace"],
        "expires_at": call.expires_at,
    }
