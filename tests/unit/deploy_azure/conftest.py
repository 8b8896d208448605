"""A stand-in of Azure that serves 1.0.0, with a package of 1.1.0 to deploy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.deploy.azure import package
from dot_copilot.deploy.azure.az import Az
from dot_copilot.deploy.azure.front import Front
from dot_copilot.deploy.azure.place import Place
from dot_copilot.deploy.model import Release
from tests.support import fake_az

OLD, NEW = "1.0.0", "1.1.0"


@dataclass
class Azure:
    """The stand-in, and how a target sees it."""

    state: Path
    place: Place
    az: Az
    front: Front

    def change(self, **values: Any) -> None:
        with fake_az.opened(self.state) as state:
            state.update(values)

    def slot(self, name: str) -> dict[str, Any]:
        with fake_az.opened(self.state) as state:
            return dict(state["slots"][name])

    @property
    def versions(self) -> tuple[str, str]:
        """What serves, and what is in the slot."""
        return self.slot("production")["version"], self.slot("staging")["version"]

    @property
    def calls(self) -> list[str]:
        with fake_az.opened(self.state) as state:
            return list(state["calls"])

    def release(self, version: str) -> Release:
        path = self.place.packages / f"site-{version}.zip"
        self.place.packages.mkdir(exist_ok=True)
        package.write(path, {"src/dot_copilot/VERSION": f"{version}\n".encode()})
        return Release(version, "0" * 40, str(path))


Make = Callable[..., Azure]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    def made(*, slots: bool = True) -> Azure:
        state = fake_az.install(tmp_path / "bin", fake_az.fresh(OLD, slots=slots))
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
        monkeypatch.setenv("FAKE_AZ_STATE", str(state))
        front = Front(fake_az.Sites(state), start_s=3, pause_s=0.05)
        return Azure(state, Place("prod", "dotcopilot", tmp_path / "packages"), Az(patience=5, pause=0.05), front)

    return made


@pytest.fixture
def azure(make: Make) -> Azure:
    return make()
