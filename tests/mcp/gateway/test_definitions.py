"""A definition's hash moves with everything an assistant could read, and with nothing else."""

from __future__ import annotations

import pytest

from dot_copilot.mcp.gateway.definitions import Kind, canonical, definition_hash, definition_name

TOOL = {
    "name": "get_me",
    "title": "Who am I",
    "description": "Gives the signed-in user",
    "inputSchema": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
    "annotations": {"readOnlyHint": True},
}


def test_the_order_of_members_does_not_matter() -> None:
    turned = dict(reversed(list(TOOL.items())))
    turned["inputSchema"] = {"properties": {"b": {"type": "integer"}, "a": {"type": "string"}}, "type": "object"}

    assert definition_hash(Kind.TOOL, turned) == definition_hash(Kind.TOOL, TOOL)


def test_a_null_member_counts_as_absent() -> None:
    assert definition_hash(Kind.TOOL, TOOL | {"outputSchema": None}) == definition_hash(Kind.TOOL, TOOL)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "get_you"},
        {"title": "Who are you"},
        {"description": "Gives the signed-in user "},
        {"inputSchema": {"type": "object"}},
        {"outputSchema": {"type": "object"}},
        {"annotations": {"readOnlyHint": False}},
        {"icons": [{"src": "https://example.com/a.png"}]},
        {"_meta": {"ui": {"resourceUri": "ui://page"}}},
        {"execution": {"taskSupport": "required"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_member_matters(change: dict[str, object]) -> None:
    assert definition_hash(Kind.TOOL, TOOL | change) != definition_hash(Kind.TOOL, TOOL)


def test_a_tool_is_not_a_prompt() -> None:
    assert definition_hash(Kind.PROMPT, TOOL) != definition_hash(Kind.TOOL, TOOL)


def test_the_bytes_are_fixed() -> None:
    """They are stored in baselines and in the database, so they may never drift."""
    assert canonical(Kind.TOOL, {"name": "é", "inputSchema": {"b": 1, "a": [1.5, True, None]}}) == (
        '{"definition":{"inputSchema":{"a":[1.5,true,null],"b":1},"name":"é"},"kind":"tool"}'.encode()
    )
    assert definition_hash(Kind.TOOL, {"name": "a"}) == "2f838c9a147168334ee4bbae55df87e90ee8bfc8c7ff69b440d4937b1a1f76a8"


@pytest.mark.parametrize(("kind", "key"), [(Kind.TOOL, "name"), (Kind.RESOURCE, "uri"), (Kind.TEMPLATE, "uriTemplate")])
def test_each_kind_has_its_name(kind: Kind, key: str) -> None:
    assert definition_name(kind, {key: "x"}) == "x"
    for broken in ({}, {key: ""}, {key: 7}):
        with pytest.raises(ValueError, match=key):
            definition_name(kind, broken)
