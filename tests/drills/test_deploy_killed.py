"""kill -9 of a deploy in each of its steps: users are served all the time, and the next one says where things stand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from dot_copilot.deploy.model import FORWARD, Step
from tests.drills.deploys import deploy, journal, ready
from tests.drills.press import Press, Request
from tests.drills.releases import Releases
from tests.drills.stacks import COMMAND, OWN_ENVIRONMENT, StackUnderTest, new_stack

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]
BOTH_WAYS = (Step.SWAP, Step.OBSERVE)
"""The steps in which the new version may serve already, unwatched."""
ON, BACK, OTHER = "continues the same version", "goes back", "brings another version"
DEATHS = [
    *((step, ON) for step in FORWARD),
    *((step, BACK) for step in (Step.MIGRATE, Step.PLACE, *BOTH_WAYS)),
    (Step.VERIFY, OTHER),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=("--without", "monitoring")) as found:
        found.up()
        yield found


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases.in_directory(tmp_path_factory.mktemp("releases"))


@pytest.fixture
def press(stack: StackUnderTest) -> Iterator[Press]:
    """Somebody who asks all the time; nothing may fail."""
    asked = tuple(Request("GET", path, "") for path in ("/healthz", "/", "/api/v1/auth/jwks.json"))
    press = Press(stack.port, asked, rate=20, clients=4).start()
    try:
        yield press
    finally:
        press.stop()
    assert [one for one in press.answers if one.failed] == []


def killed_in(stack: StackUnderTest, releases: Releases, version: str, step: Step) -> None:
    """Deploy, and kill the deploying process as soon as its journal says that the step has begun."""
    words = (COMMAND, "deploy", version, "--observe", "2", "--source", str(releases.root), "--home", str(stack.home))
    lines = len(journal(stack))
    process = subprocess.Popen(words, env=OWN_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    path = stack.home / "deploys/local/journal.jsonl"
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        found = path.read_text().splitlines()[lines:] if path.exists() else []
        if any(f'"step": "{step}"' in text for text in found):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            last = json.loads(path.read_text().splitlines()[-1])
            assert last["event"] != "ended", "it was quicker than the drill"
            return
        time.sleep(0.002)
    process.kill()
    process.wait()
    raise AssertionError(f"{step} was never begun")


@pytest.mark.parametrize(("step", "then"), DEATHS, ids=lambda value: str(value).replace(" ", "-"))
def test_killed_in_a_step(stack: StackUnderTest, releases: Releases, press: Press, step: Step, then: str) -> None:
    before, version = ready(stack)["version"], releases.good()
    killed_in(stack, releases, version, step)
    assert ready(stack)["version"] in (before, version), "one whole version serves"
    began = time.monotonic()
    said = deploy(stack, releases, "status").stdout
    assert f"of {version} was interrupted" in said, said
    assert "'dot-copilot deploy continue' goes on, 'dot-copilot deploy rollback' goes back" in said
    expected = version if then is ON else before
    if then is OTHER:
        expected = releases.good()
        done = deploy(stack, releases, expected, "--observe", "2")
        assert f"of {version} was interrupted" in done.stdout, done.stdout + done.stderr
    elif then is ON:
        done = deploy(stack, releases, version, "--observe", "2")
        assert f"of {version} was interrupted" in done.stdout, done.stdout + done.stderr
    else:
        done = deploy(stack, releases, "rollback", "--observe", "2")
    assert (done.returncode == 0) is (then is not BACK), done.stdout + done.stderr
    assert ready(stack)["version"] == expected
    serving = {name for name, part in stack.parts().items() if part["state"] == "ready" and name.startswith(("api-", "worker"))}
    assert len(serving) == 3, "the other colour is gone"
    print(f"killed in {step}, {then}: {time.monotonic() - began:.1f} s until it was settled")  # noqa: T201 - the report
