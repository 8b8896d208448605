"""GitHub's own server behind the gateway: clients of both eras, each person with their own token."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import GatewayConfig, parse
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.upstreams.github import GithubUpstream
from dot_copilot.mcp.gateway.upstreams.make import make
from tests.support import github
from tests.support.github import StandIn, running_github
from tests.support.mcp_client import Client, message
from tests.support.mcp_gateway import Served, fixture_server
from tests.support.mcp_guard import OpenGuard

pytestmark = pytest.mark.timeout(90)
REPOSITORY = {"owner": "octocat", "repo": "fleet"}
TOKENS = {1: github.GOOD, 2: "ghp_tokenOfHubot00000000", 3: github.BAD}


class Tokens(OpenGuard):
    """Persons 1 to 3 have attached a token (the third a revoked one), nobody else has."""

    async def github(self, verdict: Verdict) -> str | None:
        return TOKENS.get(verdict.caller.user_id.int)


def configuration(second: str, url: str) -> GatewayConfig:
    command = ["github-mcp-server", "stdio", "--read-only", "--toolsets", "context,repos,issues,pull_requests"]
    return parse(
        {
            "upstream": [
                {"name": "second", "transport": "http", "url": second, "prefix": "none"},
                {
                    "name": "github",
                    "transport": "stdio",
                    "command": [*command, "--gh-host", url],
                    "prefix": "github",
                    "credential": "github",
                    "timeouts": {"connect": 10},
                },
            ]
        }
    )


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with running_github() as running:
        running.tokens[TOKENS[2]] = "hubot"
        yield running


@pytest.fixture(scope="module")
def served(stand_in: StandIn) -> Iterator[Served]:
    with fixture_server("second") as second:
        config = configuration(second, stand_in.url)
        with Served(config, Tokens(), [make(one) for one in config.upstream]) as running:
            yield running


def text_of(answer: dict[str, Any]) -> str:
    text: str = answer["result"]["content"][0]["text"]
    return text


def login(answer: dict[str, Any]) -> str:
    name: str = json.loads(text_of(answer))["login"]
    return name


def test_its_tools_are_listed_beside_the_others_to_both_eras(served: Served) -> None:
    with Client(served.url) as client:
        modern = message(client.ask("tools/list"))["result"]
        legacy = client.legacy(client.initialize(), "tools/list")["result"]
    for names in ({tool["name"] for tool in modern["tools"]}, {tool["name"] for tool in legacy["tools"]}):
        assert {"github_get_me", "github_list_issues"} <= names
        assert any(not name.startswith("github_") for name in names)


def test_each_person_calls_with_their_own_token_in_both_eras(served: Served) -> None:
    for number, name in ((1, "octocat"), (2, "hubot"), (1, "octocat")):
        with Client(served.url, number) as client:
            answer = client.call("github_get_me")
            assert login(answer) == name
            assert answer["result"]["resultType"] == "complete"
            assert login(client.legacy(client.initialize(), "tools/call", {"name": "github_get_me", "arguments": {}})) == name
    pool = served.upstreams[1]
    assert isinstance(pool, GithubUpstream)
    assert pool.processes == 2


def test_the_transcript_is_handed_what_the_client_was_told_in_both_eras(served: Served) -> None:
    with Client(served.url) as client:
        modern = client.call("github_get_me")
        assert json.loads(served.guard.calls[-1].answer) == modern
        legacy = client.legacy(client.initialize(), "tools/call", {"name": "github_get_me", "arguments": {}})
        assert json.loads(served.guard.calls[-1].answer) == legacy


def test_a_refused_token_is_a_tool_error_that_says_what_to_do(served: Served) -> None:
    with Client(served.url, 3) as client:
        answer = client.call("github_get_me")
    assert answer["result"]["isError"] is True
    assert text_of(answer) == "GitHub refused your token: replace it at Assistants > GitHub"


def test_without_a_token_the_answer_says_where_to_attach_one(served: Served) -> None:
    with Client(served.url, 9) as client:
        answer = client.call("github_get_me")
    assert "attach one at Assistants > GitHub" in json.dumps(answer)


def test_a_crash_is_an_error_once_and_then_healed_and_told(served: Served, stand_in: StandIn) -> None:
    with Client(served.url) as client:
        before = len(stand_in.requests)
        answer = client.call("github_get_pull_request_status", {**REPOSITORY, "pullNumber": github.CRASHING_PULL})
        assert "It may have run, so it was not repeated" in json.dumps(answer)
        assert len(stand_in.requests) == before + 1
        began = time.monotonic()
        assert login(client.call("github_get_me")) == "octocat"
        assert time.monotonic() - began < 1.0
    with Client(served.url, 2) as client:
        assert login(client.call("github_get_me")) == "hubot"
    assert "crashed" in served.upstreams[1].detail


def test_what_it_offers_beyond_tools_is_served_too(served: Served) -> None:
    with Client(served.url) as client:
        prompts = {one["name"] for one in message(client.ask("prompts/list"))["result"]["prompts"]}
        assert "github_AssignCodingAgent" in prompts
        prompt = message(client.ask("prompts/get", {"name": "github_AssignCodingAgent", "arguments": {"repo": "octocat/fleet"}}))
        assert prompt["result"]["messages"]
        templates = message(client.ask("resources/templates/list"))["result"]["resourceTemplates"]
        assert any(one["uriTemplate"].startswith("repo://") for one in templates)
