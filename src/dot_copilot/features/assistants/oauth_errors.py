"""Errors of the authorization server as OAuth says them (RFC 6749 section 5.2), not as problem details."""

from __future__ import annotations

from typing import Any


class OAuthError(Exception):
    """`error` is a code of the RFC; `description` says what happened and what to do. It never goes to an unchecked address."""

    def __init__(self, error: str, description: str, *, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The JSON document."""
        return {"error": self.error, "error_description": self.description}


class RedirectedError(OAuthError):
    """An error of an authorization request whose client and address are good: it goes there (RFC 6749 section 4.1.2.1)."""

    def __init__(self, error: str, description: str, *, location: str) -> None:
        super().__init__(error, description)
        self.location = location


def invalid_client(description: str, *, basic: bool = False) -> OAuthError:
    """The client is unknown, or did not prove who it is."""
    headers = {"WWW-Authenticate": 'Basic realm="oauth", charset="UTF-8"'} if basic else None
    return OAuthError("invalid_client", description, status=401, headers=headers)


def invalid_grant(description: str) -> OAuthError:
    """A code or refresh token that is not good (any more), or of another client."""
    return OAuthError("invalid_grant", description)


def too_many() -> OAuthError:
    """Not of the RFC, which has no word for it; clients see the status."""
    return OAuthError(
        "temporarily_unavailable", "Too many requests in a minute. Wait a minute.", status=429, headers={"Retry-After": "60"}
    )
