"""A git repository of a test's own, with a changelog and one commit."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n"
_NOBODY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True)
class Repository:
    """A checkout at `root`."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Repository:
        root.mkdir(parents=True)
        made = cls(root)
        made.git("init", "--quiet", "--initial-branch", "main")
        made.commit("first", changelog=CHANGELOG)
        return made

    @property
    def environment(self) -> dict[str, str]:
        """Somebody's name, and nobody's configuration."""
        return {**os.environ, **_NOBODY}

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=30, check=True
        )
        return done.stdout.strip()

    def commit(self, subject: str, *, changelog: str | None = None) -> None:
        """Everything as it is, and at least something new."""
        if changelog is not None:
            (self.root / "CHANGELOG.md").write_text(changelog)
        (self.root / "work.txt").write_text(subject)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", subject)
