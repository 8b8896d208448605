"""uvicorn as the gateway runs it: with the fast lane, and told to let go of long-lived streams before it waits for the rest."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn

from dot_copilot.mcp.gateway.http.idle import Idle
from dot_copilot.mcp.gateway.http.protocol import LaneProtocol
from dot_copilot.mcp.gateway.modern.lane import Lane


class Server(uvicorn.Server):
    """Calls `closing` when it begins to stop: streams end with their last message instead of being cut off."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.shutdown`."""
        self._closing()
        await super().shutdown(sockets)


def configuration(app: Any, lane: Callable[[], Lane | None], *, keep_alive_s: int = 75, **options: Any) -> uvicorn.Config:
    """A server of `app` on the loopback address; `lane` gives the fast lane as soon as there is one.

    Idle connections are closed after `keep_alive_s`, which is more than nginx keeps its own.
    """
    protocol: Any = partial(LaneProtocol, lane=lane, idle=Idle(keep_alive_s))
    return uvicorn.Config(
        app,
        http=protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # nobody asks for the client's address; nginx logs it
        backlog=2048,
        **options,
    )
