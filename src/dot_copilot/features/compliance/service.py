"""What the routes of this feature do; each function is one request, in the transaction of its door."""

from __future__ import annotations

from .driver_file import driver_file
from .driver_list import list_drivers
from .driver_query import DriverQuery
from .policy_service import (
    add_policy,
    change_policy,
    grant_waiver,
    requirements,
    retire_policy,
    revoke_waiver,
    waivers,
)
from .summary import summary
from .upcoming import UpcomingQuery, upcoming

__all__ = [
    "DriverQuery",
    "UpcomingQuery",
    "add_policy",
    "change_policy",
    "driver_file",
    "grant_waiver",
    "list_drivers",
    "requirements",
    "retire_policy",
    "revoke_waiver",
    "summary",
    "upcoming",
    "waivers",
]
