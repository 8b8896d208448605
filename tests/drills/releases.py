"""Releases to deploy in drills: a clone of this repository with tags, some good, some bad on purpose."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = b"made to fail by a drill"
"""In every answer that a bad release makes bad itself."""

_FAULTY = '''"""A drill's fault: some of what comes through the door goes wrong."""

import asyncio

from dot_copilot.app import create_app as good


def create_app():
    app, count = good(), 0

    async def faulty(scope, receive, send):
        nonlocal count
        if scope["type"] == "http" and scope["path"].startswith("/api/v1/drivers") and {condition}:
            count += 1
            if count % {every} == 0:
                {deed}
        await app(scope, receive, send)

    return faulty
'''
_REFUSE = f"""body = b'{{"detail":"{MARK.decode()}"}}'
                head = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
                await send({{"type": "http.response.start", "status": 500, "headers": head}})
                await send({{"type": "http.response.body", "body": body}})
                return"""
_THROUGH_THE_DOOR = 'any(name == b"x-real-ip" for name, _ in scope["headers"])'
_MIGRATION = '''"""A drill's migration, which fails half way."""

from alembic import op

revision = "9000"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create table drill_half_done (id int)")
    op.execute("select 1 / 0")


def downgrade() -> None:
    pass
'''


@dataclass
class Releases:
    """The clone. Each method tags a commit, whose version it gives."""

    root: Path
    _number: int = 0

    @classmethod
    def in_directory(cls, directory: Path) -> Releases:
        """Clone what is committed here; its web application need not be built again."""
        root = directory / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        found = cls(root)
        found.git("tag", "before")
        (root / ".git/info/exclude").write_text("web/node_modules\n")
        (root / "web/node_modules").symlink_to(ROOT / "web/node_modules")
        shutil.copytree(ROOT / "web/dist", root / "web/dist", copy_function=shutil.copy)
        return found

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=Drill", "-c", "user.email=drill@example.invalid", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def _tag(self) -> str:
        self._number += 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", f"Drill {self._number}")
        self.git("tag", f"v7.0.{self._number}")
        self.git("checkout", "--quiet", "before")
        return f"7.0.{self._number}"

    def good(self) -> str:
        """As it is, under another version."""
        return self._tag()

    def never_ready(self) -> str:
        """Its API ends as soon as it starts."""
        serve = self.root / "src/dot_copilot/serve.py"
        serve.write_text(
            serve.read_text().replace("    parser = ", '    raise SystemExit("made to fail by a drill")\n    parser = ')
        )
        return self._tag()

    def failing(self, every: int = 10, *, seen_by_smoke: bool = False) -> str:
        """One in `every` reads of drivers is answered with 500: of those that come through the door, or of all."""
        return self._faulty(every, _REFUSE, "True" if seen_by_smoke else _THROUGH_THE_DOOR)

    def slow(self, every: int = 5, seconds: float = 3.0) -> str:
        """One in `every` reads of drivers that come through the door takes long."""
        return self._faulty(every, f"await asyncio.sleep({seconds})", _THROUGH_THE_DOOR)

    def _faulty(self, every: int, deed: str, condition: str) -> str:
        text = _FAULTY.format(every=every, deed=deed, condition=condition)
        (self.root / "src/dot_copilot/faulty.py").write_text(text)
        serve = self.root / "src/dot_copilot/serve.py"
        serve.write_text(serve.read_text().replace('"dot_copilot.app:create_app"', '"dot_copilot.faulty:create_app"'))
        return self._tag()

    def bad_migration(self) -> str:
        """Its migration makes a table and then fails."""
        versions = self.root / "migrations/versions"
        newest = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
        (versions / "9000_drill.py").write_text(_MIGRATION.format(newest=newest))
        return self._tag()
