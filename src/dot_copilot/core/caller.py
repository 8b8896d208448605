"""Who asks: a signed-in person, and what the role allows."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Role(StrEnum):
    """What a person is to a carrier."""

    ADMIN = "admin"
    SAFETY_MANAGER = "safety_manager"
    SUPERVISOR = "supervisor"
    DRIVER = "driver"
    AUDITOR = "auditor"
    COACH = "coach"


class Permission(StrEnum):
    """What a role may do; the web hides what the caller lacks, the API refuses it."""

    READ_DRIVERS = "drivers:read"
    WRITE_DRIVERS = "drivers:write"
    READ_OWN_FILE = "own-file:read"
    WRITE_OWN_EVIDENCE = "own-evidence:write"
    WRITE_EVIDENCE = "evidence:write"
    REVIEW_EVIDENCE = "evidence:review"
    READ_SPH_FILE = "sph-file:read"
    MANAGE_RETENTION = "retention:manage"
    IMPORT_ROSTER = "roster:import"
    READ_AUDIT = "audit:read"
    MANAGE_SHARES = "shares:manage"
    MANAGE_CARRIER = "carrier:manage"
    MANAGE_POLICY = "policy:manage"
    MANAGE_USERS = "users:manage"
    READ_OPERATIONS = "operations:read"


ASSISTANT = "mcp:"
"""How `via` begins when a client other than our own pages acts for a person; the client's name follows."""
VIA_LENGTH = 64
AT_TERMINALS = frozenset({Role.SUPERVISOR, Role.COACH})
"""The roles that are bound to terminals."""

_P = Permission
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission) - {_P.READ_OWN_FILE, _P.WRITE_OWN_EVIDENCE},
    Role.SAFETY_MANAGER: frozenset(
        {
            _P.READ_DRIVERS,
            _P.WRITE_DRIVERS,
            _P.WRITE_EVIDENCE,
            _P.REVIEW_EVIDENCE,
            _P.READ_SPH_FILE,
            _P.IMPORT_ROSTER,
            _P.READ_AUDIT,
            _P.MANAGE_SHARES,
            _P.MANAGE_CARRIER,
            _P.MANAGE_POLICY,
        }
    ),
    Role.SUPERVISOR: frozenset({_P.READ_DRIVERS, _P.WRITE_EVIDENCE}),
    Role.DRIVER: frozenset({_P.READ_OWN_FILE, _P.WRITE_OWN_EVIDENCE}),
    Role.AUDITOR: frozenset({_P.READ_DRIVERS, _P.READ_AUDIT}),
    # Trains drivers: sees how those of the own terminals stand, and changes nothing.
    Role.COACH: frozenset({_P.READ_DRIVERS}),
}


class Caller(Struct, frozen=True, gc=False):
    """The claims of a valid access token. `terminals` bound a supervisor and a coach, `driver_id` a driver.

    `share_id` bounds an auditor who came by a link (features/shares). No token says it: such a caller has a session of another
    kind, and comes through the routes below `/shared` alone.
    """

    session_id: UUID
    user_id: UUID
    carrier_id: UUID
    role: Role
    token_version: int
    expires_at: int  # seconds since the epoch
    terminal_id: UUID | None = None
    driver_id: UUID | None = None
    via: str = "web"
    share_id: UUID | None = None
    more_terminals: tuple[UUID, ...] = ()

    @property
    def is_assistant(self) -> bool:
        """Whether an assistant asks, not the person."""
        return self.via.startswith(ASSISTANT)

    @property
    def terminals(self) -> tuple[UUID, ...]:
        """The terminals of a supervisor or coach, the first one first; none for everybody else."""
        if self.terminal_id is None or self.role not in AT_TERMINALS:
            return ()
        return (self.terminal_id, *self.more_terminals)

    def may(self, permission: Permission) -> bool:
        """Whether the role holds `permission`."""
        return permission in PERMISSIONS[self.role]
