"""The hot path: tools/call, prompts/get, resources/read and completion/complete of revision 2026-07-28."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import orjson

from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.modern.relay import Call, Relay, bound_to, follow_failure, outcome_of
from dot_copilot.mcp.gateway.modern.state import STATE, open_state, seal_state
from dot_copilot.mcp.gateway.ports import CallEntry, Outcome
from dot_copilot.mcp.gateway.routing.access import KIND_OF, Access, ToolText
from dot_copilot.mcp.gateway.search import tools as search
from dot_copilot.mcp.gateway.upstreams.base import Exchange, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream, authorization_line
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, RESOURCE_NOT_FOUND, RpcError, dumps, tool_error
from dot_copilot.mcp.gateway.wire.seal import Sealer

METHODS = frozenset({"tools/call", "prompts/get", "resources/read", "completion/complete"})


class Calls:
    """Runs one call: name -> entry -> policy, limits, audit -> upstream -> client."""

    def __init__(self, access: Access, search_tools: search.Search | None, sealer: Sealer) -> None:
        self._access, self._search, self._sealer = access, search_tools, sealer
        self.relay = Relay(sealer)

    async def run(self, call: Call) -> None:
        """Answers the call. Raises `Refused` and `RpcError` before anything was sent."""
        try:
            await self._run(call)
        except ToolText as error:
            await self.relay.result(call, tool_error(error.text))

    async def _run(self, call: Call) -> None:
        entry = self._resolve(call)
        self._access.allow(call.verdict, entry, call.params.get("arguments"))
        if call.method == "completion/complete":
            await self._forward(call, entry, await self._access.begin_completion(call.verdict, entry, call.params))
            return
        key = h.NAMED[call.method]
        subject = entry.offered.name if entry.offered.kind is not Kind.TEMPLATE else call.params[key]
        arguments = call.params.get("arguments")
        log = await self._access.begin(call.verdict, entry, call.method, subject, arguments)
        if entry.upstream is None:
            await self._own(call, log)
            return
        call.params[key] = subject
        await self._forward(call, entry, log)

    def _resolve(self, call: Call) -> Entry:
        params = call.params
        if call.method == "completion/complete":
            return resolve_reference(self._access, params)
        kind = KIND_OF[call.method]
        name = params.get(h.NAMED[call.method])
        if kind is Kind.TOOL and name == search.CALL and self._search is not None:
            name, params["arguments"] = search.inner(params.get("arguments"))
            params["name"], call.through = name, True
        return self._access.entry(kind, name)

    async def _own(self, call: Call, log: CallEntry) -> None:
        """`find_tools`; the other of the gateway's tools has become the tool it names."""
        assert self._search is not None
        try:
            result = self._search.find(call.verdict, call.params.get("arguments"))
        except RpcError as error:
            log.end("error", error.message)
            raise
        log.end("ok")
        await self.relay.result(call, result)

    async def go_on(self, call: Call, entry: Entry, log: CallEntry, answer: Answer) -> None:
        """Passes on what the fast lane has begun: the answer is a stream."""
        await self._forward(call, entry, log, answer)

    async def _forward(self, call: Call, entry: Entry, log: CallEntry, answer: Answer | None = None) -> None:
        assert entry.upstream is not None
        outcome: Outcome = "cancelled"
        detail: str | None = None
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None
        gone: list[bool] = []

        def leave() -> None:
            gone.append(True)
            task.cancel()

        watch = asgi.Disconnect(call.receive, leave, loop)
        try:
            if answer is None:
                open_state(self._sealer, lambda: bound_to(call, entry), call.params)
                outcome = await self._exchange(call, entry)
            else:
                outcome = await self.relay.answer(call, entry, answer, entry.upstream.config.max_result_bytes)
        except UpstreamError as error:
            outcome, detail = outcome_of(error), error.text
            follow_failure(error)
            await self.relay.failed(call, error, entry.offered.upstream)
        except RpcError as error:
            outcome, detail = "refused", error.message
            raise
        except asyncio.CancelledError:
            if not gone:
                raise
            task.uncancel()
        finally:
            watch.stop()
            log.end(outcome, detail, call.told)

    async def _exchange(self, call: Call, entry: Entry) -> Outcome:
        upstream = entry.upstream
        credential = await self._access.credential(call.verdict, entry)
        if not isinstance(upstream, HttpUpstream) or upstream.era == "legacy":
            return await self._translated(call, entry, credential)
        lines = request_lines(call, authorization_line(credential))
        if call.through:  # headers named the outer tool's arguments, if any; the inner one may want its own
            lines += upstream.param_headers.lines(entry.offered.name, call.params.get("arguments"))
        body = dumps({"jsonrpc": "2.0", "id": call.id, "method": call.method, "params": call.params})
        answer = await upstream.post(lines, body)
        return await self.relay.answer(call, entry, answer, upstream.config.max_result_bytes)

    async def _translated(self, call: Call, entry: Entry, credential: str | None) -> Outcome:
        """A call to an upstream that speaks in messages, or only the handshake eras."""
        assert entry.upstream is not None

        async def notify(message: dict[str, Any]) -> None:
            await self.relay.notify(call, message)

        reply = await entry.upstream.exchange(Exchange(call.method, call.params, credential, on_notification=notify))
        if reply.result is None:
            error = reply.error or {}
            code = error.get("code")
            code = INVALID_PARAMS if code == RESOURCE_NOT_FOUND or not isinstance(code, int) else code
            await self.relay.error(call, code, str(error.get("message", "")), error.get("data"))
            return "error"
        result = {"resultType": "complete", **reply.result}
        if call.method == "resources/read":
            result = {"ttlMs": 0, **result, "cacheScope": "private"}
        if STATE in result:
            seal_state(self._sealer, lambda: bound_to(call, entry), result)
        raw = orjson.dumps(result)
        if len(raw) > entry.upstream.config.max_result_bytes:
            raise UpstreamError("too_large", f"The answer is larger than {entry.upstream.config.max_result_bytes} bytes.")
        await self.relay.result(call, raw)
        return "tool_error" if result.get("isError") is True else "ok"


def request_lines(call: Call, authorization: bytes) -> bytes:
    """The header lines of the upstream's request; names as the upstream knows them, parameters as the client sent them."""
    headers = call.headers
    key = h.NAMED.get(call.method)
    lines = _routing(headers[h.PROTOCOL_VERSION], call.method, None if key is None else call.params[key])
    if not call.through:
        for name, value in headers.items():
            if name.startswith(h.PARAM_PREFIX):
                lines += b"%b: %b\r\n" % (name, value)
    return lines + authorization


@lru_cache(maxsize=4096)
def _routing(version: bytes, method: str, name: str | None) -> bytes:
    lines = b"mcp-protocol-version: %b\r\nmcp-method: %b\r\n" % (version, method.encode())
    return lines if name is None else lines + b"mcp-name: %b\r\n" % h.encode(name)


def resolve_reference(access: Access, params: dict[str, Any], legacy: bool = False) -> Entry:
    """The entry whose argument is to be completed; renames the reference for the upstream."""
    ref = params.get("ref")
    if isinstance(ref, dict) and ref.get("type") == "ref/prompt":
        entry = access.entry(Kind.PROMPT, ref.get("name"), legacy)
        params["ref"] = {**ref, "name": entry.offered.name}
        return entry
    if isinstance(ref, dict) and ref.get("type") == "ref/resource":
        try:
            return access.entry(Kind.TEMPLATE, ref.get("uri"), legacy)
        except RpcError:
            return access.entry(Kind.RESOURCE, ref.get("uri"), legacy)
    raise RpcError(INVALID_PARAMS, "params.ref must be a prompt or a resource reference.")
