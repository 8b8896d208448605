"""What a tool is: its name and words for the assistant, its types, the scope it needs, and the function behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from dot_copilot.core.caller import PERMISSIONS, Permission, Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server import schema
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.finding import Finder
from dot_copilot.mcp.server.inside import Api, Language
from dot_copilot.mcp.server.visitor import Visitor

SCOPE_META = "dot-copilot/scope"
ROLES_META = "dot-copilot/roles"
A = TypeVar("A", bound=msgspec.Struct)


def roles_with(permissions: frozenset[Permission]) -> list[str]:
    """The roles that hold at least one of the permissions."""
    return [role.value for role in Role if PERMISSIONS[role] & permissions]


@dataclass(slots=True)
class Ask:
    """One call: the API as the visitor sees it, and what was asked in which language."""

    api: Api
    find: Finder
    clock: Clock
    language: Language
    public_url: str

    @property
    def visitor(self) -> Visitor:
        """Who asks."""
        return self.api.visitor

    def say(self, english: str, spanish: str) -> str:
        """The words in the language asked for."""
        return spanish if self.language == "es" else english


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool gives: typed content, and the same in a few lines of text."""

    content: msgspec.Struct
    text: str


@dataclass(frozen=True)
class Tool(Generic[A]):
    """One tool. `permissions`: roles that hold one of them are offered it. `writes`: it adds records, and replaces none."""

    name: str
    title: str
    description: str
    scope: Scope
    permissions: frozenset[Permission]
    arguments: type[A]
    result: type[msgspec.Struct]
    run: Callable[[Ask, A], Awaitable[Answer]]
    writes: bool = False

    def offered_to(self, visitor: Visitor) -> bool:
        """Whether the visitor's role and consent open this tool."""
        return self.scope in visitor.scopes and any(map(visitor.caller.may, self.permissions))

    def refusal(self, visitor: Visitor) -> str:
        """Why it is not offered, and what to do."""
        if self.scope not in visitor.scopes:
            return (
                f"This connection was not given '{self.scope}'. Ask the person to connect the assistant again and to allow "
                f"'{self.scope}' on the consent page."
            )
        return f"The role {visitor.caller.role} may not use {self.name}. Ask an administrator of the carrier."

    @cached_property
    def definition(self) -> dict[str, Any]:
        """The tool on the wire (`tools/list`)."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": schema.of_arguments(self.arguments),
            "outputSchema": schema.of_result(self.result),
            "annotations": {
                "title": self.title,
                "readOnlyHint": not self.writes,
                "destructiveHint": False,
                "idempotentHint": not self.writes,
                "openWorldHint": False,
            },
            "_meta": {SCOPE_META: self.scope.value, ROLES_META: roles_with(self.permissions)},
        }

    def read(self, sent: dict[str, Any]) -> A:
        """The arguments as types; `ToolError` names what is wrong. Nulls and blanks count as left out."""
        given = {name: value for name, value in sent.items() if value is not None and value != ""}
        try:
            return msgspec.convert(given, self.arguments, strict=False)
        except msgspec.ValidationError as error:
            raise ToolError(self._explain(str(error))) from None

    def _explain(self, problem: str) -> str:
        what, _, where = problem.partition(" - at `$.")
        field = where.rstrip("`")
        text = f"{field}: {what}" if field else what
        if "RFC3339" in what:
            text += "; write a date as 2026-11-26"
        if "unknown field" in what:
            text += f"; {self.name} takes {', '.join(self.arguments.__struct_encode_fields__)}"
        return f"Check the arguments of {self.name}: {text}."
