"""Where the files for the containers lie: one directory beside compose.yaml that is never committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dot_copilot import resources
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.tls import LOCAL_NAMES, Certificates

SHARED = 0o444
"""The mode of what containers read.

Their users are not the user outside, and compose hands files over as they are. They lie in directories that only their owner
may enter, so that nobody else on this machine can open them.
"""


def compose_file() -> Path:
    """The file the containers are declared in."""
    path = resources.files() / "deploy/compose.yaml"
    if not path.is_file():
        raise StackError(
            "containers are built from a checkout, not from an installed package; run this in a clone of the repository"
        )
    return path


def default_root() -> Path:
    """Where the files go if nobody says otherwise."""
    return compose_file().with_name(".compose")


@dataclass(frozen=True, slots=True)
class Place:
    """The directory `root`, for an installation at `url` (https://host[:port])."""

    root: Path
    url: str = "https://localhost"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
            raise StackError(f"{self.url} is not an address of the form https://host or https://host:port")

    @property
    def host(self) -> str:
        """The host people connect to."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port people connect to."""
        return urlsplit(self.url).port or 443

    @property
    def environment_file(self) -> Path:
        """The address, the directory and the pinned images, as compose reads them: by itself, in the usual place."""
        return compose_file().with_name(".env") if self.root == default_root() else self.root / ".env"

    @property
    def secrets(self) -> Path:
        """One file a secret, named as compose.yaml names it."""
        return self.root / "secrets"

    @property
    def certificates(self) -> Certificates:
        """The authority of this installation, and what nginx shows."""
        names = LOCAL_NAMES if self.host in LOCAL_NAMES else (self.host, *LOCAL_NAMES)
        return Certificates(self.root / "tls", names)

    def directory(self, name: str) -> Path:
        """A directory of rendered configuration, made if it is not there."""
        path = self.root / name
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
        return path

    def remember(self, values: Mapping[str, str]) -> None:
        """Write values into the environment file; its other lines stay."""
        path = self.environment_file
        lines = path.read_text().splitlines() if path.exists() else []
        kept = [line for line in lines if line.partition("=")[0] not in values]
        path.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in values.items())]) + "\n")

    @property
    def command(self) -> str:
        """How compose is called for this installation."""
        usual = self.environment_file == compose_file().with_name(".env")
        chosen = "" if usual else f"--env-file {self.environment_file} "
        return f"docker compose {chosen}-f {compose_file()}"
