"""Faults for drills: each can be begun and ended, and says which alert it must raise."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.drills.stacks import StackUnderTest, wait_for


class Fault(Protocol):
    """Something that goes wrong."""

    def begin(self) -> None:
        """Let it go wrong; returns when it has."""

    def end(self) -> None:
        """Set it right again."""


def family(pid: int) -> list[int]:
    """A process and everything below it: PostgreSQL's own are each in a session of their own."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            found += [int(word) for word in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
    return found


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@dataclass
class Frozen:
    """A part that hangs, and hangs again whenever the supervisor has replaced it."""

    stack: StackUnderTest
    part: str
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        self._freeze()
        self._thread = threading.Thread(target=self._keep)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        pid = self._pid()
        if pid is not None:
            signal_all(family(pid), signal.SIGCONT)

    def _pid(self) -> int | None:
        parts = self.stack.ask("supervisor", "/state")["parts"]
        found: int | None = next(part["pid"] for part in parts if part["name"] == self.part)
        return found

    def _freeze(self) -> None:
        pid = self._pid()
        if pid is not None:
            signal_all(family(pid), signal.SIGSTOP)

    def _keep(self) -> None:
        while not self._over.wait(0.3):
            self._freeze()


@dataclass
class CrashLoop:
    """A part that crashes as soon as it works, three times."""

    stack: StackUnderTest
    part: str

    def begin(self) -> None:
        for _ in range(3):
            before = self.stack.parts()[self.part]
            os.kill(before["pid"], signal.SIGKILL)
            wait_for(f"{self.part} is back", lambda before=before: self._is_back(before))  # type: ignore[misc]

    def _is_back(self, before: dict[str, Any]) -> bool:
        part = self.stack.parts()[self.part]
        return bool(part["state"] == "ready" and part["pid"] != before["pid"])

    def end(self) -> None:
        """It has stayed up since."""


@dataclass
class UpstreamGone:
    """An MCP server behind the gateway that is killed, and started again."""

    port: int
    _process: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        command = [sys.executable, "-m", "tests.support.mcp_fixture", "--port", str(self.port), "--kind", "second"]
        self._process = subprocess.Popen(command)

    def begin(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @contextlib.contextmanager
    def running(self) -> Iterator[UpstreamGone]:
        """The server runs until the end of the block."""
        self.end()
        try:
            yield self
        finally:
            self.begin()


@dataclass
class OneInTwentyFails:
    """Somebody asks some twenty times a second, and each twentieth request needs a table that may not be read any more."""

    stack: StackUnderTest
    statuses: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        self._sql("revoke select on roster_imports from dot_app")
        token = self._token()
        self._thread = threading.Thread(target=self._ask, args=(token,))
        self._thread.start()

    def end(self) -> None:
        self._sql("grant select on roster_imports to dot_app")
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _sql(self, statement: str) -> None:
        asyncio.run(self.stack.sql(statement))

    def _token(self) -> str:
        account = json.loads((self.stack.home / "demo-accounts.json").read_text())[0]
        body = json.dumps({"email": account["email"], "password": account["password"]})
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=10)
        connection.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
        token: str = json.loads(connection.getresponse().read())["access_token"]
        connection.close()
        return token

    def _ask(self, token: str) -> None:
        number = 0
        while not self._over.wait(0.04):
            number += 1
            path = "/api/v1/roster-imports" if number % 20 == 0 else "/api/v1/carrier"
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=5)
                connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
                self.statuses.append(connection.getresponse().status)
                connection.close()


@dataclass
class StuckJob:
    """A job that never ends holds a lock, and the next one of its kind waits."""

    stack: StackUnderTest

    def begin(self) -> None:
        self._sql(
            """insert into procrastinate_jobs (queue_name, task_name, lock, status, worker_id)
            values ('default', 'drill', 'drill', 'doing', (select max(id) from procrastinate_workers))"""
        )
        self._sql(
            """insert into procrastinate_jobs (queue_name, task_name, lock, scheduled_at)
            values ('default', 'drill', 'drill', now())"""
        )

    def end(self) -> None:
        self._sql("delete from procrastinate_jobs where task_name = 'drill' and status = 'todo'")
        self._sql("update procrastinate_jobs set status = 'failed' where task_name = 'drill'")

    def _sql(self, statement: str) -> None:
        asyncio.run(self.stack.sql(statement))


@dataclass
class DiskFilled:
    """A large file beside the home, on a file system of its own."""

    root: Path
    leave: int = 1_500_000_000

    def begin(self) -> None:
        with (self.root / "large").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(self.root).free - self.leave))

    def end(self) -> None:
        (self.root / "large").unlink()


@dataclass
class Story:
    """What became of a fault: seconds from its beginning to the alert, and from its end until the alert was gone."""

    raised_s: float | None = None
    cleared_s: float | None = None
    trouble: str = ""


def tell(fault: Fault, firing: Callable[[], bool], *, within_s: float, clears_s: float) -> Story:
    """Begins the fault, waits for the alert, ends the fault, waits until the alert has gone."""
    story = Story()
    try:
        fault.begin()
        try:
            story.raised_s = _until(firing, within_s)
        finally:
            fault.end()
        story.cleared_s = _until(lambda: not firing(), clears_s)
    except Exception as error:  # noqa: BLE001 - shown by the test of this fault
        story.trouble = f"{type(error).__name__}: {error}"
    return story


def _until(look: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.2)
    return time.monotonic() - began
