"""An upstream over streamable HTTP: one pool, both eras, and the requests the gateway makes on its own account."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from typing import Final

import orjson

from dot_copilot.core.telemetry.clients import http_call
from dot_copilot.core.telemetry.standard import HTTP_CLIENT
from dot_copilot.mcp.gateway.catalogue.pages import everything
from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.ports import UpstreamState
from dot_copilot.mcp.gateway.upstreams.base import Era, Exchange, Fetched, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.http_answer import reply_of
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer, Connection, Told
from dot_copilot.mcp.gateway.upstreams.http_params import ParamHeaders
from dot_copilot.mcp.gateway.upstreams.http_pool import Pool
from dot_copilot.mcp.gateway.upstreams.http_session import LegacySession, open_session
from dot_copilot.mcp.gateway.upstreams.http_watch import watch_lists
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import MODERN, dumps

logger = logging.getLogger(__name__)

VERSION: Final = MODERN[-1]
VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
_META: Final = {
    VERSION_KEY: VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "dot-copilot-gateway", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
_NOT_THERE: Final = frozenset({"down", "timeout"})
_NOT_SERVED: Final = frozenset({502, 503, 504})
_ASKED: Final[Message] = {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}
_ASK = Timeouts(connect=2.0, first_byte=10.0, idle=10.0, total=20.0)


class HttpUpstream:
    """See `upstreams.base.Upstream`. `post` is the hot path: bytes out, an `Answer` back."""

    def __init__(self, config: UpstreamConfig, breaker: Breaker | None = None) -> None:
        self.config = config
        self._breaker = breaker or Breaker(config.name)
        self.pool = Pool(config.url)
        self.asked = HTTP_CLIENT.labels(config.name, "200")  # how long good answers took
        self._era: Era | None = None
        self._settled = False
        self._state: UpstreamState = "starting"
        self._detail = "not asked yet"
        self._sessions: dict[tuple[str | None, bool], LegacySession] = {}
        self.param_headers = ParamHeaders()
        self._ids = itertools.count(1)
        self._changed: Callable[[str], None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._head = (
            b"POST %b HTTP/1.1\r\nhost: %b\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n"
            % (self.pool.target, self.pool.authority)
        )

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def left_alone(self) -> bool:
        return self._breaker.state == "open"

    @property
    def era(self) -> Era:
        return self._era or "both"

    @property
    def state(self) -> UpstreamState:
        return self._state

    @property
    def detail(self) -> str:
        return self._detail

    async def start(self, changed: Callable[[str], None]) -> None:
        """Nothing to begin: connections are made when they are needed, and the lists are watched once they are known."""
        self._changed = changed

    async def stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        for session in self._sessions.values():
            session.deafen()
        self.pool.close()

    # -- bytes -----------------------------------------------------------------------------------------------------------

    async def post(self, lines: bytes, body: bytes, timeouts: Timeouts | None = None) -> Answer:
        """Sends `body` with the header `lines` (each ending in CRLF). Raises `UpstreamError`."""
        self._breaker.check()
        with http_call(self.name, "POST") as call:
            data = self._request(lines + header_lines(call.outgoing), body)
            try:
                answer = await self.pool.ask(data, timeouts or self.config.timeouts, self.config.max_result_bytes)
            except UpstreamError as error:
                self.judge(None, error)
                raise
            call.status = answer.status
        self.judge(answer, None)
        return answer

    def post_at_once(self, lines: bytes, body: bytes, told: Told) -> Connection | None:
        """`post` for the fast lane, on a connection that is idle; None, and nothing sent, if there is none.

        Whoever is `told` says `judge`, and closes the connection if the client leaves. Raises `UpstreamError` "open".
        """
        self._breaker.check()
        connection = self.pool.take()
        if connection is not None:
            connection.ask(self._request(lines, body), self.config.timeouts, self.config.max_result_bytes, told)
        return connection

    def judge(self, answer: Answer | None, error: UpstreamError | None) -> None:
        """Tells the breaker how an exchange went."""
        if error is not None:
            if error.reason in _NOT_THERE:
                self._breaker.failed()
        elif answer is not None and answer.status in _NOT_SERVED:
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    def _request(self, lines: bytes, body: bytes) -> bytes:
        return b"%b%bcontent-length: %d\r\n\r\n%b" % (self._head, lines, len(body), body)

    async def other(self, method: bytes, lines: bytes, timeouts: Timeouts) -> Answer:
        """A GET or DELETE."""
        data = b"%b %b HTTP/1.1\r\nhost: %b\r\naccept: text/event-stream, application/json\r\n%b\r\n" % (
            method,
            self.pool.target,
            self.pool.authority,
            lines,
        )
        return await self.pool.ask(data, timeouts, self.config.max_result_bytes)

    # -- the gateway's own questions -----------------------------------------------------------------------------------------

    async def fetch(self) -> Fetched:
        """Asks what the upstream is, and for all its lists."""
        try:
            fetched = await self._fetch()
        except UpstreamError as error:
            self._state, self._detail = "down", error.text
            raise
        self._state, self._detail = "ready", ""
        if self._watch is None and self._changed is not None and self._era != "legacy" and _changes(fetched.capabilities):
            self._watch = asyncio.create_task(watch_lists(self, self._changed), name=f"watch {self.name}")
        return fetched

    async def _fetch(self) -> Fetched:
        if self._era is None:
            self._era = await self._probe()
        if self._era == "legacy":
            session = await self._session(None)
            fetched = await everything(session.ask, session.capabilities, self.config.max_pages)
            fetched.instructions, fetched.server_info = session.instructions, session.server_info
            return fetched
        found = (await self._modern("server/discover", {})).result
        if found is None:
            raise UpstreamError("broken", "The upstream refused server/discover.")
        capabilities = found.get("capabilities")
        fetched = await everything(self._modern, capabilities if isinstance(capabilities, dict) else {}, self.config.max_pages)
        fetched.instructions = str(found.get("instructions") or "")
        await self.param_headers.prepare(fetched.tools)
        fetched.tools = self.param_headers.learn(fetched.tools)
        return fetched

    async def _probe(self) -> Era:
        """Which eras it speaks: `server/discover` tells the modern one, `initialize` the others."""
        answer = await self._ask_modern("server/discover", {})
        if answer.status == 400 and _offers(answer, VERSION):  # it has been wrong about us, or does not begin with discovery
            answer = await self._ask_modern("server/discover", {})
        modern = answer.status == 200 and await _discovered(answer)
        if answer.status in (401, 403):
            raise UpstreamError("refused", f"The upstream refuses the gateway (HTTP {answer.status}).")
        if answer.status >= 500:
            raise UpstreamError("broken", f"The upstream answers HTTP {answer.status}.")
        if modern:
            return "modern"
        session = await open_session(self, None, {}, _ASK)
        await session.close()
        return "legacy"

    async def settle(self) -> Era:
        """Whether a modern upstream begins sessions too: asked when the first client needs one, not before."""
        if self._era == "modern" and not self._settled:
            try:
                session = await open_session(self, None, {}, _ASK)
            except UpstreamError as error:
                self._settled = error.reason not in {"down", "timeout"}
            else:
                self._settled, self._era = True, "both"
                await session.close()
        return self.era

    async def _ask_modern(
        self, method: str, params: Message, authorization: bytes = b"", number: int = 1, timeouts: Timeouts = _ASK
    ) -> Answer:
        meta = {**_META, **params["_meta"], VERSION_KEY: VERSION} if "_meta" in params else _META
        lines = b"mcp-protocol-version: %b\r\nmcp-method: %b\r\n" % (VERSION.encode(), method.encode())
        key = h.NAMED.get(method)
        if key is not None:
            lines += b"mcp-name: %b\r\n" % h.encode(str(params.get(key, "")))
        if method == "tools/call":
            lines += self.param_headers.lines(params.get("name"), params.get("arguments"))
        body = dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": meta}})
        return await self.post(lines + authorization, body, timeouts)

    async def _modern(self, method: str, params: Message) -> Reply:
        return await reply_of(await self._ask_modern(method, params), 1, Exchange(method, params))

    # -- translation ---------------------------------------------------------------------------------------------------------

    async def exchange(self, request: Exchange) -> Reply:
        """One request as messages: for clients of an era the upstream does not speak."""
        if self.era == "legacy":
            key = (request.credential, request.on_request is not None)
            session = await self._session(*key)
            try:
                return await session.exchange(request)
            except LegacySession.Unknown:  # it did not run: the upstream has forgotten the session
                session.deafen()
                self._sessions.pop(key, None)
                return await (await self._session(*key)).exchange(request)
        authorization = authorization_line(request.credential)
        number = next(self._ids)
        timeouts = request.timeouts or self.config.timeouts
        answer = await self._ask_modern(request.method, request.params, authorization, number, timeouts)
        return await reply_of(answer, number, request)

    async def _session(self, credential: str | None, asks: bool = False) -> LegacySession:
        """The session shown this credential; one of its own for clients that the upstream may ask something."""
        session = self._sessions.get((credential, asks))
        if session is None:
            if len(self._sessions) >= 256:
                self._sessions.pop(next(iter(self._sessions))).deafen()
            session = await open_session(self, credential, _ASKED if asks else {}, _ASK)
            if asks:
                await session.listen()
            self._sessions[credential, asks] = session
        return session


async def _discovered(answer: Answer) -> bool:
    """Whether a server that speaks our version has answered `server/discover`; some answer whatever they do not know."""
    try:
        result = (await reply_of(answer, 1, Exchange("server/discover", {}))).result or {}
    except UpstreamError:
        return False
    versions = result.get("supportedVersions")
    return isinstance(versions, list) and VERSION in versions


def _offers(answer: Answer, version: str) -> bool:
    """Whether a refusal of our version (-32022) says that it is supported."""
    try:
        error = orjson.loads(answer.body)["error"]
        return error["code"] == -32022 and version in error["data"]["supported"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False


def _changes(capabilities: Message) -> bool:
    """Whether the upstream promises to say when a list changes."""
    offered = [capabilities.get(name) for name in ("tools", "prompts", "resources")]
    return any(isinstance(one, dict) and one.get("listChanged") for one in offered)


def header_lines(headers: Mapping[str, str]) -> bytes:
    """Header lines of plain ASCII headers of our own."""
    return b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in headers.items())


def authorization_line(credential: str | bytes | None) -> bytes:
    """The Authorization header line of a credential, or nothing."""
    if not credential:
        return b""
    raw = credential.encode("ascii") if isinstance(credential, str) else credential
    return b"authorization: Bearer %b\r\n" % raw
