"""Which version this is, from one source: the tag. `python -m dot_copilot.version` prints it, `--image` as an image's tag.

What is built from a checkout carries it in a file, `VERSION`, beside this one: the wheel, the image, App Service's archive. A
checkout asks git. Only the standard library is used here, because the build of the wheel loads this file by itself.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

BEFORE_ANY_RELEASE = "0.1.0"
RELEASE = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(rc|beta|alpha)\.(0|[1-9]\d*))?")
"""What a release may be called: a Semantic Version, with a pre-release that PEP 440 knows too."""
_HEADING = re.compile(r"^## (\S+) - \d{4}-\d\d-\d\d$", re.MULTILINE)
_DESCRIBED = re.compile(r"v(?P<tag>.+)-(?P<since>\d+)-g(?P<commit>[0-9a-f]+)(?P<dirty>-dirty)?")
_BARE = re.compile(r"(?P<commit>[0-9a-f]{7,40})(?P<dirty>-dirty)?")
_HERE = Path(__file__).resolve().parent


@functools.cache
def version() -> str:
    """`1.2.3` on its tag, `1.2.3+4.g0a1b2c3` four commits later (`.dirty` with changes), `1.2.3+dev` where git cannot say."""
    carried = _HERE / "VERSION"
    if carried.is_file():
        return carried.read_text(encoding="utf-8").strip()
    return of_checkout(_HERE.parents[1])


def of_checkout(root: Path) -> str:
    """The version of the checkout at `root`, with tags, without (a shallow clone), or without git at all.

    What follows the `+` is build metadata to Semantic Versioning and a local version to PEP 440.
    """
    return _named(root, _described(root, "--dirty"))


def of_commit(root: Path, commit: str) -> str:
    """The version of a commit, whatever is checked out."""
    return _named(root, _described(root, commit))


def _named(root: Path, said: str) -> str:
    if found := _DESCRIBED.fullmatch(said):
        marks = [] if found["since"] == "0" else [found["since"], f"g{found['commit']}"]
        return _joined(found["tag"], marks, found["dirty"])
    base = _last_in_changelog(root)
    if found := _BARE.fullmatch(said):
        return _joined(base, [f"g{found['commit']}"], found["dirty"])
    return f"{base}+dev"


def image_tag(named: str) -> str:
    """The version as a tag of an image, in which there may be no plus."""
    return named.replace("+", "-")


def _joined(base: str, marks: list[str], dirty: str | None) -> str:
    local = ".".join([*marks, *(["dirty"] if dirty else [])])
    return f"{base}+{local}" if local else base


def _described(root: Path, what: str) -> str:
    """What git says of a commit, or of what is checked out (`--dirty`), or nothing. A release's tag is called like one."""
    if not (root / ".git").exists():
        return ""
    command = ["git", "describe", "--tags", "--long", "--always", "--abbrev=7", "--match", "v[0-9]*.[0-9]*.[0-9]*", what]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _last_in_changelog(root: Path) -> str:
    """The newest release that the changelog tells of: what a clone without tags is based on."""
    try:
        found = _HEADING.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    except OSError:
        return BEFORE_ANY_RELEASE
    return found[1] if found and RELEASE.fullmatch(found[1]) else BEFORE_ANY_RELEASE


if __name__ == "__main__":
    sys.stdout.write((image_tag(version()) if "--image" in sys.argv[1:] else version()) + "\n")
