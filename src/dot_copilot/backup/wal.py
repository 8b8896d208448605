"""What PostgreSQL runs for each segment of its log of changes: `archive` seals it into the backups, `fetch` gives it back.

Runs as PostgreSQL's own user, and in a restore too. Its key is in a file only that user reads. Exit codes are PostgreSQL's:
0 is done, 1 is "not now" (archive: asked again; fetch: there is no such segment), above 128 ends a recovery instead of passing
for its end.
"""

from __future__ import annotations

import shutil
import sys
import zlib
from pathlib import Path

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import durably
from dot_copilot.backup.sealing import Keys, inflated, seal, unseal

KEEP_FREE = 1 << 30
"""Bytes of the disk that are left to PostgreSQL: with fewer a segment goes without having been archived."""
GAP = "archive-gap"
NOT_GENUINE = 200


def archive(key_file: Path, place: Path, segment: Path, spare: Path) -> int:
    """Seals `segment`, durably. With the place out of reach and the disk nearly full, lets it go and notes that in `spare`."""
    try:
        target = place / f"{segment.name}.sealed"
        keys = Keys.parse(key_file.read_text())
        if target.exists():
            # A crash between the rename and our answer. The same segment is fine, another one is not.
            with target.open("rb") as stream:
                return 0 if zlib.decompress(b"".join(unseal(stream, keys, segment.name))) == segment.read_bytes() else 1
        durably(target, lambda out: seal([zlib.compress(segment.read_bytes(), 1)], out, keys, segment.name))
    except (OSError, BackupError) as error:
        sys.stderr.write(f"{segment.name} was not archived: {error}\n")
        if shutil.disk_usage(segment.parent).free > KEEP_FREE:
            return 1
        spare.write_text(segment.name)
        sys.stderr.write("the disk is nearly full: going on without it; make a new backup as soon as the place is back\n")
    return 0


def fetch(key_file: Path, place: Path, name: str, target: Path) -> int:
    """Opens the segment `name` into `target`."""
    path = place / f"{name}.sealed"
    if not path.exists():
        return 1
    try:
        with path.open("rb") as stream:
            sealed = unseal(stream, Keys.parse(key_file.read_text()), name)
            target.write_bytes(b"".join(inflated(sealed)))
    except (OSError, BackupError, zlib.error) as error:
        sys.stderr.write(f"DOT-BACKUP {error}\n")
        return NOT_GENUINE
    return 0


def main() -> int:
    """`archive KEY PLACE SEGMENT SPARE` or `fetch KEY PLACE NAME TARGET`."""
    verb, key_file, place, what, other = sys.argv[1:]
    if verb == "archive":
        return archive(Path(key_file), Path(place), Path(what), Path(other))
    return fetch(Path(key_file), Path(place), what, Path(other))


if __name__ == "__main__":
    sys.exit(main())
