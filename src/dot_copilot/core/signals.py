"""The channels on which processes tell one another what to forget (`core.ports.Signals`)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from dot_copilot.core.caller import ASSISTANT
from dot_copilot.core.database import Door

ENDED = "mcp:ended"
"""A JSON list of session ids whose tokens are worth nothing from now on, or `*` for all."""
CREDENTIALS = "mcp:credentials"
"""The id of a person who attached or detached a token of another service."""
CATALOGUE = "mcp:catalogue"
"""What the gateway offers has changed: a carrier's id, of a decision on a definition."""


def announce_ended(door: Door, sessions: Iterable[tuple[UUID, str]]) -> None:
    """Tells of (session id, via) pairs. Only assistants' sessions are remembered anywhere, so others are not told of."""
    ended = [str(session_id) for session_id, via in sessions if via.startswith(ASSISTANT)]
    if ended:
        door.announce(ENDED, msgspec.json.encode(ended).decode())
