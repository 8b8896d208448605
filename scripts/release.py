"""Makes a release: `make release VERSION=1.2.3`. Dates the changelog, commits, tags, and never pushes.

What can be wrong is found before anything is written. A run that was killed leaves at most a changed changelog (`git checkout
CHANGELOG.md`), or a commit without its tag, which a second run finds and tags.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from dot_copilot.version import RELEASE

ROOT = Path(__file__).resolve().parents[1]
BRANCH = "main"
UNRELEASED = "## Unreleased"
_SECTION = re.compile(rf"^{UNRELEASED}\n(?P<entries>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class Refused(Exception):
    """Nothing was changed; the message says why, and what to do."""


def release(version: str, root: Path = ROOT, today: date | None = None) -> str:
    """Commits and tags `version`; returns the tag's name. Raises Refused."""
    _check_version(version, root)
    _check_tree(root)
    subject, tag = f"Release {version}", f"v{version}"
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    if not _is_committed(root, subject, version, text):
        changelog.write_text(dated(text, version, today or datetime.now(UTC).date()), encoding="utf-8")
        _git(root, "commit", "--quiet", "-m", subject, "--", "CHANGELOG.md")
    _git(root, "tag", "--annotate", tag, "-m", subject)
    return tag


def dated(changelog: str, version: str, day: date) -> str:
    """The changelog with what was unreleased below the version and its date. Raises Refused if nothing was."""
    section = _SECTION.search(changelog)
    if section is None:
        raise Refused(f"CHANGELOG.md has no heading '{UNRELEASED}'; add it, with what this release brings")
    entries = section["entries"].strip("\n")
    if not re.search(r"^- \S", entries, re.MULTILINE):
        raise Refused(f"nothing is listed below '{UNRELEASED}' in CHANGELOG.md; say there what this release brings")
    return (
        changelog.replace(section[0], f"{UNRELEASED}\n\n## {version} - {day.isoformat()}\n\n{entries}\n\n", 1).rstrip("\n") + "\n"
    )


def _check_version(version: str, root: Path) -> None:
    if not RELEASE.fullmatch(version):
        raise Refused(f"'{version}' is not a version; it is like 1.2.3, or 1.3.0-rc.1 for a release to try")
    tags = _git(root, "tag", "--list", "v[0-9]*").splitlines()
    if f"v{version}" in tags:
        raise Refused(f"there is a release {version} already; choose another version")
    known = [tag[1:] for tag in tags if RELEASE.fullmatch(tag[1:])]
    if known and _order(version) < (newest := max(map(_order, known))):
        last = next(one for one in known if _order(one) == newest)
        raise Refused(f"{version} comes before {last}, which is released; versions only grow")


def _order(version: str) -> tuple[list[int], str, int]:
    """A release comes after its own pre-releases, and alpha, beta, rc stand in the order of the alphabet."""
    numbers, _, pre = version.partition("-")
    word, _, count = pre.partition(".")
    return [int(number) for number in numbers.split(".")], word or "~", int(count or 0)


def _check_tree(root: Path) -> None:
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    if branch != BRANCH:
        raise Refused(f"releases are made on {BRANCH}, and this is {branch}; run: git switch {BRANCH}")
    if changed := _git(root, "status", "--porcelain").splitlines():
        names = ", ".join(line[3:] for line in changed[:3]) + (" ..." if len(changed) > 3 else "")
        raise Refused(f"the tree has changes that are not committed ({names}); commit them or take them back")


def _is_committed(root: Path, subject: str, version: str, changelog: str) -> bool:
    """Whether an earlier run was stopped between its commit and its tag."""
    return _git(root, "log", "-1", "--format=%s") == subject and f"\n## {version} - " in changelog


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603, S607
    if done.returncode != 0:
        raise Refused(f"git {words[0]} says: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
    return done.stdout.strip()


def main() -> int:
    """Says what was made and what is left to do; 2 for what is refused."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.stderr.write("usage: make release VERSION=1.2.3\n")
        return 2
    try:
        tag = release(sys.argv[1])
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    sys.stdout.write(f"{tag} is committed and tagged here; to publish it: git push --follow-tags origin {BRANCH}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
