"""Connections: which stand, and how a person or a client ends one."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.database import Door
from dot_copilot.core.errors import Forbidden
from dot_copilot.core.scopes import Scope
from dot_copilot.features.assistants.errors import ConnectionNotFound
from dot_copilot.features.assistants.models import Standing
from dot_copilot.features.assistants.repository import grants
from dot_copilot.features.assistants.schemas import Connection, Connections, ConnectionUser
from dot_copilot.features.assistants.service.consent import refuse_assistants
from dot_copilot.features.identity.repository import sessions


async def list_standing(door: Door, caller: Caller, *, everyone: bool) -> Connections:
    """The caller's connections; with `everyone`, which only an administrator may ask for, those of the carrier."""
    if everyone and not caller.may(Permission.MANAGE_USERS):
        raise Forbidden("Only an administrator sees the connections of others. Ask without 'all' for your own.")
    rows = await grants.standing(door, None if everyone else caller.user_id)
    return Connections(
        items=[
            Connection(
                user=ConnectionUser(id=row["user_id"], name=row["user_name"]),
                scopes=[scope for scope in Scope if scope in row["scopes"]],
                **{name: row[name] for name in ("id", "client_name", "client_id", "created_at", "last_used_at")},
            )
            for row in rows
        ]
    )


async def revoke(door: Door, caller: Caller, connection_id: UUID) -> None:
    """Ends a connection. Its tokens die with its session, in the gateway as soon as it hears of it."""
    refuse_assistants(caller)
    found = await grants.by_id(door, connection_id)
    own = found is not None and found.user_id == caller.user_id
    if found is None or not (own or caller.may(Permission.MANAGE_USERS)) or not await end(door, found, "revoked"):
        raise ConnectionNotFound("There is no such connection of yours, or it has ended already.")


async def end(door: Door, connection: Standing, reason: str) -> bool:
    """Ends the session of a connection, and records it; False when it had ended before."""
    if not await sessions.revoke(door, connection.session_id, f"connection {reason}"):
        return False
    details = {
        "client_name": connection.client_name,
        "client_id": connection.client_id,
        "user_id": str(connection.user_id),
        "reason": reason,
    }
    await audit.record(door, "assistant.revoked", "connection", connection.id, details)
    return True
