"""Finding the right tool among many."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.publish import Publisher
from dot_copilot.mcp.gateway.search.ranking import words
from dot_copilot.mcp.gateway.search.tools import Search, inner, own_entries
from dot_copilot.mcp.gateway.upstreams.base import Fetched
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.wire.jsonrpc import RpcError
from tests.support.mcp_guard import OpenGuard, verdict
from tests.unit.mcp.gateway.test_catalogue import configured, tool

GITHUB = {
    "list_issues": "Lists the issues of a repository",
    "create_issue": "Creates a new issue in a repository",
    "get_file_contents": "Returns the contents of a file or a folder",
    "search_code": "Searches code across all repositories",
    "merge_pull_request": "Merges a pull request",
    "list_commits": "Lists the commits of a branch",
    "get_me": "Who the token belongs to",
}
OURS = {
    "search_drivers": "Finds drivers by name, terminal or status",
    "expiring_soon": "What expires in the next days: licences, medical certificates, and other evidence",
    "record_evidence": "Records evidence, such as a medical certificate, in a driver's file",
    "explain_requirement": "Explains a requirement, with its citation of 49 CFR",
}


@pytest.fixture
def search() -> tuple[Search, OpenGuard]:
    config = configured({"name": "ours"}, {"name": "github", "prefix": "github"})
    ours, github = (HttpUpstream(one) for one in config.upstream)
    found = Catalogue(config, [ours, github], own_entries())
    schema = {"type": "object", "properties": {"owner": {}, "repo": {}}}
    found.update(
        ours,
        Fetched(
            tools=[
                tool(name, description=text, annotations={"readOnlyHint": name != "record_evidence"})
                for name, text in OURS.items()
            ]
        ),
    )
    found.update(github, Fetched(tools=[tool(name, description=text, inputSchema=schema) for name, text in GITHUB.items()]))
    guard = OpenGuard()
    publisher = Publisher(config, found, guard)
    return Search(publisher, guard.view, lambda: (found.version, guard.version)), guard


def found(search: Search, **arguments: Any) -> list[str]:
    result = orjson.loads(search.find(verdict(), arguments))
    assert orjson.loads(result["content"][0]["text"]) == result["structuredContent"]
    return [one["name"] for one in result["structuredContent"]["tools"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("open a new issue", "github_create_issue"),
        ("read a file from the repository", "github_get_file_contents"),
        ("which medical certificates expire soon", "expiring_soon"),
        ("find a driver by name", "search_drivers"),
        ("merging pull requests", "github_merge_pull_request"),
        ("citation", "explain_requirement"),
        ("github_list_commits", "github_list_commits"),
        ("record a medical certificate", "record_evidence"),
        ("listIssues", "github_list_issues"),
    ],
)
def test_the_best_comes_first(search: tuple[Search, OpenGuard], query: str, first: str) -> None:
    assert found(search[0], query=query)[0] == first


def test_filters_and_bounds(search: tuple[Search, OpenGuard]) -> None:
    assert set(found(search[0], query="list", upstream="github")) == {"github_list_issues", "github_list_commits"}
    assert "record_evidence" not in found(search[0], query="evidence", read_only=True)
    assert len(found(search[0], limit=3)) == 3
    assert found(search[0], query="zebra crossing") == []


def test_what_a_person_may_not_see_is_not_found(search: tuple[Search, OpenGuard]) -> None:
    assert found(search[0], query="merge")
    search[1].hidden.add("merge_pull_request")
    search[1].version += 1
    assert found(search[0], query="merge") == []


def test_schemas_come_with_the_tools(search: tuple[Search, OpenGuard]) -> None:
    result = orjson.loads(search[0].find(verdict(), {"query": "create issue", "limit": 1}))["structuredContent"]
    assert result["tools"][0]["inputSchema"]["properties"] == {"owner": {}, "repo": {}}
    assert result["tools"][0]["upstream"] == "github"


@pytest.mark.parametrize(
    "arguments", [[], {"query": 5}, {"limit": 0}, {"limit": 26}, {"limit": True}, {"upstream": 1}, {"query": "x" * 501}]
)
def test_wrong_arguments_are_refused(search: tuple[Search, OpenGuard], arguments: Any) -> None:
    with pytest.raises(RpcError):
        search[0].find(verdict(), arguments)


@pytest.mark.parametrize(
    "arguments", [None, {}, {"name": 5}, {"name": "call_tool"}, {"name": "a", "arguments": 5}, {"name": "a", "more": 1}]
)
def test_call_tool_needs_another_tools_name(arguments: Any) -> None:
    with pytest.raises(RpcError):
        inner(arguments)
    assert inner({"name": "a"}) == ("a", {})


def test_words_are_cut_alike() -> None:
    assert words("listPullRequests") == words("list_pull_request")
    assert words("Expiring certificates") == words("certificate expires")[::-1]
