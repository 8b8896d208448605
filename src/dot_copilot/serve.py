"""Runs one API process: `python -m dot_copilot.serve --port 8001`."""

from __future__ import annotations

import argparse

import uvicorn

from dot_copilot.logs import log_configuration


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
        http="httptools",
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
