"""Keeping PostgreSQL's log of changes for backups (`dot_copilot.backup`): on when `DOT_BACKUP_DIR` names a directory."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from pathlib import Path

from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home, write_private

SETTING, DAYS_SETTING = "DOT_BACKUP_DIR", "DOT_BACKUP_DAYS"
DAYS = 7
"""How long backups are kept, as in the table of tiers: 7 days in development and staging, 14 in production."""
LATE_S, BEHIND_S = 26 * 3600, 600
"""When a backup is late, and when what follows it is: as the alerts BackupLate and BackupBehind have it."""
GAP = "archive-gap"
"""A file in the data directory: the name of a segment that was let go without having been archived."""
_CONFIGURATION = """\
archive_mode = on
archive_command = '{python} -m dot_copilot.backup.wal archive {key} {place} %p {gap}'
# What is lost at most when the disk is: the changes of this long.
archive_timeout = 60s
# What a copy of the database needs of the log must not be gone before the copy has ended.
wal_keep_size = 512MB
"""
_AWKWARD = set(" '\"\\%$`;&|<>()*?\n")


def directory() -> Path | None:
    """Where backups go, if anybody has said so."""
    named = os.environ.get(SETTING)
    return Path(named).expanduser().absolute() if named else None


def days() -> int:
    """How long backups are kept; StackError when it is said in a way that makes no sense."""
    given = os.environ.get(DAYS_SETTING, str(DAYS))
    if not given.isdigit() or not 1 <= int(given) <= 3650:
        raise StackError(f"{DAYS_SETTING}={given} is no number of days between 1 and 3650")
    return int(given)


def ways() -> tuple[Path, ...]:
    """Where PostgreSQL's user has to pass to archive: to the interpreter, and to the directory."""
    place = directory()
    return () if place is None else (Path(sys.executable).resolve().parent, place.parent)


def remembered(home: Home) -> Path | None:
    """Where the backups of a running stack go."""
    try:
        return Path(json.loads((home.run / "backup.json").read_text())["place"])
    except (OSError, ValueError, KeyError):
        return None


def state(home: Home) -> dict[str, float]:
    """What the keeper of backups has noted, in seconds since the epoch; nothing where no backups are made.

    `made` is when the newest backup was made (until there is one, when the keeper was told to), `followed` up to when the log of
    changes, files and secrets are kept.
    """
    if remembered(home) is None:
        return {}
    try:
        noted: dict[str, float] = json.loads((home.run / "backup-state.json").read_text())
    except (OSError, ValueError):
        return {}
    return {name: noted.get(name, noted["began"]) for name in ("made", "followed")}


def look(home: Home) -> tuple[bool, str, str]:
    """For the doctor: whether backups are made, what there is, and what to do."""
    place, noted = remembered(home) or directory(), state(home)
    if place is None:
        return False, "not made", f"start the stack with {SETTING}=DIR, on another disk; see docs/runbooks/backup.md"
    if not noted:
        return True, f"go to {place} once the stack runs", ""
    ages = {name: max(0.0, time.time() - at) for name, at in noted.items()}
    found = f"in {place}: the last is {ages['made'] / 3600:.0f} h old, changes are kept up to {ages['followed']:.0f} s ago"
    late = ages["made"] > LATE_S or ages["followed"] > BEHIND_S
    return not late, found, f"if the stack runs, read why in {home.log('backup')}; see docs/runbooks/backup.md"


def gap(home: Home) -> str:
    """The last segment of the log that was let go without having been archived; empty if none was since the last backup."""
    try:
        return (home.postgres / GAP).read_text()
    except OSError:
        return ""


def key_file(home: Home) -> Path:
    """What PostgreSQL's user seals segments with; there once the keeper of backups has found that the directory is ours."""
    return home.run / "backup.key"


def identity(home: Home) -> str:
    """What tells this home's backups from another's; a restored home gets one of its own."""
    file = home.root / "backup-id"
    if not file.exists():
        write_private(file, secrets.token_hex(8))
    return file.read_text()


def configuration(home: Home) -> str:
    """Lines for postgresql.conf. Before the server starts, so nothing of an earlier start is left to seal with."""
    key_file(home).unlink(missing_ok=True)
    place = directory()
    if place is None:
        (home.run / "backup.json").unlink(missing_ok=True)
        return ""
    if place.is_relative_to(home.root):
        raise StackError(f"{SETTING}={place} is in the home, and would be lost with it; choose a directory on another disk")
    words = {"python": sys.executable, "key": key_file(home), "place": place / "wal", "gap": GAP}
    for word in words.values():
        if _AWKWARD & set(str(word)):
            raise StackError(f"{word} has characters that a command of PostgreSQL cannot hold; choose another {SETTING}")
    identity(home)
    write_private(home.run / "backup.json", json.dumps({"place": str(place)}))
    return _CONFIGURATION.format(**words)
