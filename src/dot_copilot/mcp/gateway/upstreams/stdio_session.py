"""One MCP session (the revisions with `initialize`) over a child's pipes: newline-delimited JSON-RPC 2.0.

Requests of several clients are multiplexed under our own ids. What the server gets wrong (garbage, unknown ids, answers given
twice) is counted in `faults`, and never reaches a client.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping, Sequence

import orjson
from msgspec import Struct

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.stdio_child import Child, ChildError
from dot_copilot.mcp.gateway.upstreams.stdio_inbox import Inbox
from dot_copilot.mcp.gateway.upstreams.stdio_incoming import Incoming, Pending
from dot_copilot.mcp.gateway.upstreams.stdio_messages import Faults, member

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Revisions that open with `initialize`; we ask for the first, and speak whichever of them the server answers with."""
_RELAYED: Message = {"sampling": {}, "elicitation": {"form": {}, "url": {}}, "roots": {}}
_CLIENT = {"name": "dot-copilot-gateway", "title": "DOT-Copilot gateway", "version": "0.1.0"}
_log = logging.getLogger(__name__)


class Launch(Struct, frozen=True):
    """How the server is started, and the bounds it is held to.

    `limit`: bytes of one message. `secrets`: kept out of everything we write. `relays`: whether clients may be asked.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    timeouts: Timeouts
    limit: int
    secrets: Sequence[str] = ()
    relays: bool = False


class Session:
    """A server and what is known of it. `ended` is resolved with what happened when its process is gone."""

    def __init__(self, launch: Launch, on_notice: Callable[[Message], None]) -> None:
        self._launch = launch
        self._ids = itertools.count(1)
        self._child: Child | None = None
        self._incoming = Incoming(launch.name, launch.limit, self._say, on_notice, self._give_up)
        self._nonsense = self._closing = False
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.initialized: Message = {}

    @property
    def pid(self) -> int:
        """The process, 0 before it was started."""
        return self._child.pid if self._child else 0

    @property
    def faults(self) -> Faults:
        """What the server got wrong."""
        return self._incoming.faults

    async def open(self) -> None:
        """Start the process and shake hands. Raises `UpstreamError` "down", and leaves nothing behind."""
        launch = self._launch
        try:
            async with asyncio.timeout(launch.timeouts.connect):
                self._child = await Child.start(
                    launch.command,
                    launch.environment,
                    limit=launch.limit,
                    on_line=self._incoming.line,
                    on_oversized=self._incoming.oversized,
                    on_endless=self._give_up,
                    secrets=launch.secrets,
                )
                self._child.ended.add_done_callback(lambda done: self._lost(done.result()))
                await self._shake_hands()
        except (ChildError, TimeoutError, UpstreamError) as error:
            why = str(error) or f"it did not answer within {launch.timeouts.connect:g} s"
            if self.ended.done():
                why = f"it {self.ended.result()}"
            await self.close(0.1)
            last = self._child.errors.last if self._child else ""
            raise UpstreamError("down", f"the server could not be started: {why}{last and f' ({last})'}") from error
        except BaseException:
            await self.close(0.1)
            raise

    async def _shake_hands(self) -> None:
        params: Message = {
            "protocolVersion": VERSIONS[0],
            "capabilities": _RELAYED if self._launch.relays else {},
            "clientInfo": _CLIENT,
        }
        reply = await self.exchange(Exchange("initialize", params))
        if reply.result is None:
            raise UpstreamError("down", f"it refused to initialize: {member(reply.error or {}, 'message')}")
        version = reply.result.get("protocolVersion")
        if version not in VERSIONS:
            raise UpstreamError("down", f"it speaks MCP revision {version!r}, and we {', '.join(VERSIONS)}")
        self.initialized = reply.result
        self._say({"method": "notifications/initialized"})

    async def exchange(self, request: Exchange) -> Reply:
        """Send a request and wait for its answer, handing on what belongs to it meanwhile. Raises `UpstreamError`.

        Cancelling the awaiting task, or running out of time, cancels the request at the server.
        """
        child = self._child
        if child is None or self.ended.done():
            raise UpstreamError("down", "the server is not running")
        number, pending = next(self._ids), Pending(request, Inbox(), token=member(request.params, "_meta", "progressToken"))
        line = orjson.dumps({"jsonrpc": "2.0", "id": number, "method": request.method, "params": _own_token(request, number)})
        self._incoming.pending[number] = pending
        try:
            return await self._follow(child, line, pending)
        except ChildError as error:
            # Raised before anything is written.
            raise UpstreamError("down", f"the server cannot be reached: {error}") from error
        finally:
            if self._incoming.forget(number) and request.method != "initialize":
                self._say({"method": "notifications/cancelled", "params": {"requestId": number}})

    async def _follow(self, child: Child, line: bytes, pending: Pending) -> Reply:
        request, loop = pending.exchange, asyncio.get_running_loop()
        timeouts = request.timeouts or self._launch.timeouts
        last = loop.time() + timeouts.total
        clock = asyncio.timeout_at(min(last, loop.time() + timeouts.first_byte))
        try:
            async with clock:
                await child.write(line)
                while not isinstance(news := await pending.inbox.next(), Reply):
                    # While a client takes its time, only the total counts.
                    clock.reschedule(last)
                    if "id" in news:
                        self._incoming.relay(pending, news)
                    elif request.on_notification is not None:
                        await request.on_notification(news)
                    clock.reschedule(last if pending.relays else min(last, loop.time() + timeouts.idle))
                return news
        except TimeoutError as error:
            if not clock.expired():
                raise
            text = f"the server did not answer {request.method} in time; it was told to stop"
            raise UpstreamError("timeout", text) from error

    async def close(self, grace_s: float = 2.0) -> None:
        """End the process and wait until nothing is left of it."""
        self._closing = True
        if self._child is not None:
            await self._child.stop(grace_s)
        self._lost("was stopped")

    def _say(self, message: Message) -> None:
        if self._child is not None:
            self._child.write_soon(orjson.dumps({"jsonrpc": "2.0", **message}))

    def _give_up(self) -> None:
        self._nonsense = True
        if self._child is not None:
            self._child.kill()

    def _lost(self, how: str) -> None:
        if self.ended.done():
            return
        if self._nonsense:
            how = f"was ended because it talks nonsense ({', '.join(self.faults.counts) or 'without end'})"
        if self._closing:
            how = "was stopped"
        elif (child := self._child) is not None:
            _log.warning("%s (pid %d) %s; its last words: %s", self._launch.name, child.pid, how, child.errors.text)
        self.ended.set_result(how)
        self._incoming.fail_all(f"the server {how} while it worked on this. It may have run, so it was not repeated")


def _own_token(request: Exchange, number: int) -> Message:
    """The parameters with our id as the progress token, for tokens of several clients may be equal."""
    meta = request.params.get("_meta")
    if not isinstance(meta, dict) or "progressToken" not in meta:
        return request.params
    meta = {key: value for key, value in meta.items() if key != "progressToken"}
    if request.on_notification is not None:
        meta["progressToken"] = number
    return {**request.params, "_meta": meta}
