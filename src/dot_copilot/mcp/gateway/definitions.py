"""What an upstream offers, as pins see it: the canonical bytes of one definition, and their hash.

A definition is a tool, a prompt, a resource or a resource template as the upstream lists it, under its own name (the
gateway's prefix is not part of it). Every member counts, annotations, icons and `_meta` too: all of it reaches the
assistant or its user, so all of it could be turned against them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson


class Kind(StrEnum):
    """What can be offered; the value is stored in pins and in baseline files."""

    TOOL = "tool"
    PROMPT = "prompt"
    RESOURCE = "resource"
    TEMPLATE = "template"

    @property
    def method(self) -> str:
        """The method that lists this kind (revisions 2025-11-25 and 2026-07-28)."""
        return _LISTS[self][0]

    @property
    def member(self) -> str:
        """The member of that method's result that holds the list."""
        return _LISTS[self][1]

    @property
    def key(self) -> str:
        """The member of a definition that names it among its kind."""
        return _LISTS[self][2]


_LISTS = {
    Kind.TOOL: ("tools/list", "tools", "name"),
    Kind.PROMPT: ("prompts/list", "prompts", "name"),
    Kind.RESOURCE: ("resources/list", "resources", "uri"),
    Kind.TEMPLATE: ("resources/templates/list", "resourceTemplates", "uriTemplate"),
}


def definition_name(kind: Kind, definition: Mapping[str, Any]) -> str:
    """What pins call the definition: a name, a URI or a URI template. ValueError if it has none."""
    name = definition.get(kind.key)
    if not isinstance(name, str) or not name:
        raise ValueError(f"a {kind.value} without '{kind.key}'")
    return name


def canonical(kind: Kind, definition: Mapping[str, Any]) -> bytes:
    """The definition as JSON with sorted keys and no spaces, in an envelope that names its kind.

    Members that are null count as absent, as in the protocol's schema.
    """
    present = {key: value for key, value in definition.items() if value is not None}
    return orjson.dumps({"definition": present, "kind": kind.value}, option=orjson.OPT_SORT_KEYS)


def definition_hash(kind: Kind, definition: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
    return sha256(canonical(kind, definition)).hexdigest()
