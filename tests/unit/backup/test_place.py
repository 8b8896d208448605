"""A directory of backups: what counts, whose it is, what goes and what stays."""

from __future__ import annotations

import errno
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from dot_copilot.backup import recovery, vaulted
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Manifest, Place, durably, stamp, told
from dot_copilot.backup.prune import prune
from dot_copilot.backup.restore import choose
from dot_copilot.backup.sealing import Keys

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEYS = Keys("00000001", {"00000001": b"k" * 32})
OTHER = Keys("00000001", {"00000001": b"x" * 32})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "backups")
    place.claim("this home")
    return place


def made(place: Place, age: timedelta, first: int) -> Manifest:
    """A backup that is as old as `age`, whose recovery begins with segment number `first`."""
    at = NOW - age
    partial = place.new(f"{at:%Y%m%dT%H%M%S}-0000")
    (partial / "base.sealed").write_bytes(b"copy")
    digest = "1e87ba3c1dd0aec9a5b5c1e2a3bc7d27"
    name = f"{1:08X}{0:08X}{first:08X}"
    manifest = Manifest(
        f"{at:%Y%m%dT%H%M%S}-0000",
        stamp(at),
        stamp(at),
        stamp(at),
        name,
        name,
        True,
        0,
        "1.0",
        "00000001",
        {"base.sealed": (digest, 4)},
    )
    place.keep(partial, manifest, KEYS)
    return manifest


def segments(place: Place, *numbers: int) -> None:
    for number in numbers:
        (place.wal / f"{1:08X}{0:08X}{number:08X}.sealed").touch()


def test_a_directory_belongs_to_one_home(place: Place) -> None:
    place.claim("this home")
    with pytest.raises(BackupError, match="holds the backups of another home"):
        place.claim("another home")


def test_what_broke_off_is_no_backup_and_goes_with_the_next(place: Place) -> None:
    broken = place.new("20261127T000000-0000")
    (broken / "base.sealed").write_bytes(b"half")
    assert place.manifests() == []
    made(place, timedelta(), 1)
    assert not broken.exists()
    assert len(place.manifests()) == 1


def test_a_file_that_could_not_be_written_is_not_there_at_all(tmp_path: Path) -> None:
    def fails(out: BinaryIO) -> None:
        out.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(BackupError, match="No space left on device; nothing half is kept"), told(tmp_path):
        durably(tmp_path / "file", fails)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_stays_when_the_new_one_fails(tmp_path: Path) -> None:
    durably(tmp_path / "file", lambda out: out.write(b"old"))
    with pytest.raises(ZeroDivisionError):
        durably(tmp_path / "file", lambda out: out.write(b"%d" % (1 // 0)))
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_manifest_of_somebody_elses_key_is_not_genuine(place: Place) -> None:
    with pytest.raises(BackupError, match="is not genuine"):
        place.genuine(made(place, timedelta(), 1), OTHER)


def test_a_changed_copy_is_noticed(place: Place) -> None:
    with pytest.raises(BackupError, match="missing, cut off or damaged"):
        place.genuine(made(place, timedelta(), 1), KEYS)  # its digest is of something else


def test_the_backup_for_a_moment_is_the_newest_before_it(place: Place) -> None:
    old, new = made(place, timedelta(days=2), 1), made(place, timedelta(days=1), 5)
    assert choose(place, NOW - timedelta(days=1, hours=1)) == old
    assert choose(place, None) == choose(place, NOW) == new
    with pytest.raises(BackupError, match="is before the first backup"):
        choose(place, NOW - timedelta(days=3))


def test_pruning_keeps_what_reaches_back_to_the_retention(place: Place) -> None:
    ages = [timedelta(days=days) for days in (9, 8, 6, 1)]
    backups = [made(place, age, 10 * number) for number, age in enumerate(ages, 1)]
    segments(place, *range(8, 45))
    gone = prune(place, days=7, now=NOW)
    assert [one.id for one in gone] == [backups[0].id]
    assert place.manifests() == backups[1:]
    left = sorted(int(path.name[16:24], 16) for path in place.wal.iterdir())
    assert left == list(range(20, 45)), "the log since the oldest backup that is kept"


def test_pruning_never_deletes_the_last_backup(place: Place) -> None:
    only = made(place, timedelta(days=100), 1)
    assert prune(place, days=7, now=NOW) == []
    assert place.manifests() == [only]


def test_a_hole_in_the_log_is_found_with_what_came_before(place: Place) -> None:
    segments(place, 1, 2, 3, 5)
    assert recovery.missing(place, f"{1:08X}{0:08X}{2:08X}") == (f"{1:08X}{0:08X}{4:08X}", f"{1:08X}{0:08X}{3:08X}")
    assert recovery.missing(place, f"{1:08X}{0:08X}{5:08X}") is None


def held(place: Place, minutes: int, **values: str) -> None:
    vaulted.keep(place, {"values": dict(values), "files": {}}, KEYS, NOW + timedelta(minutes=minutes))


def test_secrets_are_kept_when_they_have_changed(place: Place) -> None:
    held(place, 0, password="a")
    held(place, 1, password="a")
    held(place, 2, password="b")
    assert len(vaulted.names(place)) == 2


def test_secrets_come_back_as_of_the_moment(place: Place) -> None:
    held(place, 0, password="a", token="t")
    held(place, 10, password="a", token="t")
    held(place, 11, password="b", later="l")

    def at(minutes: float) -> dict[str, str]:
        values: dict[str, str] = vaulted.as_of(place, KEYS, NOW + timedelta(minutes=minutes))["values"]
        return values

    assert at(5) == at(10) == {"password": "a", "token": "t"}
    assert at(11) == at(99) == {"password": "b", "later": "l"}
    # Nobody knows which came first, so that whatever a row names is there.
    assert at(10.5) == {"password": "b", "later": "l", "token": "t"}


def test_without_secrets_no_home_can_be_made(place: Place) -> None:
    with pytest.raises(BackupError, match="there are no secrets"):
        vaulted.as_of(place, KEYS, None)
