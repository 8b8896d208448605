"""What clients read before anything else: RFC 9728 (the resource) and RFC 8414 (this authorization server)."""

from __future__ import annotations

from typing import Any

from dot_copilot.core.scopes import Scope
from dot_copilot.core.settings import Settings
from dot_copilot.core.tokens import mcp_audience
from dot_copilot.features.assistants.service.clients import AUTH_METHODS, GRANTS


def protected_resource(settings: Settings) -> dict[str, Any]:
    """The MCP endpoint. Staying connected is between client and authorization server, so it is none of its scopes."""
    return {
        "resource": mcp_audience(settings.public_url),
        "authorization_servers": [settings.public_url],
        "scopes_supported": [scope.value for scope in Scope if scope is not Scope.OFFLINE_ACCESS],
        "bearer_methods_supported": ["header"],
        "resource_name": "DOT-Copilot",
    }


def authorization_server(settings: Settings) -> dict[str, Any]:
    """Where everything is, and what this server can do."""
    url = settings.public_url
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/oauth/authorize",
        "token_endpoint": f"{url}/oauth/token",
        "registration_endpoint": f"{url}/oauth/register",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "jwks_uri": f"{url}/.well-known/jwks.json",
        "scopes_supported": [scope.value for scope in Scope],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "protected_resources": [mcp_audience(url)],
    }
