"""Which scopes a role holds."""

from __future__ import annotations

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.scopes import NEEDS, WRITES, Scope, held, parse, text

ALL = frozenset(Scope)


@pytest.mark.parametrize(
    ("role", "lacks"),
    [
        (Role.ADMIN, set()),
        (Role.SAFETY_MANAGER, set()),
        (Role.SUPERVISOR, {Scope.ROSTER_READ, Scope.AUDIT_READ}),
        (Role.DRIVER, {Scope.ROSTER_READ, Scope.AUDIT_READ, Scope.GITHUB}),
        (Role.AUDITOR, {Scope.ROSTER_READ, Scope.EVIDENCE_WRITE, Scope.DOCUMENTS_WRITE}),
    ],
)
def test_a_role_holds_what_its_permissions_open(role: Role, lacks: set[Scope]) -> None:
    assert held(role) == ALL - lacks


def test_every_scope_says_what_it_needs() -> None:
    assert set(NEEDS) == ALL
    assert set(WRITES) < ALL


def test_words_that_are_no_scope_are_told_apart() -> None:
    known, unknown = parse("  drivers:read openid\tdrivers:read DRIVERS:READ ")
    assert known == {Scope.DRIVERS_READ}
    assert unknown == {"openid", "DRIVERS:READ"}
    assert parse("") == (frozenset(), frozenset())


def test_the_text_of_scopes_is_sorted_and_read_again() -> None:
    assert text([Scope.OFFLINE_ACCESS, Scope.AUDIT_READ]) == "audit:read offline_access"
    assert parse(text(ALL)) == (ALL, frozenset())
