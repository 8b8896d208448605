"""`x-mcp-header`: arguments that a request repeats in `Mcp-Param-*` headers (2026-07-28, SEP-2243).

A client's own headers are passed on as they are; this is for calls that the gateway itself writes: for clients of another
era, and for `call_tool`.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Mapping
from typing import Any

import orjson

from dot_copilot.mcp.gateway.upstreams.base import Message

_ANNOTATED = b'"x-mcp-header"'
_log = logging.getLogger(__name__)


class ParamHeaders:
    """What the tools of one upstream want repeated."""

    def __init__(self) -> None:
        self._maps: dict[str, dict[tuple[str, ...], str]] = {}

    async def prepare(self, tools: list[Message]) -> None:
        """Before `learn`: loads the SDK beside the event loop, if these tools need it."""
        if any(_ANNOTATED in orjson.dumps(tool.get("inputSchema")) for tool in tools):
            await asyncio.to_thread(importlib.import_module, "mcp.shared.inbound")

    def learn(self, tools: list[Message]) -> list[Message]:
        """Notes what these tools want; gives those that may be used: one with a wrong annotation must be left out."""
        good = []
        self._maps = {}
        for tool in tools:
            schema = tool.get("inputSchema")
            if _ANNOTATED not in orjson.dumps(schema):
                good.append(tool)
                continue
            # Importing anything of the SDK loads all of it, 30 MB and most of a second: only when a tool needs it.
            from mcp.shared.inbound import find_invalid_x_mcp_header, x_mcp_header_map

            wrong = find_invalid_x_mcp_header(schema)
            if wrong is not None:
                _log.warning("tool %r is left out: %s", tool.get("name"), wrong)
                continue
            good.append(tool)
            if found := x_mcp_header_map(schema):
                self._maps[tool["name"]] = found
        return good

    def lines(self, tool: Any, arguments: Any) -> bytes:
        """The header lines of a call, each with its end."""
        found = self._maps.get(tool) if isinstance(tool, str) else None
        if not found or not isinstance(arguments, Mapping):
            return b""
        from mcp.shared.inbound import mcp_param_headers

        return b"".join(b"%b: %b\r\n" % (k.lower().encode(), v.encode()) for k, v in mcp_param_headers(found, arguments).items())
