"""Two colours: the sets of processes that serve the application, one of them at a time. Which one is kept with the home.

The file is written before anything follows from it, so that a supervisor that is killed in the middle starts, next time,
what the file says. Without it blue serves, with the code that the supervisor itself is part of.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dot_copilot import resources
from dot_copilot.stack.home import Home, write_private

BLUE, GREEN = "blue", "green"


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of a colour are called."""

    api: tuple[str, ...]
    gateways: tuple[str, ...]
    worker: str

    @property
    def doors(self) -> tuple[str, ...]:
        """Those that nginx sends requests to."""
        return (*self.api, *self.gateways)

    @property
    def all(self) -> tuple[str, ...]:
        """And the worker."""
        return (*self.doors, self.worker)


NAMES: Mapping[str, Names] = {
    BLUE: Names(("api-1", "api-2"), ("gateway-1", "gateway-2"), "worker"),
    GREEN: Names(("api-3", "api-4"), ("gateway-3", "gateway-4"), "worker-2"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """What a colour runs: a release in `directory`, with the Python `python`; or, if that is empty, the supervisor's own code."""

    version: str = ""
    directory: str = ""
    python: str = ""

    @property
    def library(self) -> str:
        """What its Python must find first; empty for the supervisor's own code, which it finds by itself."""
        return f"{self.directory}/lib" if self.directory else ""

    @property
    def package(self) -> Path:
        """The package `dot_copilot`."""
        return Path(self.library) / "dot_copilot" if self.directory else resources.PACKAGE

    @property
    def files(self) -> Path:
        """The root of its files: `deploy`, `migrations`, `web/dist`."""
        return self.package / "_files" if self.directory else resources.files()

    @property
    def interpreter(self) -> str:
        """The program that runs it."""
        return self.python or sys.executable


OWN = Code()


@dataclass(frozen=True, slots=True)
class Standing:
    """Which colour serves, since when (UTC, ISO 8601; empty: from the beginning), and what code each colour has or had last."""

    serving: str = BLUE
    since: str = ""
    code: Mapping[str, Code] = field(default_factory=lambda: {BLUE: OWN})

    @property
    def idle(self) -> str:
        """The other colour."""
        return GREEN if self.serving == BLUE else BLUE

    def code_of(self, colour: str) -> Code:
        """What a colour has; the supervisor's own code if nobody ever put anything there."""
        return self.code.get(colour, OWN)

    def holding(self, colour: str, code: Code) -> Standing:
        """The same with other code in a colour."""
        return replace(self, code={**self.code, colour: code})

    def served_by(self, colour: str) -> Standing:
        """The same with another colour serving, from now."""
        return replace(self, serving=colour, since=datetime.now(UTC).isoformat(timespec="seconds"))


def load(home: Home) -> Standing:
    """What the home says. A release that is no longer there is not tried: the supervisor's own code is."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        data: dict[str, Any] = json.loads(home.colours_file.read_text())
        code = {colour: Code(**one) for colour, one in data["code"].items() if colour in NAMES}
        there = {colour: one if one.package.is_dir() else OWN for colour, one in code.items()}
        if data["serving"] in NAMES:
            return Standing(data["serving"], data["since"], there)
    return Standing()


def save(home: Home, standing: Standing) -> None:
    """Replace the file, on the platter before this returns."""
    data = {"serving": standing.serving, "since": standing.since, "code": {k: asdict(v) for k, v in standing.code.items()}}
    write_private(home.colours_file, json.dumps(data, indent=2) + "\n")
