"""What goes: backups older than the retention, except the newest, and the log of changes that only they needed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

from dot_copilot.backup import blobs, vaulted
from dot_copilot.backup.place import Manifest, Place, told


def prune(place: Place, *, days: float, now: datetime | None = None) -> list[Manifest]:
    """Deletes what is older than `days`; returns the backups that went.

    The newest backup older than that stays too: without it the days right after it could not be restored.
    """
    oldest_wanted = (now or datetime.now(UTC)) - timedelta(days=days)
    old = [one for one in place.manifests() if datetime.fromisoformat(one.consistent) < oldest_wanted]
    going = old[:-1]
    with told(place.root):
        for manifest in going:
            path = place.backups / manifest.id
            partial = path.with_name(f".{manifest.id}.partial")  # no backup any more, whatever happens to the rest
            path.rename(partial)
            shutil.rmtree(partial)
        kept = place.manifests()
        if kept:
            # Segments of a later timeline sort after it; names of histories and labels are not segments and stay.
            first = min(one.first_wal for one in kept)
            for segment in place.wal.glob("*.sealed"):
                name = segment.name.removesuffix(".sealed")
                if len(name) == 24 and name[8:] < first[8:]:
                    segment.unlink()
            copies = vaulted.names(place)
            unneeded = [name for name in copies if vaulted.instant(name) <= datetime.fromisoformat(kept[0].consistent)][:-1]
            for name in unneeded:
                (place.secrets / name).unlink()
        blobs.prune(place, days)
    return going
