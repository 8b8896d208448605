"""The version is the tag's: in a checkout, a clone without tags, a shallow one, and where there is no git at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

from dot_copilot import __version__
from dot_copilot.version import RELEASE, image_tag, of_checkout
from tests.support.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.make(tmp_path / "checkout")


def test_on_its_tag_it_is_the_tag(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.2.3", "-m", "1.2.3")
    assert of_checkout(repository.root) == "1.2.3"


def test_a_later_commit_counts_on_from_the_tag(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.2.3", "-m", "1.2.3")
    repository.commit("one")
    repository.commit("two")
    assert of_checkout(repository.root) == f"1.2.3+2.g{repository.head[:7]}"


def test_changes_that_are_not_committed_show(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.2.3", "-m", "1.2.3")
    (repository.root / "CHANGELOG.md").write_text("other\n")
    assert of_checkout(repository.root) == "1.2.3+dirty"
    repository.commit("one")
    (repository.root / "CHANGELOG.md").write_text("another\n")
    assert of_checkout(repository.root) == f"1.2.3+1.g{repository.head[:7]}.dirty"


def test_a_prerelease_is_a_version(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.3.0-rc.1", "-m", "1.3.0-rc.1")
    assert of_checkout(repository.root) == "1.3.0-rc.1"


def test_other_tags_are_not_asked(repository: Repository) -> None:
    repository.git("tag", "nightly")
    assert of_checkout(repository.root) == f"0.1.0+g{repository.head[:7]}"


def test_a_shallow_clone_takes_the_newest_release_of_the_changelog(repository: Repository, tmp_path: Path) -> None:
    repository.commit(
        "two", changelog="# Changelog\n\n## Unreleased\n\n## 1.4.0 - 2026-11-28\n\n- It.\n\n## 1.3.0 - 2026-11-01\n"
    )
    clone = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone)], check=True)
    assert of_checkout(clone) == f"1.4.0+g{repository.head[:7]}"


def test_without_git_it_is_a_version_all_the_same(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".git")
    assert of_checkout(repository.root) == "0.1.0+dev"
    (repository.root / "CHANGELOG.md").unlink()
    assert of_checkout(repository.root) == "0.1.0+dev"


def test_where_git_is_not_installed_too(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert of_checkout(repository.root) == "0.1.0+dev"


def test_every_version_is_one_to_python_and_a_tag_to_a_registry(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.3.0-rc.1", "-m", "1.3.0-rc.1")
    repository.commit("one")
    for named in (of_checkout(repository.root), "1.2.3", "0.1.0+dev", "1.2.3+4.g0a1b2c3.dirty", __version__):
        assert Version(named).public.startswith(named[:5])
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", image_tag(named)), "what a registry takes as a tag"


@pytest.mark.parametrize("word", ["1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3+4", "1.2.3-rc1", "1.2.3.4", "", "1.2.3\n"])
def test_what_is_no_version_of_a_release(word: str) -> None:
    assert not RELEASE.fullmatch(word)
