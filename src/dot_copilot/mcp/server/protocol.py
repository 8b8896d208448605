"""The tools, resources and prompts on the SDK's low-level server. Imported late: the SDK takes longer to load than the API.

Handlers give plain dictionaries in wire form, which spares a model a call; the SDK checks them against the revision's schema.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

import msgspec
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST
from starlette.types import ASGIApp

from dot_copilot import __version__
from dot_copilot.core.clock import Clock
from dot_copilot.mcp.server import prompts, resources
from dot_copilot.mcp.server.completion import complete
from dot_copilot.mcp.server.errors import ToolError, explain
from dot_copilot.mcp.server.finding import Finder, Names
from dot_copilot.mcp.server.inside import Api, Language, Refusal
from dot_copilot.mcp.server.tool import Ask, Tool
from dot_copilot.mcp.server.tools import BY_NAME, TOOLS
from dot_copilot.mcp.server.transcript import Transcript
from dot_copilot.mcp.server.visitor import Visitor

log = logging.getLogger(__name__)
VISITOR = "dot_copilot.visitor"  # key in the ASGI scope
MAX_BODY_BYTES = 256 * 1024
_LIST_TTL_MS = 300_000
_CATALOGUE_TTL_MS = 60_000
_COMPLETE = {"resultType": "complete"}  # revision 2026-07-28; dropped for earlier ones
_INSTRUCTIONS = (
    "Driver qualification files of a trucking fleet under 49 CFR, from live records. Status is a function of the day: pass as_of "
    "for any day but today, and give dates as 2026-11-26. Start with compliance_summary; find people with search_drivers; "
    "driver_file tells why, with the arithmetic and the citation. 'missing' was never collected, 'expired' was collected once. "
    "Every call is logged as the person's, through this assistant. This informs; it is not legal advice."
)


@dataclass(slots=True)
class _Handlers:
    """What the server answers with. `app` is the API; names are remembered for a minute."""

    app: ASGIApp
    clock: Clock
    names: Names
    transcript: Transcript
    public_url: str

    def _ask(self, ctx: Any, language: Language = "en") -> Ask:
        visitor: Visitor | None = ctx.request.scope[VISITOR]
        if visitor is None:
            raise MCPError(INVALID_REQUEST, "Without a token only the lists can be read.")
        api = Api(self.app, visitor, language)
        return Ask(api, Finder(api, self.names, language), self.clock, language, self.public_url)

    async def list_tools(self, ctx: Any, params: Any) -> Any:
        _only_page(params)
        return _listed(tools=_offered(ctx, TOOLS))

    async def call_tool(self, ctx: Any, params: Any) -> Any:
        tool = BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name}")
        sent = params.arguments or {}
        ask = self._ask(ctx, "es" if sent.get("language") == "es" else "en")
        began = perf_counter()
        answer = await self._answer(tool, ask, sent)
        self.transcript.note(ask.visitor.caller, tool.name, sent, answer, perf_counter() - began)
        return answer

    async def _answer(self, tool: Tool[Any], ask: Ask, sent: dict[str, Any]) -> dict[str, Any]:
        """The result of one call in wire form; what went wrong is told in it."""
        try:
            if not tool.offered_to(ask.visitor):
                raise ToolError(tool.refusal(ask.visitor))
            answer = await tool.run(ask, tool.read(sent))
        except ToolError as error:
            return _failed(str(error))
        except Refusal as refusal:
            return _failed(explain(refusal))
        except Exception:
            log.exception("tool %s failed", tool.name)
            return _failed(
                "Something went wrong on our side. If it was to record something, check driver_file before trying again."
            )
        return {
            "content": [{"type": "text", "text": answer.text}],
            "structuredContent": msgspec.to_builtins(answer.content),
            "isError": False,
            **_COMPLETE,
        }

    async def list_resources(self, ctx: Any, params: Any) -> Any:
        _only_page(params)
        return _listed(resources=_offered(ctx, [resources.CATALOGUE]))

    async def list_templates(self, ctx: Any, params: Any) -> Any:
        _only_page(params)
        return _listed(resourceTemplates=_offered(ctx, [resources.FILE]))

    async def read_resource(self, ctx: Any, params: Any) -> Any:
        uri = str(params.uri)
        try:
            text = await resources.read(self._ask(ctx), uri)
        except resources.UnknownResource:
            raise MCPError(INVALID_PARAMS, f"There is no resource {uri} for this person.", {"uri": uri}) from None
        except ToolError as error:
            raise MCPError(INVALID_PARAMS, str(error), {"uri": uri}) from None
        except Refusal as refusal:
            code = INVALID_PARAMS if refusal.status < 500 else INTERNAL_ERROR
            raise MCPError(code, explain(refusal), {"uri": uri}) from None
        ttl = _CATALOGUE_TTL_MS if uri == resources.CATALOGUE_URI else 0
        content = {"uri": uri, "mimeType": resources.JSON, "text": text}
        return {"contents": [content], "ttlMs": ttl, "cacheScope": "private", **_COMPLETE}

    async def list_prompts(self, ctx: Any, params: Any) -> Any:
        _only_page(params)
        return _listed(prompts=_offered(ctx, prompts.PROMPTS))

    async def get_prompt(self, ctx: Any, params: Any) -> Any:
        prompt = prompts.BY_NAME.get(params.name)
        if prompt is None or not prompt.offered_to(self._ask(ctx).visitor):
            raise MCPError(INVALID_PARAMS, f"There is no prompt {params.name} for this person.")
        given = params.arguments or {}
        if (problem := prompt.problem(given)) is not None:
            raise MCPError(INVALID_PARAMS, problem)
        text = prompt.write(given, given.get("language") or "en")
        message = {"role": "user", "content": {"type": "text", "text": text}}
        return {"description": prompt.description, "messages": [message], **_COMPLETE}

    async def complete(self, ctx: Any, params: Any) -> Any:
        values, total = await complete(self._ask(ctx), params.argument.name, params.argument.value)
        return {"completion": {"values": values, "total": total, "hasMore": total > len(values)}, **_COMPLETE}


class _Item(Protocol):
    """Something that is listed for whoever may use it."""

    @property
    def definition(self) -> dict[str, Any]: ...

    def offered_to(self, visitor: Visitor) -> bool: ...


def _offered(ctx: Any, items: Iterable[_Item]) -> list[dict[str, Any]]:
    """The definitions for this visitor. Without a token all of them: so the gateway learns its catalogue, which holds no data."""
    visitor: Visitor | None = ctx.request.scope[VISITOR]
    return [item.definition for item in items if visitor is None or item.offered_to(visitor)]


def _listed(**items: Any) -> dict[str, Any]:
    return {**items, "ttlMs": _LIST_TTL_MS, "cacheScope": "private", **_COMPLETE}


def _failed(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}], "isError": True, **_COMPLETE}


def _only_page(params: Any) -> None:
    if params is not None and params.cursor is not None:
        raise MCPError(INVALID_PARAMS, "Invalid cursor: this list has one page.")


def build(app: ASGIApp, clock: Clock, transcript: Transcript, public_url: str) -> StreamableHTTPSessionManager:
    """The server behind an HTTP transport that keeps no sessions; run it with `run()` before the first request."""
    do = _Handlers(app, clock, Names(), transcript, public_url)
    server: Server[Any] = Server(
        "dot-copilot",
        version=__version__,
        title="DOT-Copilot",
        description="Driver qualification files, audit-ready under FMCSA rules",
        instructions=_INSTRUCTIONS,
        # Without it the SDK would list the tools on every call, to look for arguments that travel as headers. We have none.
        get_tool_input_schema=lambda _name: None,
        on_list_tools=do.list_tools,
        on_call_tool=do.call_tool,
        on_list_resources=do.list_resources,
        on_list_resource_templates=do.list_templates,
        on_read_resource=do.read_resource,
        on_list_prompts=do.list_prompts,
        on_get_prompt=do.get_prompt,
        on_completion=do.complete,
    )
    server.middleware.clear()  # OpenTelemetry spans that nobody collects
    return StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=MAX_BODY_BYTES)
