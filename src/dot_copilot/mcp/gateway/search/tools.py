"""`find_tools` and `call_tool`: an assistant works with a hundred tools and lists a dozen. Neither keeps state."""

from __future__ import annotations

from typing import Any

import orjson

from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.catalogue.publish import Publisher
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash
from dot_copilot.mcp.gateway.ports import OWN, Offered, Verdict
from dot_copilot.mcp.gateway.search.ranking import Index
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, RpcError

FIND, CALL = "find_tools", "call_tool"
_MOST = 25

_FIND: dict[str, Any] = {
    "name": FIND,
    "title": "Find tools",
    "description": (
        "Finds tools by what they do. Returns the best matches with their input schemas; call one of them with call_tool. "
        "Use it whenever no listed tool fits the task."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "maxLength": 500, "description": "What the tool should do, in a few words"},
            "upstream": {"type": "string", "maxLength": 64, "description": "Only tools of this server, such as 'github'"},
            "read_only": {"type": "boolean", "description": "true: only tools that change nothing"},
            "limit": {"type": "integer", "minimum": 1, "maximum": _MOST, "default": 8},
        },
        "additionalProperties": False,
    },
    "outputSchema": {
        "type": "object",
        "properties": {
            "tools": {"type": "array", "items": {"type": "object"}},
            "total": {"type": "integer", "description": "How many tools match"},
        },
        "required": ["tools", "total"],
    },
    "annotations": {"readOnlyHint": True, "openWorldHint": False, "idempotentHint": True},
}
_CALL: dict[str, Any] = {
    "name": CALL,
    "title": "Call a tool",
    "description": "Calls a tool that find_tools returned, by its name. Its own rights, limits and results apply.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 128, "description": "The tool's name, as find_tools gave it"},
            "arguments": {"type": "object", "description": "Its arguments, as its inputSchema says"},
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": True, "openWorldHint": True},
}


def own_entries() -> list[Entry]:
    """The gateway's own two tools."""
    return [
        Entry(
            Offered(OWN, Kind.TOOL, tool["name"], definition_hash(Kind.TOOL, tool), "", orjson.dumps(tool)),
            tool["name"],
            None,
            tool,
            orjson.dumps(tool),
        )
        for tool in (_FIND, _CALL)
    ]


class Search:
    """Searches what the person may use, whether listed or not."""

    def __init__(self, publisher: Publisher, view: Any, version: Any) -> None:
        self._publisher, self._view, self._version = publisher, view, version
        self._indexes: dict[Any, tuple[Any, Index]] = {}

    def find(self, verdict: Verdict, arguments: Any) -> bytes:
        """The result of `find_tools` as JSON."""
        query, upstream, read_only, limit = _asked(arguments)
        matches = [
            entry
            for _, entry in self._index(verdict).search(query)
            if (upstream is None or entry.offered.upstream == upstream) and (not read_only or _reads_only(entry))
        ]
        found = {"tools": [_shown(entry) for entry in matches[:limit]], "total": len(matches)}
        text = orjson.dumps(found).decode()
        content = [{"type": "text", "text": text}]
        return orjson.dumps({"content": content, "structuredContent": found, "isError": False, "resultType": "complete"})

    def _index(self, verdict: Verdict) -> Index:
        key, version = self._view(verdict), self._version()
        known = self._indexes.get(key)
        if known is None or known[0] != version:
            entries = [entry for entry in self._publisher.visible(Kind.TOOL, verdict) if entry.upstream is not None]
            if len(self._indexes) >= 256:
                self._indexes.clear()
            known = self._indexes[key] = (version, Index(entries))
        return known[1]


def inner(arguments: Any) -> tuple[str, dict[str, Any]]:
    """The tool and arguments that a `call_tool` names; INVALID_PARAMS. It cannot name itself."""
    if not isinstance(arguments, dict):
        raise RpcError(INVALID_PARAMS, "call_tool needs arguments: name, and arguments for that tool.")
    name, given = arguments.get("name"), arguments.get("arguments", {})
    if not isinstance(name, str) or name == CALL or not isinstance(given, dict) or set(arguments) - {"name", "arguments"}:
        raise RpcError(INVALID_PARAMS, "call_tool takes the name of another tool, and an object of arguments for it.")
    return name, given


def _asked(arguments: Any) -> tuple[str, str | None, bool, int]:
    given = {} if arguments is None else arguments
    if not isinstance(given, dict):
        raise RpcError(INVALID_PARAMS, "find_tools takes an object of arguments.")
    query, upstream = given.get("query", ""), given.get("upstream")
    limit, read_only = given.get("limit", 8), given.get("read_only", False)
    good = (
        isinstance(query, str)
        and len(query) <= 500
        and isinstance(read_only, bool)
        and (upstream is None or isinstance(upstream, str))
    )
    if not good or isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST:
        raise RpcError(
            INVALID_PARAMS, f"find_tools takes query (text), upstream (text), read_only (boolean), limit (1 to {_MOST})."
        )
    return query, upstream, read_only, limit


def _reads_only(entry: Entry) -> bool:
    annotations = entry.definition.get("annotations")
    return isinstance(annotations, dict) and annotations.get("readOnlyHint") is True


def _shown(entry: Entry) -> dict[str, Any]:
    keys = ("name", "title", "description", "inputSchema", "annotations")
    return {**{key: entry.definition[key] for key in keys if key in entry.definition}, "upstream": entry.offered.upstream}
