"""What one upstream offers, under its public names."""

from __future__ import annotations

import re
from typing import Any

import orjson
from msgspec import Struct

from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash
from dot_copilot.mcp.gateway.ports import Offered
from dot_copilot.mcp.gateway.upstreams.base import Fetched, Message, Upstream

SCOPE_META = "dot-copilot/scope"
_MAX_NAME = 128


class Entry(Struct, eq=False):
    """One published definition: `public` is the name clients use, `offered.name` the upstream's; `raw` its JSON.

    `upstream` is None for the gateway's own tools.
    """

    offered: Offered
    public: str
    upstream: Upstream | None
    definition: Message
    raw: bytes
    matcher: re.Pattern[str] | None = None

    @property
    def tool(self) -> str:
        """The name of limits and audit: `<upstream>/<tool>`."""
        return f"{self.offered.upstream}/{self.offered.name}"


def lists_of(fetched: Fetched) -> dict[Kind, list[Message]]:
    """The four lists by kind."""
    return {
        Kind.TOOL: fetched.tools,
        Kind.PROMPT: fetched.prompts,
        Kind.RESOURCE: fetched.resources,
        Kind.TEMPLATE: fetched.templates,
    }


def entries_of(config: UpstreamConfig, upstream: Upstream, kind: Kind, definitions: list[Message]) -> list[Entry]:
    """The definitions of one kind, named. Definitions that have no usable name, or one twice, are left out."""
    found: dict[str, Entry] = {}
    for definition in definitions:
        name = definition.get(kind.key)
        if isinstance(name, str) and 0 < len(name) <= (_MAX_NAME if kind in (Kind.TOOL, Kind.PROMPT) else 4096):
            found.setdefault(name, _entry(config, upstream, kind, definition))
    return list(found.values())


def _entry(config: UpstreamConfig, upstream: Upstream, kind: Kind, definition: Message) -> Entry:
    name: str = definition[kind.key]
    public, shown = name, definition
    if config.prefix != "none" and kind in (Kind.TOOL, Kind.PROMPT):
        public = f"{config.prefix}_{name}"
        shown = {**definition, "name": public}
    offered = Offered(
        upstream=config.name,
        kind=kind,
        name=name,
        hash=definition_hash(kind, definition),
        scope=_scope(config, definition),
        definition=orjson.dumps(definition),
    )
    matcher = template_pattern(name) if kind is Kind.TEMPLATE else None
    return Entry(offered, public, upstream, shown, orjson.dumps(shown), matcher)


def _scope(config: UpstreamConfig, definition: Message) -> str:
    meta: Any = definition.get("_meta")
    if config.trust == "built-in" and isinstance(meta, dict) and isinstance(meta.get(SCOPE_META), str):
        return str(meta[SCOPE_META])
    return config.scope


def template_pattern(template: str) -> re.Pattern[str]:
    """A pattern of the URIs that a URI template (RFC 6570) makes: `{x}` stops at a slash, `{+x}` and `{#x}` do not."""
    parts = re.split(r"(\{[^{}]*\})", template)
    made = ""
    for part in parts:
        if not part.startswith("{"):
            made += re.escape(part)
        elif part[1:2] in ("+", "#"):
            made += ".+"
        elif part[1:2] in ("?", "&", "/", ".", ";"):
            made += "[^#]*"
        else:
            made += "[^/?#]+"
    return re.compile(made)
