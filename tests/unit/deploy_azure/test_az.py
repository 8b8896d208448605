"""What Azure's CLI says badly is said well, and nothing is tried twice that might do harm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dot_copilot.deploy.azure.az import Az, AzError
from dot_copilot.deploy.azure.choose import target_for
from dot_copilot.deploy.azure.place import place
from dot_copilot.deploy.azure.slots import SlotTarget
from dot_copilot.deploy.errors import RefusedError, StepFailedError
from tests.unit.deploy_azure.conftest import Azure

pytestmark = pytest.mark.asyncio


def fake(directory: Path, said: str, code: int = 1) -> None:
    (directory / "az").write_text(f"#!/bin/sh\ncat >&2 <<'END'\nERROR: {said}\nEND\nexit {code}\n")
    (directory / "az").chmod(0o755)


async def test_without_az_it_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="the Azure CLI is not installed; get it from"):
        await Az()("account", "show")


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        ("Please run 'az login' to setup account.", RefusedError, "nobody is signed in at Azure; run: az login"),
        ("AADSTS700082: The refresh token has expired due to inactivity.", RefusedError, "nobody is signed in"),
        ("HTTPSConnectionPool(host='management.azure.com'): Max retries exceeded", StepFailedError, "could not be reached"),
        ("(AuthorizationFailed) The client 'x' does not have authorization", StepFailedError, "the role Website Contributor"),
        ("(ResourceNotFound) The Resource was not found.", AzError, "was not found"),
    ],
)
async def test_errors_say_what_to_do(azure: Azure, tmp_path: Path, said: str, kind: type[Exception], sentence: str) -> None:
    fake(tmp_path / "bin", said)
    with pytest.raises(kind, match=sentence):
        await azure.az("webapp", "show", "--name", "secret-name")


@pytest.mark.parametrize(
    "said",
    [
        "An error occurred during deployment. Status Code: 409, Details: Deployment currently in progress.",
        "(ServerIsBusy) Cannot complete operation while server is busy",
        "(TooManyRequests) Rate limit is exceeded.",
    ],
)
async def test_what_is_busy_is_asked_again_and_given_up_in_the_end(azure: Azure, tmp_path: Path, said: str) -> None:
    fake(tmp_path / "bin", said)
    began = time.monotonic()
    with pytest.raises(StepFailedError, match=r"Azure was busy for \d+ s and did not do 'webapp start'"):
        await Az(patience=0.5, pause=0.2)("webapp", "start", "--name", "x")
    assert time.monotonic() - began > 0.5


async def test_a_swap_is_never_tried_again_blindly(azure: Azure, tmp_path: Path) -> None:
    target = SlotTarget(azure.place, azure.az, azure.front)
    fake(tmp_path / "bin", "Cannot modify this site because another operation is in progress. (409)")
    with pytest.raises(AzError):
        await target.site.swap("swap")


async def test_a_platform_that_is_not_there_is_said(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_AZURE_NAME", "other")
    with pytest.raises(RefusedError, match="there is no app-other-prod in rg-other-prod; create the platform first"):
        await target_for("prod", az=azure.az, front=azure.front)


async def test_an_environment_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedError, match="there is no environment 'qa'; choose one of dev, staging, prod"):
        place("qa")
    monkeypatch.setenv("DOT_AZURE_NAME", "Bad Name")
    with pytest.raises(RefusedError, match="DOT_AZURE_NAME is 'Bad Name'"):
        place("prod")


async def test_with_a_slot_it_is_swapped(azure: Azure) -> None:
    assert isinstance(await target_for("prod", slot=True, az=azure.az, front=azure.front), SlotTarget)
