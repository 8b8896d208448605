"""Completion of arguments: terminals, drivers' names, requirement keys, languages."""

from __future__ import annotations

from msgspec import Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.finding import DriverName, fold
from dot_copilot.mcp.server.inside import Refusal
from dot_copilot.mcp.server.tool import Ask

MOST = 100
_DRIVERS = 20


class _Drivers(Struct):
    items: list[DriverName]
    total: int


async def complete(ask: Ask, argument: str, typed: str) -> tuple[list[str], int]:
    """Values that fit what was typed, and how many there are in all. What the visitor may not read completes to nothing."""
    visitor = ask.visitor
    if argument == "language":
        values = [language for language in ("en", "es") if language.startswith(typed.strip().lower())]
        return values, len(values)
    try:
        if argument == "terminal" and Scope.COMPLIANCE_READ in visitor.scopes:
            names = [terminal.name for terminal in await ask.find.terminals() if fold(typed) in fold(terminal.name)]
            return names[:MOST], len(names)
        reads = Scope.DRIVERS_READ in visitor.scopes and visitor.caller.may(Permission.READ_DRIVERS)
        if argument in ("driver", "id") and reads:
            found = await ask.api.get("/drivers", _Drivers, q=typed[:100] or None, limit=_DRIVERS)
            by_id = argument == "id"
            return [str(one.id) if by_id else f"{one.first_name} {one.last_name}" for one in found.items], found.total
    except Refusal:
        pass  # a completion that fails is no completion
    return [], 0
