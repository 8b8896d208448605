"""People work until a moment, and go on; then a new home is made as of that moment. It has everything, and nothing later."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.storage.blob import ContentSettings

from tests.drills.moments import Moment, look
from tests.drills.stacks import COMMAND, DATA_ONLY, StackUnderTest, new_stack, open_directory, wait_for
from tests.support import files
from tests.support.servers import free_port

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    path = open_directory()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def stack(root: Path) -> Iterator[StackUnderTest]:
    settings = {"DOT_BACKUP_DIR": str(root / "backups")}
    with new_stack(options=("--without", "monitoring"), settings=settings, root=root) as found:
        found.up()
        wait_for("the first backup is made", lambda: found.run("backup", "list").stdout, 90)
        yield found


@pytest.fixture(scope="module")
def key(root: Path, stack: StackUnderTest) -> Path:
    file = root / "recovery-key"
    file.write_text(stack.run("backup", "recovery-key").stdout)
    return file


@contextlib.contextmanager
def safety_manager(stack: StackUnderTest) -> Iterator[httpx.Client]:
    accounts = json.loads((stack.home / "demo-accounts.json").read_text())
    account = next(one for one in accounts if one["role"] == "safety_manager")
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=30, trust_env=False) as client:
        known = {"email": account["email"], "password": account["password"]}
        answer = client.post("/auth/login", json=known).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


@dataclass
class Work:
    """Somebody takes on drivers and files their papers, one after the other."""

    stack: StackUnderTest
    documents: list[str] = field(default_factory=list)

    def go_on(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        with safety_manager(self.stack) as client:
            terminal = str(client.get("/terminals").raise_for_status().json()["items"][0]["id"])
            while time.monotonic() < ends:
                self._one(client, terminal)

    def _one(self, client: httpx.Client, terminal: str) -> None:
        body = {"employee_id": uuid.uuid4().hex[:10], "first_name": "Rosa", "last_name": "Delgado", "terminal_id": terminal}
        driver = client.post("/drivers", json={**body, "hired_on": "2025-03-10"}).raise_for_status().json()
        sent = client.post(
            f"/drivers/{driver['id']}/evidence",
            data={"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": ""},
            files={"file": ("card.pdf", files.pdf(body["employee_id"]), "application/octet-stream")},
        )
        self.documents.append(str(sent.raise_for_status().json()["document"]["id"]))


@dataclass(frozen=True)
class Course:
    """What was at the moment, what the restore said, and where the new home is."""

    moment: Moment
    document: str
    content: bytes
    later: int
    restored: subprocess.CompletedProcess[str]
    seconds: float
    home: Path


@pytest.fixture(scope="module")
def course(root: Path, stack: StackUnderTest, key: Path) -> Course:
    work = Work(stack)
    work.go_on(10)
    with stack.blobs() as container:
        settings = ContentSettings(content_type="text/plain", content_disposition="inline")
        container.upload_blob("changed", b"as it was", content_settings=settings, metadata={"kept": "yes"})
        container.upload_blob("deleted", b"still there")
        container.upload_blob("large", b"0123456789abcdef" * (3 << 16))
    # What comes and goes between two rounds nobody has seen: a minute is what the loss of a disk costs.
    take(stack)
    wait_for("the worker has nothing to do", lambda: asyncio.run(at_rest(stack)), 60)
    time.sleep(1.1)  # the store tells of a file's age in whole seconds
    moment = asyncio.run(look(stack.home))
    with safety_manager(stack) as client:
        content = client.get(f"/documents/{work.documents[-1]}/content").raise_for_status().content
    take(stack)
    with stack.blobs() as container:
        container.upload_blob("changed", b"as it became", overwrite=True)
        container.delete_blob("deleted")
        container.upload_blob("later", b"not yet there")
    subprocess.run(
        [COMMAND, "put-secret", "later", "--home", str(stack.home)], input="not yet there", text=True, check=True, timeout=60
    )
    until = len(work.documents)
    work.go_on(5)
    follow(stack)
    home, began = root / "new", time.monotonic()
    words = ("backup", "restore", "--to", str(home), "--dir", str(root / "backups"), "--key-file", str(key))
    done = stack.run(*words, "--at", moment.at.isoformat(), timeout=400)
    return Course(moment, work.documents[until - 1], content, len(work.documents) - until, done, time.monotonic() - began, home)


async def at_rest(stack: StackUnderTest) -> bool:
    """Whether no job is due or running."""
    waiting = (
        "select 1 from procrastinate_jobs where status = 'doing' or (status = 'todo' and coalesce(scheduled_at, now()) <= now())"
    )
    return not await stack.sql(waiting)


def take(stack: StackUnderTest) -> None:
    done = stack.run("backup", "take")
    assert done.returncode == 0, done.stderr


def follow(stack: StackUnderTest) -> None:
    """Waits for the next round of the part that keeps backups."""
    began = datetime.now(UTC)
    synced = Path(stack.settings["DOT_BACKUP_DIR"]) / "blobs/synced.json"
    wait_for("the backup has followed", lambda: datetime.fromisoformat(json.loads(synced.read_text())["began"]) > began, 120)


def test_the_restore_says_what_it_did(course: Course) -> None:
    assert course.restored.returncode == 0, course.restored.stderr
    assert "is complete" in course.restored.stdout
    assert "may name files that are not there" not in course.restored.stdout


def test_every_row_file_and_secret_of_the_moment_is_there_and_nothing_later(course: Course) -> None:
    assert course.later > 0, "nobody worked after the moment"
    new = StackUnderTest(course.home, free_port(), DATA_ONLY)
    try:
        new.up()
        found = asyncio.run(look(course.home))
    finally:
        new.down()
    assert found.rows == course.moment.rows
    assert found.files == course.moment.files
    assert found.secrets == course.moment.secrets
    print(report(course))  # noqa: T201 - a drill ends in a report


def test_people_sign_in_to_the_new_home_and_find_their_papers(course: Course) -> None:
    new = StackUnderTest(course.home, free_port(), ("--without", "monitoring"))
    try:
        new.up()
        with safety_manager(new) as client:
            assert client.get(f"/documents/{course.document}/content").raise_for_status().content == course.content
        Work(new).go_on(1)
        assert new.run("audit", "verify").returncode == 0
    finally:
        new.down()


def report(course: Course) -> str:
    """What was compared, and how long it took."""
    moment = course.moment
    counts = f"{moment.row_count} rows of {len(moment.rows)} tables, {len(moment.files)} files, {len(moment.secrets)} secrets"
    steps = [line for line in course.restored.stdout.splitlines() if line.endswith(" s")]
    lines = [
        f"restored to {moment.at.isoformat()} in {course.seconds:.1f} s:",
        *(f"  {line}" for line in steps),
        f"  the same: {counts}",
        f"  {course.later} drivers that came later: not there",
    ]
    return "\n".join(lines)


def restore(stack: StackUnderTest, root: Path, key: Path, directory: Path, **options: str) -> subprocess.CompletedProcess[str]:
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    given = ("--dir", str(directory), "--key-file", str(key), "--to", str(root / "refused"))
    return stack.run("backup", "restore", *given, *words)


def other(key: Path, root: Path) -> Path:
    known = json.loads(base64.b64decode(key.read_text()))
    file = root / "other-key"
    file.write_text(json.dumps([{**known[0], "key": "00" * 32}]))
    return file


def copied(root: Path, name: str) -> Path:
    """The backups, to be spoilt."""
    target = root / name
    subprocess.run(["cp", "-a", str(root / "backups"), str(target)], check=True)  # with who may read it
    return target


def damaged(root: Path) -> Path:
    directory = copied(root, "damaged")
    base = sorted(directory.glob("backups/2*/base.sealed"))[-1]
    raw = bytearray(base.read_bytes())
    raw[len(raw) // 2] ^= 1
    base.write_bytes(raw)
    return directory


def holed(root: Path) -> Path:
    directory = copied(root, "holed")
    segments = [path for path in sorted(directory.glob("wal/*.sealed")) if len(path.name) == len("0" * 24 + ".sealed")]
    segments[-2].unlink()
    return directory


@pytest.mark.usefixtures("course")
class TestWhatCannotBeRestored:
    """It is said in a sentence, and no home is left that somebody could take for one."""

    def refused(self, done: subprocess.CompletedProcess[str], root: Path, *words: str) -> None:
        assert done.returncode == 1, done.stdout
        for word in words:
            assert word in done.stderr
        assert not (root / "refused").exists()
        assert "Traceback" not in done.stderr

    def test_with_another_key(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        self.refused(restore(stack, root, other(key, root), root / "backups"), root, "not genuine")

    def test_a_damaged_copy(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        self.refused(restore(stack, root, key, damaged(root)), root, "base.sealed is missing, cut off or damaged")

    def test_a_log_with_a_hole(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        self.refused(restore(stack, root, key, holed(root)), root, "of the log of changes is missing", "with --at")

    def test_a_moment_before_the_first_backup(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        done = restore(stack, root, key, root / "backups", at="2020-01-01T00:00:00Z")
        self.refused(done, root, "is before the first backup")

    def test_a_moment_that_was_not_archived_yet(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        done = restore(stack, root, key, root / "backups", at="2100-01-01T00:00:00Z")
        self.refused(done, root, "is after what was archived", "Leave --at out")

    def test_a_home_that_is_not_empty(self, stack: StackUnderTest, root: Path, key: Path) -> None:
        words: tuple[Any, ...] = ("--dir", root / "backups", "--key-file", key, "--to", stack.home)
        done = stack.run("backup", "restore", *map(str, words))
        assert done.returncode == 1
        assert "is not empty" in done.stderr
        assert stack.ready()
