"""An upstream's answer on its way to the client: bytes as they are, unless the gateway has to answer for what they say."""

from __future__ import annotations

from typing import Any

import msgspec
import orjson
from msgspec import UNSET, Struct, UnsetType

from dot_copilot.core import telemetry
from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.modern.state import binding, seal_state
from dot_copilot.mcp.gateway.ports import Outcome, Verdict
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_answer import status_error
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import asgi, sse
from dot_copilot.mcp.gateway.wire.headers import Headers
from dot_copilot.mcp.gateway.wire.jsonrpc import INTERNAL_ERROR, Envelope, MessageId, envelope, error_bytes, result_bytes
from dot_copilot.mcp.gateway.wire.seal import Sealer

_LOG_LEVEL = "io.modelcontextprotocol/logLevel"
_STATUSES = frozenset({200, 400, 404})
_WRONG = "The upstream answered another request than the one it was sent. The call may have run."


async def _nowhere(*_: Any) -> Any:
    raise RuntimeError("this call has no ASGI cycle")


class Call(Struct):
    """One request under way. `params` are what the upstream gets. In the fast lane it has no `receive` and `send`."""

    id: MessageId
    method: str
    params: dict[str, Any]
    headers: Headers
    verdict: Verdict
    receive: asgi.Receive = _nowhere
    send: asgi.Send = _nowhere
    begun: bool = False  # a stream to the client is open: errors are events now
    through: bool = False  # `call_tool` named this tool
    told: bytes = b""  # the message that answered it, once it was sent


def bound_to(call: Call, entry: Entry) -> bytes:
    """What a state of this call is bound to."""
    return binding(call.verdict, entry, call.method, call.params)


class _Flag(Struct):
    isError: bool | UnsetType = UNSET  # noqa: N815 - the wire's name


_FLAG = msgspec.json.Decoder(_Flag)


class Relay:
    """Relays whole answers and streams."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def answer(self, call: Call, entry: Entry, answer: Answer, limit: int) -> Outcome:
        """Sends the answer on; says how the call ended. Raises `UpstreamError`."""
        if answer.content_type == b"text/event-stream" and answer.status == 200:
            return await self._stream(call, entry, answer, limit)
        outcome, body = self.whole(call, entry, answer)
        call.told = body
        await asgi.respond(call.send, answer.status, body)
        return outcome

    def whole(self, call: Call, entry: Entry, answer: Answer) -> tuple[Outcome, bytes]:
        """How a call ended whose answer is no stream, and the bytes to send for it. Raises `UpstreamError`."""
        if answer.content_type != b"application/json" or answer.status not in _STATUSES:
            raise status_error(answer.status)
        return self._checked(call, entry, answer.body)

    def _checked(self, call: Call, entry: Entry, data: bytes) -> tuple[Outcome, bytes]:
        """How the call ended, and the bytes to send for it: the upstream's own wherever possible."""
        frame = _frame(data)
        if not frame.answers or (frame.id != call.id and not (frame.id is None and frame.error is not UNSET)):
            raise UpstreamError("broken", _WRONG)
        if not isinstance(frame.error, UnsetType):
            if frame.id is None:
                data = b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (orjson.dumps(call.id), bytes(frame.error))
            return "error", data
        assert not isinstance(frame.result, UnsetType)
        result = bytes(frame.result)
        changed = self._adjusted(call, entry, result)
        failed = b'"isError"' in result and b"true" in result and _failed(result)
        return ("tool_error" if failed else "ok"), (data if changed is None else result_bytes(call.id, changed))

    def _adjusted(self, call: Call, entry: Entry, result: bytes) -> bytes | None:
        """The result, changed where the gateway must: a state is sealed, and what was read for one person stays private."""
        has_state = b'"requestState"' in result
        is_public = call.method == "resources/read" and b'"public"' in result
        if not has_state and not is_public:
            return None
        try:
            value = orjson.loads(result)
        except orjson.JSONDecodeError:
            raise UpstreamError("broken", "The upstream's answer is not JSON-RPC. The call may have run.") from None
        if not isinstance(value, dict):
            return None
        if has_state:
            seal_state(self._sealer, lambda: bound_to(call, entry), value)
        if is_public and value.get("cacheScope") == "public":
            value["cacheScope"] = "private"
        return orjson.dumps(value)

    async def _stream(self, call: Call, entry: Entry, answer: Answer, limit: int) -> Outcome:
        reader = sse.Reader(limit)
        try:
            while (chunk := await answer.next()) is not None:
                for event in reader.feed(chunk):
                    outcome = await self._event(call, entry, event)
                    if outcome is not None:
                        return outcome
        except sse.TooLarge:
            raise UpstreamError("too_large", f"The upstream's answer is larger than {limit} bytes.") from None
        finally:
            answer.abandon()
        raise UpstreamError("broken", "The upstream ended its answer before the result. The call may have run.")

    async def _event(self, call: Call, entry: Entry, event: sse.Event) -> Outcome | None:
        """Sends one event on; the outcome once it was the answer."""
        if not event.data:
            await self._send(call, sse.PING)
            return None
        if b'"method"' in event.data:
            frame = _frame(event.data)
            if frame.method is not UNSET:
                if frame.id is UNSET and _belongs(call, frame.method):
                    await self._send(call, sse.write(event.data))
                return None
        outcome, body = self._checked(call, entry, event.data)
        call.told = body
        if call.begun:
            await asgi.more(call.send, sse.write(body), last=True)
        else:
            await asgi.respond(call.send, 200, body)
        return outcome

    async def _send(self, call: Call, data: bytes) -> None:
        if not call.begun:
            call.begun = True
            await asgi.begin(call.send, 200, sse.HEADERS)
        await asgi.more(call.send, data)

    async def notify(self, call: Call, message: dict[str, Any]) -> None:
        """Sends a notification of an upstream that speaks in messages."""
        if _belongs(call, message.get("method")):
            await self._send(call, sse.write(orjson.dumps(message)))

    async def result(self, call: Call, result: bytes) -> None:
        """Sends a result of the gateway's own making."""
        await self._last(call, result_bytes(call.id, result), 200)

    async def error(self, call: Call, code: int, message: str, data: Any = None, status: int = 200) -> None:
        """Sends an error, as the stream's last event when one is open."""
        await self._last(call, error_bytes(call.id, code, message, data), status)

    async def failed(self, call: Call, error: UpstreamError, name: str) -> None:
        """Tells the client that the upstream failed, with status 200: HTTP clients must not send the call again by themselves."""
        await self._last(call, failure(call, error, name), 200)

    async def _last(self, call: Call, body: bytes, status: int) -> None:
        call.told = body
        if call.begun:
            await asgi.more(call.send, sse.write(body), last=True)
        else:
            await asgi.respond(call.send, status, body)


def failure(call: Call, error: UpstreamError, name: str) -> bytes:
    """What a client is told when the upstream `name` has failed."""
    return error_bytes(call.id, INTERNAL_ERROR, f"{name}: {error.text}", {"upstream": name, "reason": error.reason})


def outcome_of(error: UpstreamError) -> Outcome:
    """How a call ended that the upstream has failed."""
    return "timeout" if error.reason == "timeout" else "error"


def follow_failure(error: UpstreamError) -> None:
    """Has the trace kept: what the upstream could not do is told to the client with status 200."""
    trace = telemetry.current()
    if trace is not None:
        trace.fail(error.reason)


def _frame(data: bytes) -> Envelope:
    try:
        return envelope(data)
    except ValueError:
        raise UpstreamError("broken", "The upstream's answer is not JSON-RPC. The call may have run.") from None


def _belongs(call: Call, method: object) -> bool:
    """Whether a notification may stand in the answer to a call: progress, and logs if they were asked for.

    Servers of this era make no requests, and news of lists go to subscriptions alone; anything else is not passed on.
    """
    if method == "notifications/message":
        return _LOG_LEVEL in call.params["_meta"]
    return method == "notifications/progress"


def _failed(result: bytes) -> bool:
    try:
        return _FLAG.decode(result).isError is True
    except (msgspec.MsgspecError, RecursionError):
        return False
