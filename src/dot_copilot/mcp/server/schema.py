"""JSON Schema (2020-12) of a tool's arguments and results, from the types that read and write them."""

from __future__ import annotations

from typing import Any

import msgspec


def of_arguments(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The input schema: `X | None = None` is shown as an optional X, which is how assistants leave things out best."""
    schema = _root(kind)
    for name, member in schema.get("properties", {}).items():
        schema["properties"][name] = _plain(member)
    schema.setdefault("properties", {})
    return schema


def of_result(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The output schema, an object at its root (as revisions up to 2025-11-25 ask)."""
    return _root(kind)


def _root(kind: type[msgspec.Struct]) -> dict[str, Any]:
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root: dict[str, Any] = components.pop(reference["$ref"].rsplit("/", maxsplit=1)[-1])
    root.pop("title", None)
    root.pop("description", None)
    for component in components.values():
        component.pop("title", None)
    if components:
        root["$defs"] = components
    _type_enums(root)
    return root


def _type_enums(schema: Any) -> None:
    """Names the type of an enumeration of texts, which some clients insist on."""
    if isinstance(schema, dict):
        if "type" not in schema and schema.get("enum") and all(isinstance(value, str) for value in schema["enum"]):
            schema["type"] = "string"
        for value in schema.values():
            _type_enums(value)
    elif isinstance(schema, list):
        for value in schema:
            _type_enums(value)


def _plain(member: dict[str, Any]) -> dict[str, Any]:
    kinds = member.get("anyOf")
    if kinds is not None and member.get("default", "") is None:
        rest = [kind for kind in kinds if kind != {"type": "null"}]
        if len(rest) == 1:
            outer = {name: value for name, value in member.items() if name not in ("anyOf", "default")}
            return {**rest[0], **outer}
    if member.get("default", "") is None and isinstance(member.get("enum"), list):
        plain = {name: value for name, value in member.items() if name != "default"}
        return {"type": "string", **plain, "enum": [value for value in member["enum"] if value is not None]}
    return member
