"""The safety performance history (49 CFR 391.23) lies in a file of its own, and few may open it (49 CFR 391.53)."""

from __future__ import annotations

from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.errors import Forbidden

RESTRICTED = frozenset({"sph"})
"""Requirements whose records are of that file; the catalogue says the same of them (`Retention.separate`)."""


class SphFileRestricted(Forbidden):
    """Who may not read that file may not add to it either."""

    slug, title = "sph-file-restricted", "The file of 49 CFR 391.53 is restricted"

    def __init__(self) -> None:
        super().__init__("Records of previous employers are kept apart: a safety manager adds and reads them. Nothing was saved.")


def may_read(caller: Caller) -> bool:
    """Whether the caller may open records of that file."""
    return caller.may(Permission.READ_SPH_FILE)


def hides(caller: Caller, requirement: str) -> bool:
    """Whether records of `requirement` are not for the caller: that they exist and how they stand is, and nothing else."""
    return requirement in RESTRICTED and not may_read(caller)


def check(caller: Caller, requirement: str) -> None:
    """`SphFileRestricted` when they are not."""
    if hides(caller, requirement):
        raise SphFileRestricted
