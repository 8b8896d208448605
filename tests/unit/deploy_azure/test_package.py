"""Packages are made from commits, not from what lies around; a version means one commit."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.deploy import commits
from dot_copilot.deploy.azure import package
from dot_copilot.deploy.errors import RefusedError, StepFailedError, UnknownVersionError
from tests.support.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.make(tmp_path / "checkout")
    for name in package.TAKEN[:4]:
        (made.root / name).mkdir(parents=True)
        (made.root / name / "file.txt").write_text("one\n")
    for name in (*package.TAKEN[4:], package.LOCK):
        (made.root / name).parent.mkdir(exist_ok=True)
        (made.root / name).write_text("x\n")
    made.commit("all of it")
    made.git("tag", "-a", "v1.0.0", "-m", "1.0.0")
    return made


def test_the_same_commit_gives_the_same_bytes(repository: Repository, tmp_path: Path) -> None:
    one = package.make("1.0.0", repository.head, repository.root, tmp_path / "one").read_bytes()
    (repository.root / "src/dot_copilot/file.txt").write_text("changed, and not committed\n")
    (repository.root / "src/dot_copilot/secret.txt").write_text("lies around\n")
    other = package.make("1.0.0", repository.head, repository.root, tmp_path / "other")
    assert other.read_bytes() == one
    with zipfile.ZipFile(other) as archive:
        assert archive.read("src/dot_copilot/VERSION") == b"1.0.0\n"
        assert archive.read("requirements.txt") == b"x\n"
        assert "src/dot_copilot/secret.txt" not in archive.namelist()


@pytest.mark.parametrize("asked", ["1.0.0", "v1.0.0", "{head}", "1.0.0+3.g{short}", "main"])
def test_a_version_is_found_by_its_names(repository: Repository, asked: str) -> None:
    name = asked.format(head=repository.head, short=repository.head[:7])
    assert commits.resolve(name, repository.root) == ("1.0.0", repository.head)


def test_an_older_version_can_be_made_again(repository: Repository) -> None:
    tagged = repository.head
    repository.commit("later")
    assert commits.resolve("1.0.0", repository.root) == ("1.0.0", tagged)
    assert commits.resolve("", repository.root) == (f"1.0.0+1.g{repository.head[:7]}", repository.head)


@pytest.mark.parametrize("asked", ["9.9.9", "--all", "nonsense", "1.0.0+dev"])
def test_a_version_there_is_not_is_refused_with_those_there_are(repository: Repository, asked: str) -> None:
    with pytest.raises(UnknownVersionError, match="the newest releases are: 1"):
        commits.resolve(asked, repository.root)


def test_a_tree_with_changes_is_refused(repository: Repository) -> None:
    (repository.root / "CHANGELOG.md").write_text("x")
    with pytest.raises(RefusedError, match="the tree has changes that are not committed"):
        commits.resolve("", repository.root)
    assert commits.resolve("1.0.0", repository.root), "a version by name is not what lies around"


def test_a_commit_that_lacks_something_gives_no_package(repository: Repository, tmp_path: Path) -> None:
    repository.git("rm", "-q", "-r", "migrations")
    repository.commit("without")
    with pytest.raises(StepFailedError, match="can't be packed"):
        package.make("1.0.1", repository.head, repository.root, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_installed_package_makes_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "_CARRIED", tmp_path)
    with pytest.raises(RefusedError, match="run this in one"):
        package.checkout()
