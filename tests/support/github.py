"""A stand-in for GitHub on the loopback interface, for GitHub's MCP server to talk to.

`--gh-host http://host:port` loses its port, so the stand-in listens on port 80, of an address of its own (127.0.0.2 or one
of the next). That takes root, or a machine that lets everybody use low ports.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

GOOD, WEAK, LIMITED, BAD = (
    "ghp_goodTokenOfOctocat00",
    "ghp_weakTokenOfOctocat00",
    "ghp_usedUpTokenOfOctocat",
    "ghp_revokedTokenOfNobody",
)
"""Tokens: one that may do everything, one with too few rights, one whose rate limit is used up, one GitHub does not know."""
ISSUE = {
    "number": 7,
    "title": "Medical card reminder is late",
    "body": "Seen on Monday.",
    "state": "OPEN",
    "databaseId": 70,
    "author": {"login": "octocat"},
    "createdAt": "2026-07-01T08:00:00Z",
    "updatedAt": "2026-07-02T08:00:00Z",
    "labels": {"nodes": []},
    "comments": {"totalCount": 0},
}
CRASHING_PULL = 13
"""Asking GitHub's server for the status of this pull request makes it panic (it has no head): a crash as real as can be."""
README = "# Fleet tools\n"
Answer = tuple[int, Any]


def _repository(owner: str, name: str) -> dict[str, Any]:
    return {
        "id": 1,
        "name": name,
        "full_name": f"{owner}/{name}",
        "owner": {"login": owner},
        "private": True,
        "html_url": f"https://github.com/{owner}/{name}",
        "default_branch": "main",
    }


def _repository_part(owner: str, name: str, rest: list[str]) -> Answer:
    sha = "0123456789abcdef0123456789abcdef01234567"
    if not rest:
        return 200, _repository(owner, name)
    if rest[:2] == ["git", "ref"]:
        return 200, {"ref": "refs/heads/main", "object": {"type": "commit", "sha": sha}}
    if rest[0] == "contents":
        content = base64.b64encode(README.encode()).decode()
        file = {"type": "file", "name": "README.md", "path": "README.md", "sha": sha, "size": len(README)}
        return 200, file | {"encoding": "base64", "content": content}
    if rest[0] == "issues" and len(rest) == 2:
        return 200, {"id": 70, "number": int(rest[1]), "title": ISSUE["title"], "state": "open", "user": {"login": "octocat"}}
    if rest[0] == "pulls" and rest[1:] == [str(CRASHING_PULL)]:
        return 200, {"id": 1, "number": CRASHING_PULL}
    return 404, {"message": "Not Found"}


def _graphql(query: str) -> Answer:
    page = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": "", "endCursor": ""}
    if "issues(" in query:
        return 200, {"data": {"repository": {"issues": {"nodes": [ISSUE], "pageInfo": page, "totalCount": 1}}}}
    return 200, {"data": {}, "errors": [{"message": "the stand-in does not know this query"}]}


@dataclass
class StandIn:
    """`url` is for `--gh-host`; `requests` are (method, path, token) as they came; `tokens` are logins by token."""

    url: str
    tokens: dict[str, str] = field(default_factory=lambda: {GOOD: "octocat", WEAK: "octocat", LIMITED: "octocat"})
    requests: list[tuple[str, str, str]] = field(default_factory=list)

    def answer(self, method: str, path: str, token: str, body: bytes) -> Answer:
        """Status and JSON."""
        self.requests.append((method, path, token))
        if token not in self.tokens:
            return 401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}
        if token == LIMITED:
            return 403, {"message": "API rate limit exceeded for user ID 1."}
        if token == WEAK:
            return 403, {"message": "Resource not accessible by personal access token"}
        return self._allowed(urlsplit(path).path.removeprefix("/api/v3").strip("/").split("/"), token, body)

    def _allowed(self, words: list[str], token: str, body: bytes) -> Answer:
        if words == ["user"]:
            return 200, {"login": self.tokens[token], "id": 1, "html_url": f"https://github.com/{self.tokens[token]}"}
        if words == ["search", "repositories"]:
            return 200, {"total_count": 1, "incomplete_results": False, "items": [_repository("octocat", "fleet")]}
        if words[0] == "repos" and len(words) >= 3:
            return _repository_part(words[1], words[2], words[3:])
        if words == ["api", "graphql"]:
            return _graphql(json.loads(body)["query"])
        return 404, {"message": "Not Found"}


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            token = self.headers.get("authorization", "").rpartition(" ")[2]
            status, answer = stand_in.answer(self.command, self.path, token, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815 - the names http.server calls

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET


@contextlib.contextmanager
def running_github() -> Iterator[StandIn]:
    """The stand-in, running; skips the test where nothing may listen on port 80."""
    error: OSError | None = None
    for last in range(2, 32):
        stand_in = StandIn(f"http://127.0.0.{last}")
        try:
            server = _Server((f"127.0.0.{last}", 80), _handler(stand_in))
        except OSError as failed:
            error = failed
            continue
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
        return
    pytest.skip(f"GitHub's server can be told a host only, no port, and nothing may listen on port 80 here: {error}")
