"""The upstream a configuration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dot_copilot.mcp.gateway.config import ConfigError, UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Upstream
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.github import GithubUpstream
from dot_copilot.mcp.gateway.upstreams.github_http import GithubHttpUpstream
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.stdio import StdioUpstream

if TYPE_CHECKING:
    from dot_copilot.mcp.gateway.oauth_client.authorizer import Authorizer


def make(config: UpstreamConfig, breaker: Breaker | None = None, authorizer: Authorizer | None = None) -> Upstream:
    """Not started yet. `breaker`: one that is shared with other processes; by default it has its own.

    Raises `ConfigError` for an upstream with `credential = "oauth"` without its `authorizer`.
    """
    if config.credential == "oauth":
        if authorizer is None:
            raise ConfigError(f"upstream '{config.name}' cannot be authorized here")
        # Its client comes from the SDK, which is 30 MB and most of a second: loaded only where an upstream needs it.
        from dot_copilot.mcp.gateway.oauth_client.upstream import OAuthHttpUpstream

        return OAuthHttpUpstream(config, authorizer, breaker)
    if config.transport == "http":
        return (GithubHttpUpstream if config.credential == "github" else HttpUpstream)(config, breaker)
    if config.credential == "github":
        return GithubUpstream(config, breaker)
    return StdioUpstream(config, breaker)
