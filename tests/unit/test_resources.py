"""Files are found in a checkout and in an installed package; nothing is ever written into the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.stack.home import default_home


def test_a_checkout_keeps_everything_in_itself() -> None:
    root = Path(__file__).parents[2]
    assert (resources.files(), resources.installed()) == (root, False)
    assert resources.data() == root / ".dot-copilot"
    assert resources.node_packages() == root / "deploy/local"
    assert resources.setup_command() == "make setup"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    carried = tmp_path / "dot_copilot/_files"
    (carried / "deploy/local").mkdir(parents=True)
    for name in resources.NODE_FILES:
        (carried / "deploy/local" / name).write_text("{}")
    monkeypatch.setattr(resources, "_CARRIED", carried)
    for name in ("DOT_COPILOT_CACHE", "DOT_COPILOT_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    return carried


def test_an_installed_package_reads_inside_and_writes_with_the_person(package: Path, tmp_path: Path) -> None:
    person = tmp_path / "person"
    assert resources.files() == package
    assert default_home() == person / ".local/share/dot-copilot"
    for written in (resources.node_packages(), resources.monitoring(), resources.cache()):
        assert written.is_relative_to(person / ".cache/dot-copilot")
    assert resources.setup_command() == "dot-copilot setup"


def test_another_lock_has_another_place(package: Path) -> None:
    before = resources.node_packages()
    (package / "deploy/local/package-lock.json").write_text('{"other": 1}')
    assert resources.node_packages() != before, "so a new release never runs with the packages of the one before"


def test_both_places_can_be_named(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_COPILOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DOT_COPILOT_HOME", str(tmp_path / "home"))
    assert resources.monitoring() == tmp_path / "cache/monitoring"
    assert default_home() == tmp_path / "home"
