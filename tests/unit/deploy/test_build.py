"""Releases on this machine are made from commits and wheels: complete, or not there at all."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.deploy.errors import RefusedError, StepFailedError, UnknownVersionError
from dot_copilot.deploy.local.build import Builder
from dot_copilot.deploy.model import Release
from dot_copilot.stack.colours import OWN
from dot_copilot.stack.home import Home
from dot_copilot.version import version as own_version


def silent(_: str) -> None:
    """Nobody watches."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def builder(home: Home) -> Builder:
    return Builder(home)


def wheel(directory: Path, version: str, lock: str = "") -> Path:
    """A wheel as `make wheel` makes it, of a package that does nothing."""
    path = directory / f"dot_copilot-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dot_copilot/VERSION", f"{version}\n")
        archive.writestr("dot_copilot/__init__.py", "X = 1\n")
        if lock:
            archive.writestr("dot_copilot/_files/requirements/local.txt", lock)
    return path


def made(builder: Builder, path: Path) -> Release:
    return builder.build(builder.resolve(str(path)), silent)


def test_a_wheel_becomes_a_release_that_is_found_again(builder: Builder, home: Home, tmp_path: Path) -> None:
    found = made(builder, wheel(tmp_path, "3.1.4"))
    assert found == Release("3.1.4", "", str(home.releases / "3.1.4"))
    assert (home.releases / "3.1.4/lib/dot_copilot/__init__.py").exists()
    assert Builder(home).known() == [own_version(), "3.1.4"]
    assert Builder(home).build("3.1.4", silent) == found
    assert [path.name for path in home.releases.iterdir()] == ["3.1.4"], "nothing of the making is left"


def test_what_is_no_wheel_of_ours_is_said_to_be_none(builder: Builder, tmp_path: Path) -> None:
    (tmp_path / "other.whl").write_bytes(b"no archive")
    with pytest.raises(UnknownVersionError, match=r"other.whl is no wheel of DOT-Copilot .*'make wheel' makes one"):
        builder.resolve(str(tmp_path / "other.whl"))
    with pytest.raises(UnknownVersionError, match="is no wheel"):
        builder.resolve(str(tmp_path / "missing.whl"))


def test_half_a_release_is_no_release(builder: Builder, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    path = wheel(tmp_path, "3.1.4")
    with monkeypatch.context() as changed:
        changed.setattr(compileall, "compile_dir", full)
        with pytest.raises(OSError, match="No space left"):
            made(builder, path)
    assert list(home.releases.iterdir()) == []
    assert made(builder, path).version == "3.1.4"


def test_no_commit_without_a_clone(home: Home, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is no clone of the repository; name a wheel file"):
        Builder(home, tmp_path).resolve("1.0.0")


def test_packages_of_the_running_environment_are_used_if_the_lock_is_the_same(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Builder, "_environment", lambda *_: pytest.fail("no environment is needed"))
    ours = (resources.files() / "requirements/local.txt").read_text()
    code = builder.code(made(builder, wheel(tmp_path, "3.1.4", ours)), silent)
    assert (code.version, code.interpreter) == ("3.1.4", sys.executable)
    assert builder.code(Release(own_version(), "", ""), silent) == OWN


def test_another_lock_gets_an_environment_of_its_own_once(builder: Builder, tmp_path: Path) -> None:
    """An empty lock: nothing must be fetched for it."""
    release = made(builder, wheel(tmp_path, "3.1.4", "# nothing\n"))
    said: list[str] = []
    code = builder.code(release, said.append)
    assert said == ["fetching its Python packages ..."]
    asked = [code.interpreter, "-c", "import dot_copilot, sys; print(dot_copilot.X, sys.prefix)"]
    answer = subprocess.run(asked, env={"PYTHONPATH": code.library}, capture_output=True, text=True, check=True).stdout.split()
    assert answer == ["1", str(Path(code.interpreter).parents[1])]
    assert builder.code(release, said.append) == code
    assert len(said) == 1, "made once"


def test_an_unreachable_registry_fails_the_step_and_leaves_no_environment(
    builder: Builder, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    lock = f"no-such-package-of-ours==1.0 --hash=sha256:{'0' * 64}\n"
    release = made(builder, wheel(tmp_path, "3.1.4", lock))
    with pytest.raises(StepFailedError, match="its Python packages can't be fetched: ") as failure:
        builder.code(release, silent)
    assert "127.0.0.1:9" in failure.value.evidence["build.log"]
    assert list(home.releases.glob(".python-*/complete")) == [], "the next try begins anew"


def test_a_lock_that_needs_a_program_which_is_not_here(builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = made(builder, wheel(tmp_path, "3.1.4", "# nothing\n"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(StepFailedError, match="uv, which fetches them, is not installed: pip install uv"):
        builder.code(release, silent)


def test_old_releases_go_and_what_a_colour_has_stays(builder: Builder, home: Home, tmp_path: Path) -> None:
    for number in range(8):
        place = made(builder, wheel(tmp_path, f"1.0.{number}")).place
        os.utime(Path(place) / "release.json", (number, number))
    gone = builder.prune([str(home.releases / "1.0.0"), ""])
    assert gone == ["1.0.1", "1.0.2"]
    assert sorted(path.name for path in home.releases.iterdir()) == ["1.0.0", *(f"1.0.{number}" for number in range(3, 8))]
    assert builder.prune([str(home.releases / "1.0.0")]) == []
