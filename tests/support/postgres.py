"""A PostgreSQL of a test's own, migrated, that may be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from dot_copilot import migrate
from dot_copilot.core.settings import Settings
from tests.support.servers import _Runner, _start_postgres, free_port, make_secrets


class PostgresServer:
    """One server; it keeps its data over `kill` and `start`."""

    def __init__(self, directory: Path) -> None:
        self.secrets, self.port = make_secrets(), free_port()
        secrets_file = directory / "secrets.json"
        secrets_file.touch(0o600)
        secrets_file.write_text(json.dumps(self.secrets))
        self.settings = Settings(home=directory, database_port=self.port, secrets_backend="file", secrets_file=secrets_file)
        self._runner = _Runner(directory)
        _start_postgres(self._runner, self.secrets, self.port)
        asyncio.run(migrate.run(self.settings))

    def kill(self) -> None:
        """At once, with all its processes and without a checkpoint; what it starts with next is its log of changes."""
        process, _ = self._runner.processes[-1]
        process.send_signal(signal.SIGQUIT)
        process.wait(10)

    def start(self) -> None:
        """Starts it again, and waits until it answers."""
        process, _ = self._runner.processes.pop()
        assert isinstance(process.args, list)
        deadline = time.monotonic() + 20
        while True:  # the processes of the one before may still be leaving
            try:
                self._runner.start("postgres", process.args, self.port, stop=signal.SIGINT, drop=True)
                asyncio.run(self._ask())
                return
            except RuntimeError:
                self._runner.processes.pop()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    async def _ask(self) -> None:
        """A port that listens may belong to a server that still reads its log of changes."""
        for _ in range(200):
            try:
                connection = await asyncpg.connect(
                    host="127.0.0.1",
                    port=self.port,
                    database="dot_copilot",
                    user="dot_worker",
                    password=self.secrets["database_worker_password"],
                )
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
        raise TimeoutError("PostgreSQL does not come back")

    def stop(self) -> None:
        """In order."""
        self._runner.stop()


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A started server, gone afterwards with all it holds."""
    directory = Path(tempfile.mkdtemp(prefix="dot-copilot-postgres-"))
    directory.chmod(0o755)
    server = PostgresServer(directory)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
