"""What the tests of stdio upstreams share."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson

from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Reply
from dot_copilot.mcp.gateway.upstreams.stdio import StdioUpstream
from tests.support import stdio_server

SERVER = (sys.executable, stdio_server.__file__ or "")
QUICK = Timeouts(connect=10, first_byte=10, idle=10, total=20)


class TokenUpstream(StdioUpstream):
    """Gives the credential to the process as `TOKEN`; `changes` is what it told of."""

    changes: list[str]

    def environment(self, credential: str | None) -> dict[str, str]:
        return {"TOKEN": credential} if credential else {}


def configured(**members: Any) -> UpstreamConfig:
    """A configuration of the test server."""
    mode = members.pop("mode", "")
    defaults: dict[str, Any] = {"command": SERVER, "timeouts": QUICK, "env": {"MODE": mode}}
    return UpstreamConfig(name="test", transport="stdio", **(defaults | members))


@contextlib.asynccontextmanager
async def upstream(**members: Any) -> AsyncIterator[TokenUpstream]:
    """A started upstream, stopped afterwards."""
    made = TokenUpstream(configured(**members))
    made.changes = []
    await made.start(made.changes.append)
    try:
        yield made
    finally:
        await made.stop()


async def call(made: StdioUpstream, name: str, credential: str | None = "alice", **more: Any) -> Reply:
    """One `tools/call`."""
    arguments = more.pop("arguments", {})
    return await made.exchange(Exchange("tools/call", {"name": name, "arguments": arguments}, credential, **more))


def said(reply: Reply) -> Any:
    """The text of a tool's result, read as JSON where it is JSON."""
    assert reply.result is not None, reply.error
    text = reply.result["content"][0]["text"]
    with contextlib.suppress(orjson.JSONDecodeError):
        return orjson.loads(text)
    return text


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie counts, for nobody has collected it."""
    return Path(f"/proc/{pid}").exists()


def descriptors() -> int:
    """How many files, pipes and local sockets this process holds. TCP is left out: what others in the test's process hold, such
    as a pool of database connections, comes and goes, and a child is never spoken to that way.
    """
    local = {f"socket:[{line.split()[6]}]" for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    return sum(1 for target in _targets() if not target.startswith("socket:") or target in local)


def _targets() -> Iterator[str]:
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the descriptor that lists the folder
            yield os.readlink(f"/proc/self/fd/{name}")


def children() -> set[int]:
    """Every child of this process, zombies included."""
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}
