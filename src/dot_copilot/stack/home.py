"""The one directory where a stack keeps everything it has: data, secrets, configuration, logs and state."""

from __future__ import annotations

import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from dot_copilot import resources
from dot_copilot.stack import binaries, servant
from dot_copilot.stack.errors import StackError

_AWKWARD = re.compile(r"['\"`$\\{};\x00-\x1f]")

UNFINISHED = "restoring"
"""A file in a home that is being made from a backup."""


def default_home() -> Path:
    """`DOT_COPILOT_HOME`, or `.dot-copilot` in the checkout; where the package is installed, a place among the person's data."""
    named = os.environ.get("DOT_COPILOT_HOME")
    return Path(named).expanduser().absolute() if named else resources.data()


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside the home directory `root`."""

    root: Path

    @property
    def logs(self) -> Path:
        """One file a part, and the supervisor's own."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What only matters while the stack runs, and rendered configuration."""
        return self.root / "run"

    @property
    def secrets(self) -> Path:
        """Keys that open the secret store; nobody else may look."""
        return self.root / "secrets"

    @property
    def state_file(self) -> Path:
        """The supervisor's last word about its parts."""
        return self.run / "state.json"

    @property
    def lock_file(self) -> Path:
        """Locked for as long as a supervisor lives."""
        return self.run / "supervisor.lock"

    @property
    def ports_file(self) -> Path:
        """The inner ports this home remembers."""
        return self.root / "ports.json"

    @property
    def colours_file(self) -> Path:
        """Which colour serves, and with what code (`stack.colours`)."""
        return self.root / "colours.json"

    @property
    def releases(self) -> Path:
        """One directory for each version that was deployed here."""
        return self.root / "releases"

    @property
    def environment_file(self) -> Path:
        """The application's environment (nothing secret), for commands that run beside the stack."""
        return self.run / "environment.json"

    @property
    def accounts_file(self) -> Path:
        """Demo accounts, written by the demo seed."""
        return self.root / "demo-accounts.json"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's append-only file."""
        return self.root / "valkey"

    @property
    def azurite(self) -> Path:
        """Azurite's blobs and their index."""
        return self.root / "azurite"

    @property
    def openbao(self) -> Path:
        """OpenBao's encrypted storage."""
        return self.root / "openbao"

    @property
    def nginx(self) -> Path:
        """The prefix of nginx: its configuration and temporary files."""
        return self.root / "nginx"

    @property
    def prometheus(self) -> Path:
        """Prometheus' time series."""
        return self.root / "prometheus"

    @property
    def alertmanager(self) -> Path:
        """Alertmanager's silences, and what it has already told."""
        return self.root / "alertmanager"

    @property
    def secret_id_file(self) -> Path:
        """What the application proves itself with to OpenBao."""
        return self.secrets / "app-secret-id"

    @property
    def _private(self) -> tuple[Path, ...]:
        data = (self.valkey, self.azurite, self.openbao, self.prometheus, self.alertmanager)
        return (self.logs, self.secrets, *data)

    def log(self, part: str) -> Path:
        """The log file of a part."""
        return self.logs / f"{part}.log"

    def create(self, *, unfinished: bool = False) -> None:
        """Make the directories with the narrowest modes that work; raise StackError if that cannot be.

        A home that a restore has left `unfinished` is nothing to start: only the restore itself may go on with it.
        """
        if not unfinished and (self.root / UNFINISHED).exists():
            raise StackError(
                f"{self.root} is half restored from a backup: run 'dot-copilot backup restore' again, or remove the directory"
            )
        for path in (self.root, binaries.repository_root()):
            if _AWKWARD.search(str(path)):
                raise StackError(f"{path} has characters that server configurations cannot hold: quotes, $, braces, backslash")
        shared = 0o711 if os.geteuid() == 0 else 0o700
        try:
            _directory(self.root, shared)
            for path in (self.run, self.nginx, self.nginx / "temp"):
                _directory(path, shared)
            for path in self._private:
                _directory(path, 0o700)
        except OSError as error:
            raise StackError(
                f"cannot use {self.root} as home: {error.strerror}; choose another with --home or DOT_COPILOT_HOME"
            ) from None
        self._check_owner()
        if os.geteuid() != 0:
            _check_name()
        servant.hire(self.root)

    def _check_owner(self) -> None:
        owner = self.root.stat().st_uid
        if owner != os.geteuid():
            raise StackError(
                f"{self.root} belongs to user {owner}, and you are user {os.geteuid()}: "
                "start the stack as its owner, or choose another home with --home"
            )


def _check_name() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise StackError(
            f"your user id, {os.geteuid()}, has no name in /etc/passwd, without which PostgreSQL does not run: "
            "add an entry for it, or start the stack as another user"
        ) from None


def _directory(path: Path, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) != mode and path.stat().st_uid == os.geteuid():
        path.chmod(mode)


def write_private(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Write a file that is complete or absent and never readable by others, not even for a moment."""
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        os.fchmod(descriptor, mode)
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    temporary.replace(path)
