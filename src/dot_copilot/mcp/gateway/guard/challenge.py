"""The WWW-Authenticate header of a refusal (RFC 6750 section 3, RFC 9728 section 5.1)."""

from __future__ import annotations

from dot_copilot.mcp.gateway.ports import Refused

METADATA_PATH = "/.well-known/oauth-protected-resource/mcp"


def challenge(refused: Refused, public_url: str) -> str:
    """The header's value for a 401 or 403; `public_url` is where clients find this deployment."""
    parts = [f'resource_metadata="{public_url.rstrip("/")}{METADATA_PATH}"']
    if refused.error:
        parts += [f'error="{_quoted(refused.error)}"', f'error_description="{_quoted(refused.description)}"']
    if refused.scopes:
        parts.append(f'scope="{_quoted(" ".join(refused.scopes))}"')
    return "Bearer " + ", ".join(parts)


def _quoted(text: str) -> str:
    """The characters RFC 6750 allows inside the quotes: printable ASCII without `"` and backslash."""
    return "".join(c if " " <= c <= "~" and c not in '"\\' else "'" if c in "\"'" else "?" for c in text)
