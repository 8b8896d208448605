"""GitHub's own MCP server, against a stand-in for GitHub."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.github import GithubUpstream, refusal
from tests.mcp.upstreams.stdio_rig import children, descriptors, said
from tests.support import github
from tests.support.github import StandIn, running_github

pytestmark = pytest.mark.timeout(60)
REPOSITORY = {"owner": "octocat", "repo": "fleet"}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with running_github() as running:
        yield running


@contextlib.asynccontextmanager
async def upstream(*words: str, **members: Any) -> AsyncIterator[GithubUpstream]:
    made = GithubUpstream(
        UpstreamConfig(
            name="github",
            transport="stdio",
            command=("github-mcp-server", *words),
            credential="github",
            timeouts=Timeouts(connect=10),
            **members,
        )
    )
    await made.start(lambda _: None)
    try:
        yield made
    finally:
        await made.stop()


@contextlib.asynccontextmanager
async def at(stand_in: StandIn, **members: Any) -> AsyncIterator[GithubUpstream]:
    words = ("stdio", "--read-only", "--toolsets", "context,repos,issues,pull_requests", "--gh-host", stand_in.url)
    async with upstream(*words, **members) as made:
        yield made


async def call(made: GithubUpstream, tool: str, token: str | None = github.GOOD, /, **arguments: Any) -> Reply:
    return await made.exchange(Exchange("tools/call", {"name": tool, "arguments": arguments}, token))


@pytest.mark.asyncio
async def test_its_tools_are_listed_without_a_token_or_a_network_and_all_are_read_only() -> None:
    async with upstream() as made:
        began = time.monotonic()
        fetched = await made.fetch()

        assert time.monotonic() - began < 1.0
        assert {"get_me", "list_issues", "get_file_contents"} <= {tool["name"] for tool in fetched.tools}
        assert all(tool["annotations"]["readOnlyHint"] for tool in fetched.tools)
        assert not [tool["name"] for tool in fetched.tools if "secret" in tool["name"] or "notification" in tool["name"]]
        assert "logging" not in fetched.capabilities


@pytest.mark.asyncio
async def test_the_first_call_of_a_person_is_answered_within_a_second(stand_in: StandIn) -> None:
    async with at(stand_in) as made:
        began = time.monotonic()
        assert said(await call(made, "get_me"))["login"] == "octocat"
        assert time.monotonic() - began < 1.0


@pytest.mark.asyncio
async def test_each_process_shows_github_the_token_of_its_person(stand_in: StandIn) -> None:
    stand_in.tokens["ghp_tokenOfHubot00000000"] = "hubot"
    async with at(stand_in) as made:
        assert said(await call(made, "get_me"))["login"] == "octocat"
        assert said(await call(made, "get_me", "ghp_tokenOfHubot00000000"))["login"] == "hubot"
        assert made.processes == 2
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                assert b"ghp_tokenOfHubot" not in path.read_bytes()


@pytest.mark.asyncio
async def test_rest_graphql_and_contents_work(stand_in: StandIn) -> None:
    async with at(stand_in) as made:
        assert said(await call(made, "search_repositories", query="fleet"))["total_count"] == 1
        assert said(await call(made, "list_issues", **REPOSITORY))["issues"][0]["title"] == github.ISSUE["title"]
        assert said(await call(made, "get_issue", **REPOSITORY, issue_number=7))["number"] == 7


@pytest.mark.asyncio
@pytest.mark.parametrize("tool", ["get_me", "get_issue", "list_issues", "get_file_contents"])
async def test_a_token_github_does_not_know_says_where_to_replace_it(stand_in: StandIn, tool: str) -> None:
    async with at(stand_in) as made:
        reply = await call(made, tool, github.BAD, **REPOSITORY, path="README.md", issue_number=7)
        assert reply.result is not None
        assert reply.result["isError"] is True
        assert said(reply) == "GitHub refused your token: replace it at Assistants > GitHub"


@pytest.mark.parametrize("tool", ["get_issue", "list_issues", "search_repositories"])
@pytest.mark.asyncio
async def test_a_token_with_too_few_rights_says_so(stand_in: StandIn, tool: str) -> None:
    async with at(stand_in) as made:
        text = said(await call(made, tool, github.WEAK, **REPOSITORY, query="x", issue_number=7))
        assert text.startswith("GitHub refused your token for this: replace it at Assistants > GitHub by one that may")
        assert "Resource not accessible" in text
        assert github.WEAK not in text


@pytest.mark.asyncio
async def test_a_used_up_rate_limit_is_not_blamed_on_the_token(stand_in: StandIn) -> None:
    async with at(stand_in) as made:
        assert said(await call(made, "get_me", github.LIMITED)).startswith("GitHub's rate limit for your token is used up")


@pytest.mark.asyncio
async def test_what_is_not_there_is_a_tool_error_in_githubs_words(stand_in: StandIn) -> None:
    async with at(stand_in) as made:
        reply = await call(made, "list_branches", **REPOSITORY)
        assert reply.result is not None
        assert reply.result["isError"] is True
        assert "404 Not Found" in said(reply)


def test_the_words_of_a_question_are_not_taken_for_a_refusal() -> None:
    said = "failed to search issues 'non-200 OK status code: 401': GET http://h/api/v3/search?q=%3A+401: 422 Invalid []"
    assert refusal(said) is None
    assert refusal("failed to fetch raw content: not found") is None
    assert refusal('failed to fetch raw content: {"message": "Bad credentials"}') is not None


@pytest.mark.asyncio
async def test_without_a_token_nothing_is_asked(stand_in: StandIn) -> None:
    before = len(stand_in.requests)
    async with at(stand_in) as made:
        with pytest.raises(UpstreamError, match="no GitHub token is attached: attach one at Assistants") as caught:
            await call(made, "get_me", None)
        assert caught.value.reason == "refused"
        assert made.processes == 0
    assert len(stand_in.requests) == before


@pytest.mark.asyncio
async def test_its_own_crash_in_the_middle_of_a_call_is_healed(stand_in: StandIn) -> None:
    async with at(stand_in) as made:
        await made.fetch()
        with pytest.raises(UpstreamError, match=r"ended with code 2 while it worked on this\. It may have run"):
            await call(made, "get_pull_request_status", **REPOSITORY, pullNumber=github.CRASHING_PULL)
        asked = [path for _, path, _ in stand_in.requests if path.endswith(f"pulls/{github.CRASHING_PULL}")]
        assert len(asked) == 1, "it was not repeated"
        began = time.monotonic()
        assert said(await call(made, "get_me"))["login"] == "octocat"
        assert time.monotonic() - began < 1.0
        assert "crashed once in the last 10 minutes" in made.detail


@pytest.mark.asyncio
async def test_two_hundred_people_come_and_go(stand_in: StandIn) -> None:
    stand_in.tokens |= {f"ghp_personNumber{number:08}": f"person-{number}" for number in range(200)}
    async with at(stand_in) as made:
        await call(made, "get_me")
    before, held = children(), descriptors()
    async with at(stand_in, max_processes=3) as made:
        for number in range(200):
            assert said(await call(made, "get_me", f"ghp_personNumber{number:08}"))["login"] == f"person-{number}"
            assert made.processes <= 3
    assert children() == before
    assert descriptors() == held
