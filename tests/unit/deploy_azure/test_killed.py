"""`kill -9` in each step: Azure goes on with what it has begun, and the next run finds out how things stand and finishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.support import fake_az
from tests.unit.deploy_azure.conftest import NEW, OLD, Azure

SLOW = {"deploy": 0.5, "preview": 0.5, "swap": 0.5, "restart": 0.5}
Moment = Callable[[fake_az.State], bool]


def operation(kind: str) -> Moment:
    """Azure is doing it."""
    return lambda state: bool(state["operation"]) and state["operation"]["kind"] == kind


def after(kind: str) -> Moment:
    """It was asked for, and has ended."""
    return lambda state: not state["operation"] and any(f"--action {kind}" in call for call in state["calls"])


def uploaded(state: fake_az.State) -> bool:
    return not state["operation"] and bool(state["slots"]["staging"]["version"])


def process(azure: Azure, way: str) -> subprocess.Popen[str]:
    package = azure.release(NEW).place
    command = [sys.executable, "-m", "tests.support.azure_deploy", str(azure.state), package, NEW, way]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def run(azure: Azure, way: str) -> None:
    done = process(azure, way)
    out, err = done.communicate(timeout=90)
    assert done.returncode == 0, out + err


def kill_when(azure: Azure, way: str, moment: Moment) -> None:
    running = process(azure, way)
    until = time.monotonic() + 60
    while True:
        with fake_az.opened(azure.state) as state:
            now = moment(state)
        if now:
            break
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)  # the deploy, and the az that it waits for
    running.communicate()


@pytest.mark.parametrize(
    "moment",
    [operation("deploy"), uploaded, operation("preview"), after("preview"), operation("swap"), after("swap")],
    ids=["while placing", "placed", "in the first phase", "between the phases", "while swapping", "swapped"],
)
def test_the_next_run_finishes_it(azure: Azure, moment: Moment) -> None:
    azure.change(takes=SLOW)
    kill_when(azure, "forward", moment)
    run(azure, "forward")
    assert azure.versions == (NEW, OLD)
    assert not azure.slot("staging")["running"], "the old one is at rest"


@pytest.mark.parametrize(
    "moment",
    [uploaded, operation("preview"), after("preview"), operation("swap"), after("swap")],
    ids=["placed", "in the first phase", "between the phases", "while swapping", "swapped"],
)
def test_or_it_goes_back(azure: Azure, moment: Moment) -> None:
    """Wherever it was killed, the old version serves in the end, and no swap is left half done."""
    azure.change(takes=SLOW)
    kill_when(azure, "forward", moment)
    run(azure, "back")
    time.sleep(0.8)  # what Azure was still doing has ended
    run(azure, "back")
    assert azure.versions == (OLD, NEW)
    with fake_az.opened(azure.state) as state:
        assert not state["swapping_to"]


@pytest.mark.parametrize("moment", [operation("swap"), lambda state: state["slots"]["production"]["version"] == OLD])
def test_a_way_back_that_is_killed_is_finished(azure: Azure, moment: Moment) -> None:
    run(azure, "place,swap")
    azure.change(takes=SLOW, calls=[])
    kill_when(azure, "back", moment)
    run(azure, "back")
    assert azure.versions == (OLD, NEW), "and not there and back again"
