"""A server that speaks MongoDB's wire protocol (nx-27017, over SQLite), as a plain process on a free port of this machine.

It knows no users and no replica sets, so what is not tested with it: SCRAM, TLS, and what `w: majority` means.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.servers import free_port


class MongoServer:
    """One server; it keeps its data over `kill` and `start`."""

    def __init__(self, directory: Path) -> None:
        self._directory, self.port = directory, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The connection string."""
        return f"mongodb://127.0.0.1:{self.port}/dot_copilot_test"

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        # A server that was killed leaves the number of its process behind, and the next one would believe that it still runs.
        (self._directory / "pid").unlink(missing_ok=True)
        program = Path(sys.executable).with_name("nx-27017")
        command = [str(program), "--host", "127.0.0.1", "--port", str(self.port), "--db", str(self._directory / "data.db")]
        command += ["--pid-file", str(self._directory / "pid"), "--log-file", str(self._directory / "log")]
        with (self._directory / "out").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self._directory)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
                return
            time.sleep(0.02)
        raise RuntimeError(f"the server does not start: {(self._directory / 'out').read_text()[-2000:]}")

    def kill(self) -> None:
        """Without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In order."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextlib.contextmanager
def running_mongo() -> Iterator[MongoServer]:
    """A started server, gone afterwards with all it holds."""
    directory = Path(tempfile.mkdtemp(prefix="dot-copilot-mongo-"))
    server = MongoServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
