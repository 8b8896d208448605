"""Resources: the requirement catalogue, and one driver's file. Both are JSON; the words are English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import msgspec

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.finding import as_uuid
from dot_copilot.mcp.server.inside import path
from dot_copilot.mcp.server.shapes import DriverFile
from dot_copilot.mcp.server.tool import ROLES_META, SCOPE_META, Ask, roles_with
from dot_copilot.mcp.server.tools import explain_requirement
from dot_copilot.mcp.server.visitor import Visitor

CATALOGUE_URI = "dot-copilot://requirements"
FILE_TEMPLATE = "dot-copilot://drivers/{id}/file{?as_of}"
JSON = "application/json"
_ANYBODY = frozenset({Permission.READ_DRIVERS, Permission.READ_OWN_FILE})


@dataclass(frozen=True)
class Offer:
    """A resource, or a template of resources, and the scope that opens it."""

    scope: Scope
    definition: dict[str, Any]

    def offered_to(self, visitor: Visitor) -> bool:
        """Whether the visitor's consent and role open it."""
        return self.scope in visitor.scopes and any(map(visitor.caller.may, _ANYBODY))


def _meta(scope: Scope) -> dict[str, Any]:
    return {SCOPE_META: scope.value, ROLES_META: roles_with(_ANYBODY)}


CATALOGUE = Offer(
    Scope.COMPLIANCE_READ,
    {
        "uri": CATALOGUE_URI,
        "name": "requirements",
        "title": "Requirement catalogue",
        "description": "Every federal requirement and the carrier's own, with citation, deadline, renewal and retention",
        "mimeType": JSON,
        "_meta": _meta(Scope.COMPLIANCE_READ),
    },
)
FILE = Offer(
    Scope.DRIVERS_READ,
    {
        "uriTemplate": FILE_TEMPLATE,
        "name": "driver_file",
        "title": "Driver qualification file",
        "description": "A driver's whole file, by the driver's id, on `as_of` (today at the terminal when absent)",
        "mimeType": JSON,
        "_meta": _meta(Scope.DRIVERS_READ),
    },
)


class UnknownResource(Exception):
    """No resource has this URI, or none that the visitor may read."""


def _parse(uri: str) -> tuple[UUID, date | None] | None:
    """The driver and the day of a driver file's URI; None for any other URI. `ToolError` for a day that is none."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    id_ = as_uuid(parts.path.strip("/").removesuffix("/file"))
    if parts.scheme != "dot-copilot" or parts.netloc != "drivers" or not parts.path.endswith("/file") or id_ is None:
        return None
    query = dict(parse_qsl(parts.query))
    try:
        return id_, date.fromisoformat(query["as_of"]) if "as_of" in query else None
    except ValueError:
        raise ToolError(f"as_of: '{query['as_of']}' is no date; write a date as 2026-11-26.") from None


async def read(ask: Ask, uri: str) -> str:
    """The JSON of a resource. `UnknownResource`, `ToolError` or the API's refusal otherwise."""
    if uri == CATALOGUE_URI:
        if not CATALOGUE.offered_to(ask.visitor):
            raise UnknownResource
        return msgspec.json.encode(await ask.api.get("/requirements", explain_requirement.Result)).decode()
    found = _parse(uri)
    if found is None or not FILE.offered_to(ask.visitor):
        raise UnknownResource
    file = await ask.api.get(path("drivers", found[0], "file"), DriverFile, as_of=found[1])
    return msgspec.json.encode(file).decode()
