"""The upstream a configuration asks for."""

from __future__ import annotations

from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Upstream
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.github import GithubUpstream
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.stdio import StdioUpstream


def make(config: UpstreamConfig, breaker: Breaker | None = None) -> Upstream:
    """Not started yet. `breaker`: one that is shared with other processes; by default it has its own."""
    if config.transport == "http":
        return HttpUpstream(config)
    if config.credential == "github":
        return GithubUpstream(config, breaker)
    return StdioUpstream(config, breaker)
