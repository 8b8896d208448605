"""The engine on Azure: a good release is kept, a bad one is taken back by itself; the command refuses with one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dot_copilot.deploy import commits
from dot_copilot.deploy.azure import database
from dot_copilot.deploy.azure.slots import SlotTarget
from dot_copilot.deploy.azure.straight import StraightTarget
from dot_copilot.deploy.engine import Engine
from dot_copilot.deploy.errors import ServesAlreadyError, StepFailedError
from dot_copilot.deploy.journal import Journal
from dot_copilot.deploy.model import Limits, Outcome, Release
from dot_copilot.deploy.target import Say
from tests.unit.deploy_azure.conftest import NEW, OLD, Azure, Make

COMMAND = [str(Path(sys.executable).with_name("dot-copilot")), "deploy", "--target", "azure"]


@pytest.fixture(autouse=True)
def _versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version is its own name, and the database is at its newest."""

    async def migrated(_release: Release, _settings: Mapping[str, str], _say: Say) -> str:
        return "0001"

    monkeypatch.setattr(commits, "resolve", lambda asked, _root: (asked, "1" * 40))
    monkeypatch.setattr(database, "migrate", migrated)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path, "azure-prod")
    with journal.held("a test"):
        yield journal


def engine(azure: Azure, journal: Journal) -> Engine:
    azure.change(settings={"DOT_DATABASE_HOST": "x", "DOT_KEYVAULT_URL": "x"})
    for version in (OLD, NEW):
        azure.release(version)
    kind = SlotTarget if "staging" in azure.state.read_text() else StraightTarget
    return Engine(kind(azure.place, azure.az, azure.front), journal, Limits(seconds=0.3, least=10))


@pytest.mark.asyncio
async def test_a_good_release_is_kept_and_can_be_taken_back(azure: Azure, journal: Journal) -> None:
    deploying = engine(azure, journal)
    deploy = await deploying.deploy(NEW)
    assert (deploy.outcome, azure.versions) == (Outcome.KEPT, (NEW, OLD))
    with pytest.raises(ServesAlreadyError, match="serves already, at https://api"):
        await deploying.deploy(NEW)
    back = await deploying.rollback()
    assert (back.outcome, azure.versions) == (Outcome.KEPT, (OLD, NEW))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("wrong", "outcome", "reason"),
    [
        ("never-ready", Outcome.STOPPED, "place: "),
        ("smoke", Outcome.STOPPED, "smoke: "),
        ("with-settings", Outcome.ROLLED_BACK, "swap: with production's settings"),
        ("errors", Outcome.ROLLED_BACK, "verify: "),
        ("slow", Outcome.ROLLED_BACK, "observe: "),
    ],
)
async def test_a_bad_one_goes_back_by_itself(azure: Azure, journal: Journal, wrong: str, outcome: Outcome, reason: str) -> None:
    azure.change(wrong={NEW: wrong})
    deploy = await engine(azure, journal).deploy(NEW)
    assert deploy.outcome is outcome
    assert deploy.reason.startswith(reason)
    assert azure.versions[0] == OLD
    assert not azure.slot("staging")["running"], "the bad one is at rest"


@pytest.mark.asyncio
async def test_a_failed_migration_leaves_the_old_one_serving(
    azure: Azure, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(_release: Release, _settings: Mapping[str, str], _say: Say) -> str:
        raise StepFailedError("the migrations failed")

    monkeypatch.setattr(database, "migrate", failing)
    deploy = await engine(azure, journal).deploy(NEW)
    assert (deploy.outcome, deploy.reason) == (Outcome.STOPPED, "migrate: the migrations failed")
    assert azure.versions == (OLD, "")


@pytest.mark.asyncio
@pytest.mark.parametrize(("wrong", "outcome"), [("", Outcome.KEPT), ("never-ready", Outcome.ROLLED_BACK)])
async def test_straight_it_is_kept_or_replaced(make: Make, journal: Journal, wrong: str, outcome: Outcome) -> None:
    azure = make(slots=False)
    azure.change(wrong={NEW: wrong})
    deploy = await engine(azure, journal).deploy(NEW)
    assert deploy.outcome is outcome
    assert azure.slot("production")["version"] == (NEW if outcome is Outcome.KEPT else OLD)


def test_the_command_refuses_with_one_sentence_and_exit_code_2(make: Make, tmp_path: Path) -> None:
    azure = make(slots=False)
    refused(tmp_path, "there is no environment 'qa'", "--env", "qa")
    refused(tmp_path, "prod has no second slot", "--env", "prod", "--slot")
    azure.change(signed_in=False)
    refused(tmp_path, "nobody is signed in at Azure; run: az login", "--env", "prod")
    (tmp_path / "bin/az").unlink()
    refused(tmp_path, "the Azure CLI is not installed", "--env", "prod")


def refused(home: Path, sentence: str, *words: str) -> None:
    done = subprocess.run([*COMMAND, *words, "--home", str(home)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {sentence}")
