"""What PostgreSQL and an operator are told about backups, and the home that a restore has not finished."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from dot_copilot.stack import doctor, exposition
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import UNFINISHED, Home
from dot_copilot.stack.parts import archiving


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in (archiving.SETTING, archiving.DAYS_SETTING):
        monkeypatch.delenv(name, raising=False)
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def place(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(archiving.SETTING, str(home.root.parent / "backups"))
    return home.root.parent / "backups"


def line(home: Home) -> doctor.Finding:
    return next(found for found in doctor.examine(home, 1) if found.what == "backups")


def noted(home: Home, **ages: float) -> None:
    words = {name: time.time() - age for name, age in ages.items()}
    (home.run / "backup-state.json").write_text(json.dumps(words))


def test_without_a_directory_nothing_is_archived_and_doctor_says_so(home: Home) -> None:
    assert archiving.configuration(home) == ""
    found = line(home)
    assert (found.ok, found.needed, found.found) == (False, False, "not made")
    assert "DOT_BACKUP_DIR=DIR" in found.remedy


def test_with_one_postgresql_archives_into_it(home: Home, place: Path) -> None:
    text = archiving.configuration(home)
    assert "archive_mode = on" in text
    assert f"archive {home.run / 'backup.key'} {place / 'wal'} %p" in text
    assert line(home).found == f"go to {place} once the stack runs"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("made", "followed", "good"), [(3600, 20, True), (27 * 3600, 20, False), (3600, 700, False)])
def test_doctor_tells_how_old_the_last_one_is(home: Home, made: float, followed: float, good: bool) -> None:
    archiving.configuration(home)
    noted(home, began=9e5, made=made, followed=followed)
    found = line(home)
    assert found.ok == good
    assert f"the last is {made / 3600:.0f} h old" in found.found


@pytest.mark.usefixtures("place")
def test_the_supervisor_serves_both_moments_and_counts_from_the_start_until_there_is_one(home: Home) -> None:
    archiving.configuration(home)
    (home.run / "backup-state.json").write_text(json.dumps({"began": 5.0, "followed": 7.0}))
    text = exposition.render([], {}, home.root, {}, archiving.state(home))
    assert "dot_backup_made_timestamp_seconds{} 5.0" in text
    assert "dot_backup_followed_timestamp_seconds{} 7.0" in text
    assert "dot_backup" not in exposition.render([], {}, home.root, {}, {})


@pytest.mark.parametrize("name", ["in home", "a'quote", "a;b"])
def test_a_directory_that_cannot_work_is_refused(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(archiving.SETTING, str(home.root / "backups" if name == "in home" else home.root.parent / name))
    with pytest.raises(StackError, match=r"would be lost with it|cannot hold"):
        archiving.configuration(home)


@pytest.mark.parametrize("days", ["0", "-1", "week", "5000"])
def test_a_retention_that_makes_no_sense_is_refused(home: Home, days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert archiving.days() == 7
    monkeypatch.setenv(archiving.DAYS_SETTING, days)
    with pytest.raises(StackError, match="no number of days"):
        archiving.days()


def test_a_home_that_a_restore_has_not_finished_is_not_started(home: Home) -> None:
    (home.root / UNFINISHED).touch()
    with pytest.raises(StackError, match="half restored"):
        home.create()
    home.create(unfinished=True)
