"""FastMCP's proxy as its documentation starts it: `python -m bench.peers.fastmcp_proxy URL --port N`."""

from __future__ import annotations

import sys

from fastmcp.server import create_proxy

if __name__ == "__main__":
    create_proxy(sys.argv[1]).run(
        transport="http", host="127.0.0.1", port=int(sys.argv[3]), show_banner=False, log_level="WARNING", stateless_http=True
    )
