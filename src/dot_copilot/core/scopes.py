"""What an AI assistant may be granted: OAuth scopes, and which of them a role holds (RFC 6749 section 3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from dot_copilot.core.caller import PERMISSIONS, Permission, Role


class Scope(StrEnum):
    """One group of tools, or (`offline_access`) staying connected without the person."""

    DRIVERS_READ = "drivers:read"
    COMPLIANCE_READ = "compliance:read"
    EVIDENCE_WRITE = "evidence:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    PACKETS_WRITE = "packets:write"
    ROSTER_READ = "roster:read"
    AUDIT_READ = "audit:read"
    GITHUB = "github"
    OFFLINE_ACCESS = "offline_access"


_P = Permission
NEEDS: dict[Scope, frozenset[Permission]] = {
    Scope.DRIVERS_READ: frozenset({_P.READ_DRIVERS, _P.READ_OWN_FILE}),
    Scope.COMPLIANCE_READ: frozenset({_P.READ_DRIVERS, _P.READ_OWN_FILE}),
    Scope.EVIDENCE_WRITE: frozenset({_P.WRITE_EVIDENCE, _P.WRITE_OWN_EVIDENCE}),
    Scope.DOCUMENTS_READ: frozenset({_P.READ_DRIVERS, _P.READ_OWN_FILE}),
    Scope.DOCUMENTS_WRITE: frozenset({_P.WRITE_EVIDENCE, _P.WRITE_OWN_EVIDENCE}),
    Scope.PACKETS_WRITE: frozenset({_P.READ_DRIVERS, _P.READ_OWN_FILE}),
    Scope.ROSTER_READ: frozenset({_P.IMPORT_ROSTER}),
    Scope.AUDIT_READ: frozenset({_P.READ_AUDIT}),
    Scope.GITHUB: frozenset({_P.READ_DRIVERS}),  # every role but driver reads drivers
    Scope.OFFLINE_ACCESS: frozenset(Permission),
}
"""A role holds a scope when it holds at least one of these permissions."""
WRITES = frozenset({Scope.EVIDENCE_WRITE, Scope.DOCUMENTS_WRITE, Scope.PACKETS_WRITE})
"""Scopes with tools that change something. GitHub's server runs read-only."""
_HELD = {role: frozenset(scope for scope, any_of in NEEDS.items() if PERMISSIONS[role] & any_of) for role in Role}
_VALUES = frozenset(Scope)


def held(role: Role) -> frozenset[Scope]:
    """The scopes that a person of `role` can grant, and whose tools they see."""
    return _HELD[role]


def parse(text: str) -> tuple[frozenset[Scope], frozenset[str]]:
    """The scopes in a space-separated `scope` parameter, and the words in it that are none of ours."""
    words = frozenset(text.split())
    known = frozenset(Scope(word) for word in words if word in _VALUES)
    return known, words - known


def text(scopes: Iterable[str]) -> str:
    """Scopes as the `scope` parameter or claim: sorted, separated by spaces."""
    return " ".join(sorted(scopes))
