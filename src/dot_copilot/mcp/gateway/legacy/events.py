"""An upstream's messages on their way to a client of the handshake eras: ids get the upstream's name, the rest stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from msgspec import UNSET

from dot_copilot.mcp.gateway.legacy.ids import Place, wrap_event, wrap_request
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.wire import sse
from dot_copilot.mcp.gateway.wire.jsonrpc import Envelope, envelope

# Server to client, up to 2025-11-25. Anything else an upstream asks for is not passed on.
_ASKED = frozenset({"ping", "sampling/createMessage", "elicitation/create", "roots/list"})


class Rewriter:
    """Rewrites one upstream's events. `changed` is told when it says that a list has changed: the gateway's own news follow."""

    def __init__(self, upstream: str, changed: Callable[[str], None]) -> None:
        self._upstream, self._changed = upstream, changed

    def event_id(self, event: sse.Event, place: Place) -> bytes | None:
        """The event's id for the client; `place` is moved on."""
        if event.id is None:
            return None
        place.last[self._upstream] = event.id.decode("latin-1")
        return wrap_event(place)

    def frame(self, data: bytes) -> Envelope:
        """The frame of a message. Raises `UpstreamError`."""
        try:
            return envelope(data)
        except ValueError:
            raise UpstreamError("broken", "The upstream's answer is not JSON-RPC. The call may have run.") from None

    def aside(self, data: bytes, frame: Envelope) -> bytes | None:
        """A request or notification for the client, or None when it is not passed on."""
        method = str(frame.method)
        if frame.id is not UNSET:
            return self.request(orjson.loads(data)) if method in _ASKED else None
        if method.endswith("/list_changed"):
            self._changed(self._upstream)
            return None
        if method == "notifications/cancelled":
            message = orjson.loads(data)
            params: Any = message.get("params")
            if isinstance(params, dict) and "requestId" in params:
                params["requestId"] = wrap_request(self._upstream, params["requestId"])
            return orjson.dumps(message)
        return data

    def request(self, message: dict[str, Any]) -> bytes:
        """A request of the upstream under an id that leads back to it."""
        return orjson.dumps({**message, "id": wrap_request(self._upstream, message.get("id"))})
