"""Who PostgreSQL runs as when the stack is started by root, which PostgreSQL refuses to be: `nobody`."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dot_copilot.stack import binaries
from dot_copilot.stack.errors import StackError

NOBODY = 65534
_PASSING = (("dac_read_search", 2), ("dac_override", 1))
"""Capabilities that let a process pass closed directories, the lesser one first, with their numbers."""


@dataclass(frozen=True, slots=True)
class Servant:
    """How to start a program as `nobody`: become `uid`, or let the words of `prefix` do it."""

    uid: int | None = None
    prefix: tuple[str, ...] = ()


def closed_parent(path: Path) -> Path | None:
    """The outermost directory on the way to `path` that other users may not pass, if there is one."""
    for directory in [*reversed(path.parents), path]:
        if directory.exists() and not directory.stat().st_mode & stat.S_IXOTH:
            return directory
    return None


def hire(home: Path, also: Sequence[Path] = ()) -> Servant:
    """Who PostgreSQL runs as for the home directory `home`; nobody special unless we are root.

    Where `nobody` could not pass a directory on the way to the home, to the programs (a checkout below /root) or to one
    of `also`, it gets the capability to pass and nothing else. Raises StackError where that cannot be had.
    """
    if os.geteuid() != 0:
        return Servant()
    ways = (home, binaries.postgres("postgres").parent, *also)
    closed = next((found for way in ways if (found := closed_parent(way.resolve())) is not None), None)
    if closed is None:
        return Servant(uid=NOBODY)
    setpriv, capability = shutil.which("setpriv"), _capability()
    if setpriv is None or capability is None:
        raise StackError(
            f"PostgreSQL does not run as root, and the user it runs as (uid {NOBODY}) cannot pass {closed}. Either run "
            f"'chmod o+x {closed}', or keep the checkout and the home (--home DIR) somewhere open, such as /opt or /srv, "
            "or start the stack as a normal user"
        )
    return Servant(
        prefix=(
            setpriv,
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            f"--inh-caps=+{capability}",
            f"--ambient-caps=+{capability}",
            # What the supervisor asked for is lost with the change of user, so it is asked for again.
            "--pdeathsig=INT",
            "--",
        )
    )


def _capability() -> str | None:
    """The least capability that this root may hand on."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapBnd:"):
            bounds = int(line.split()[1], 16)
            return next((name for name, number in _PASSING if bounds >> number & 1), None)
    return None
