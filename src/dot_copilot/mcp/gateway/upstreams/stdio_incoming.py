"""Everything a server says on its pipe, brought to the request it belongs to, or answered, or counted as a fault."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson
from msgspec import Struct, field

from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, UpstreamError
from dot_copilot.mcp.gateway.upstreams.stdio_inbox import Inbox
from dot_copilot.mcp.gateway.upstreams.stdio_messages import Faults, answered_id, guessed_id, member, read_reply

_REMEMBERED = 256
_MOST_RELAYED = 8
_METHOD_NOT_FOUND, _INTERNAL = -32601, -32603
_log = logging.getLogger(__name__)


class Pending(Struct, eq=False):
    """A request under way. `token`: the client's own progress token; `relays`: what the server asks because of it."""

    exchange: Exchange
    inbox: Inbox
    token: object = None
    relays: set[asyncio.Task[None]] = field(default_factory=set)


class Incoming:
    """The reading half of a session.

    `say` writes a message without waiting; `on_notice` gets notifications that belong to no request; `give_up` is called
    when the server is no use.
    """

    def __init__(
        self,
        name: str,
        limit: int,
        say: Callable[[Message], None],
        on_notice: Callable[[Message], None],
        give_up: Callable[[], None],
    ) -> None:
        self._name, self._limit = name, limit
        self._say, self._on_notice, self._give_up = say, on_notice, give_up
        self.pending: dict[int, Pending] = {}
        self._past: OrderedDict[int, bool] = OrderedDict()
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self.faults = Faults()

    def forget(self, number: int) -> bool:
        """A request is over; True if the server has not answered it, and may still."""
        pending = self.pending.pop(number)
        answered = pending.inbox.ended
        for task in pending.relays:
            task.cancel()
        self._past[number] = answered
        if len(self._past) > _REMEMBERED:
            self._past.popitem(last=False)
        return not answered

    def fail_all(self, text: str) -> None:
        """The server is gone: every request under way ends with `text`."""
        for pending in self.pending.values():
            pending.inbox.end(UpstreamError("broken", text))
            for task in pending.relays:
                task.cancel()

    def line(self, line: bytes) -> None:
        """One line the server wrote."""
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError:
            self._spoilt(guessed_id(line, line), UpstreamError("broken", "the server sent an answer that is not JSON"))
            self._fault("not JSON", len(line))
            return
        # Revision 2025-03-26 has batches.
        for one in message[:100] if isinstance(message, list) else [message]:
            self._take(one, len(line))

    def oversized(self, head: bytes, tail: bytes, size: int) -> None:
        """A line was too long to keep."""
        text = f"the server's answer is over {self._limit} bytes ({size}); ask for less, or page by page"
        number = guessed_id(head, tail)
        if number not in self.pending and len(self.pending) == 1:
            number = next(iter(self.pending))
        self._spoilt(number, UpstreamError("too_large", text))
        self._fault("an answer over the limit", 0)

    def _take(self, message: object, size: int) -> None:
        if not isinstance(message, dict) or not isinstance(message.get("method", ""), str):
            self._fault("not a message", size)
        elif "method" not in message:
            self._answer(message, size)
        else:
            if "id" in message:
                self._asked(message)
            else:
                self._noted(message)
            self._unasked(size)

    def _answer(self, message: Message, size: int) -> None:
        number = answered_id(message)
        pending = None if number is None else self.pending.get(number)
        if number is None or (pending is None and number not in self._past):
            self._fault("an answer to nothing", size)
        elif pending is None and not self._past[number]:
            # It crossed our cancellation, which is no fault; a second one would be.
            self._past[number] = True
            self._unasked(size)
        elif pending is None or pending.inbox.ended:
            self._fault("answered twice", size)
        elif (reply := read_reply(message)) is not None:
            pending.inbox.end(reply)
        else:
            self._spoilt(number, UpstreamError("broken", "the server sent an answer that is neither result nor error"))
            self._fault("neither result nor error", size)

    def _spoilt(self, number: int | None, error: UpstreamError) -> None:
        pending = None if number is None else self.pending.get(number)
        if pending is not None:
            pending.inbox.end(error)

    def _noted(self, message: Message) -> None:
        method: str = message["method"]
        if method == "notifications/progress":
            token = member(message, "params", "progressToken")
            pending = self.pending.get(token) if isinstance(token, int) else None
            if pending is not None and pending.token is not None:
                pending.inbox.note({**message, "params": {**message["params"], "progressToken": pending.token}})
        elif method == "notifications/message":
            # It does not say what it is about; while one request is under way, it is about that one.
            if len(self.pending) == 1:
                next(iter(self.pending.values())).inbox.note(message)
        elif method == "notifications/cancelled":
            task = self._tasks.get(_hashable(member(message, "params", "requestId")))
            if task is not None:
                task.cancel()
        else:
            self._on_notice(message)

    def _asked(self, message: Message) -> None:
        number, method = message["id"], message["method"]
        if method == "ping":
            self._say({"id": number, "result": {}})
            return
        # A request does not say why it is made; while one request could be the reason, it is that one.
        able = [pending for pending in self.pending.values() if pending.exchange.on_request is not None]
        if len(self.pending) == 1 and able:
            able[0].inbox.note(message)
        else:
            self._refuse(number, f"nobody here can answer {method}")

    def relay(self, pending: Pending, message: Message) -> None:
        """Ask the client what the server asks, and give the server its answer."""
        key = _hashable(message["id"])
        if len(pending.relays) >= _MOST_RELAYED or key in self._tasks:
            self._refuse(message["id"], "too many requests at once", _INTERNAL)
            return
        self._tasks[key] = task = asyncio.get_running_loop().create_task(self._relay(pending, message))
        pending.relays.add(task)

        def done(task: asyncio.Task[None]) -> None:
            del self._tasks[key]
            pending.relays.discard(task)

        task.add_done_callback(done)

    async def _relay(self, pending: Pending, message: Message) -> None:
        on_request = pending.exchange.on_request
        try:
            if on_request is None:
                self._refuse(message["id"], f"nobody here can answer {message['method']}")
                return
            answer = await on_request(message)
            self._say({key: answer[key] for key in ("result", "error") if key in answer} | {"id": message["id"]})
        except asyncio.CancelledError:
            self._refuse(message["id"], "the request was given up", _INTERNAL)
            raise
        except Exception:  # noqa: BLE001 - whatever went wrong on the client's side, the server waits for an answer
            _log.exception("%s asked %s, and relaying it failed", self._name, message["method"])
            self._refuse(message["id"], "the client could not be asked", _INTERNAL)

    def _refuse(self, number: object, text: str, code: int = _METHOD_NOT_FOUND) -> None:
        self._say({"id": number, "error": {"code": code, "message": text}})

    def _fault(self, kind: str, size: int) -> None:
        if self.faults.count(kind):
            _log.warning("%s does not keep to the protocol: %s", self._name, kind)
        self._unasked(size)

    def _unasked(self, size: int) -> None:
        self.faults.unasked(size)
        if self.faults.too_many:
            self._give_up()


def _hashable(number: Any) -> object:
    return number if isinstance(number, (str, int, float)) else None
