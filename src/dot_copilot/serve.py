"""Runs one API process: `python -m dot_copilot.serve --port 8001`."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dot_copilot.core.whole_writes import WholeWrites
from dot_copilot.logs import log_configuration


class Protocol(HttpToolsProtocol):
    """uvicorn's, whose answers leave whole."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See `asyncio.Protocol.connection_made`."""
        super().connection_made(cast(Any, WholeWrites(transport, self.loop)))


def main() -> None:
    """Listens on the loopback address behind nginx; access is logged there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    uvicorn.run(
        "dot_copilot.app:create_app",
        factory=True,
        host=options.host,
        port=options.port,
        loop="uvloop",
        http=Protocol,
        interface="asgi3",
        ws="none",
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=2048,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=8,
        log_config=log_configuration(),
    )


if __name__ == "__main__":
    main()
