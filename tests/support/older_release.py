"""The release before: its files from this repository's history, and its own `dot-copilot`."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RELEASED = "c917df60d019ed0650c5bd576faba9454eaf5377"
"""The commit of the release before: the newest whose last migration is `test_migrations.RELEASED`."""
_BUILT = ("web/dist", "deploy/local/node_modules")
"""What `make setup` builds, which no history has: that of today serves."""


def unpacked(tree: Path) -> Path:
    """Puts that release's files into a directory that exists. Skips the test in a clone without the history."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", RELEASED, "src", "migrations", "deploy"], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.skip(f"this clone has not the history with the release before ({RELEASED[:7]}): git fetch --unshallow brings it")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as found:
        found.extractall(tree, filter="data")
    return tree


def up(tree: Path, home: Path, port: int) -> None:
    """That release's `dot-copilot up`, from its files in `tree`; fails with what it said when it does not come up."""
    for name in _BUILT:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).symlink_to(ROOT / name)
    command = [sys.executable, "-c", "from dot_copilot.cli import main; main()", "up", "--detach", "--without", "monitoring"]
    done = subprocess.run(
        [*command, "--home", str(home), "--port", str(port)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
