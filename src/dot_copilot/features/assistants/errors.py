"""What can go wrong between a person, an assistant and the gateway."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem


class ConsentEnded(Problem):
    """The request is unknown, was answered, or waited too long."""

    status, slug, title = 410, "consent-ended", "This request to connect is over"

    def __init__(self) -> None:
        super().__init__(
            "It was answered already, or it waited for more than ten minutes. Start again from your assistant: choose 'Connect'"
            " there."
        )


class ScopeNotHeld(Forbidden):
    slug, title = "scope-not-held", "Your role does not hold what is asked for"


class OwnPasswordFirst(Forbidden):
    slug, title = "own-password-first", "Choose a password of your own first"


class PagesOnly(Forbidden):
    """An assistant tried to grant itself more, or to change who is connected."""

    slug, title = "pages-only", "An assistant can't do this"


class ConnectionNotFound(NotFound):
    slug, title = "connection-not-found", "There is no such connection"


class GithubTokenRefused(Invalid):
    slug, title = "github-token-refused", "GitHub does not accept this token"


class CallNotFound(NotFound):
    slug, title = "call-not-found", "There is no such call"


class NotOffered(NotFound):
    slug, title = "not-offered", "No upstream offers this"


class DefinitionChanged(Conflict):
    slug, title = "definition-changed", "The definition has changed since you looked at it"
