"""A release dates the changelog, commits and tags; anything wrong is refused with a sentence and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dot_copilot.version import of_checkout
from scripts.release import Refused, dated, release
from tests.support.repositories import Repository

DAY = date(2026, 11, 28)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository.make(tmp_path / "checkout")
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def changelog(repository: Repository) -> str:
    return (repository.root / "CHANGELOG.md").read_text()


def test_it_dates_commits_and_tags(repository: Repository) -> None:
    assert release("0.2.0", repository.root, DAY) == "v0.2.0"
    assert changelog(repository) == "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-11-28\n\n### Added\n- A thing.\n"
    assert repository.git("log", "-1", "--format=%s") == "Release 0.2.0"
    assert repository.git("diff", "--name-only", "HEAD~1") == "CHANGELOG.md"
    assert repository.git("cat-file", "-t", "v0.2.0") == "tag"
    assert repository.git("status", "--porcelain") == ""
    assert of_checkout(repository.root) == "0.2.0"


def test_older_releases_stay_below(repository: Repository) -> None:
    release("0.2.0", repository.root, DAY)
    text = changelog(repository).replace("## Unreleased\n", "## Unreleased\n\n### Fixed\n- Another.\n")
    repository.commit("work", changelog=text)
    release("0.2.1", repository.root, date(2026, 12, 1))
    headings = [line for line in changelog(repository).splitlines() if line.startswith("## ")]
    assert headings == ["## Unreleased", "## 0.2.1 - 2026-12-01", "## 0.2.0 - 2026-11-28"]
    assert "### Fixed\n- Another.\n\n## 0.2.0 - 2026-11-28\n\n### Added\n- A thing.\n" in changelog(repository)


def test_nothing_is_pushed(repository: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "remote")], check=True)
    repository.git("remote", "add", "origin", str(tmp_path / "remote"))
    release("0.2.0", repository.root, DAY)
    assert repository.git("ls-remote", "origin") == ""


def test_one_that_was_stopped_before_its_tag_is_finished(repository: Repository) -> None:
    release("0.2.0", repository.root, DAY)
    repository.git("tag", "-d", "v0.2.0")
    committed = repository.head
    assert release("0.2.0", repository.root, DAY) == "v0.2.0"
    assert repository.head == committed, "no second commit"


@pytest.mark.parametrize("version", ["1.2", "v1.2.3", "1.2.3-final", "1.2.3+4", "latest", "1.2.3; rm -rf /"])
def test_what_is_no_version_is_refused(repository: Repository, version: str) -> None:
    refused(repository, version, "is not a version; it is like 1.2.3")


def test_a_version_that_exists_is_refused(repository: Repository) -> None:
    repository.git("tag", "-a", "v0.2.0", "-m", "x")
    refused(repository, "0.2.0", "there is a release 0.2.0 already")


@pytest.mark.parametrize("version", ["0.9.9", "1.0.0-rc.2"])
def test_a_version_before_the_last_is_refused(repository: Repository, version: str) -> None:
    repository.git("tag", "-a", "v1.0.0", "-m", "x")
    refused(repository, version, f"{version} comes before 1.0.0, which is released")


def test_a_release_follows_its_own_candidates(repository: Repository) -> None:
    repository.git("tag", "-a", "v0.2.0-rc.10", "-m", "x")
    refused(repository, "0.2.0-rc.9", "0.2.0-rc.9 comes before 0.2.0-rc.10")
    assert release("0.2.0", repository.root, DAY) == "v0.2.0"


def test_a_tree_with_changes_is_refused(repository: Repository) -> None:
    (repository.root / "new.txt").write_text("x")
    refused(repository, "0.2.0", "the tree has changes that are not committed (new.txt)")


def test_another_branch_is_refused(repository: Repository) -> None:
    repository.git("switch", "-q", "-c", "feature")
    refused(repository, "0.2.0", "releases are made on main, and this is feature")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "# Changelog\n\n## Unreleased\n\n### Added\n\n## 0.1.0 - 2026-11-01\n\n- It.\n",
            "nothing is listed below '## Unreleased'",
        ),
        ("# Changelog\n", "has no heading '## Unreleased'"),
    ],
)
def test_nothing_to_release_is_refused(repository: Repository, text: str, sentence: str) -> None:
    repository.commit("work", changelog=text)
    refused(repository, "0.2.0", sentence)


def refused(repository: Repository, version: str, sentence: str) -> None:
    before = (repository.head, repository.git("tag"), changelog(repository))
    with pytest.raises(Refused) as why:
        release(version, repository.root, DAY)
    assert sentence in str(why.value)
    assert (repository.head, repository.git("tag"), changelog(repository)) == before, "nothing was changed"


def test_our_own_changelog_can_be_dated() -> None:
    text = (Path(__file__).resolve().parents[3] / "CHANGELOG.md").read_text()
    text = text.replace("## Unreleased\n", "## Unreleased\n\n### Fixed\n- It.\n", 1)
    assert "## Unreleased\n\n## 99.0.0 - 2026-11-28\n\n### Fixed\n- It.\n" in dated(text, "99.0.0", DAY)


def test_bad_input_is_one_sentence_and_exit_code_2() -> None:
    done = subprocess.run([sys.executable, "-m", "scripts.release", "1.2"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "'1.2' is not a version; it is like 1.2.3, or 1.3.0-rc.1 for a release to try\n"
