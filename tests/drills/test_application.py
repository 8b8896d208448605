"""The whole platform: it comes up with its demo data, and its processes may be killed under load."""

from __future__ import annotations

import http.client
import json
import os
import signal
import stat
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.stack.monitoring import MONITORING
from tests.drills.stacks import StackUnderTest, new_stack, wait_for

pytestmark = pytest.mark.drill
SERVERS = {"postgres", "valkey", "azurite", "openbao", "nginx"}
PARTS = {*SERVERS, "api-1", "api-2", "gateway-1", "gateway-2", "worker", *MONITORING}


@pytest.fixture(scope="module")
def first_words() -> list[str]:
    """What the first start said, filled by `stack`."""
    return []


@pytest.fixture(scope="module")
def stack(first_words: list[str]) -> Iterator[StackUnderTest]:
    with new_stack(options=()) as found:
        first_words += found.up().stdout.splitlines()
        yield found


def get(stack: StackUnderTest, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}{path}", timeout=10) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_everything_is_ready_and_the_accounts_are_shown(stack: StackUnderTest, first_words: list[str]) -> None:
    assert set(stack.parts()) == PARTS
    assert stack.ready()
    assert get(stack, "/")[0] == get(stack, "/healthz")[0] == get(stack, "/readyz")[0] == 200
    file = stack.home / "demo-accounts.json"
    accounts = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shown = "\n".join(first_words)
    assert f"DOT-Copilot is ready: http://localhost:{stack.port}" in shown
    for account in accounts:
        assert account["email"] in shown
        assert account["password"] in shown


def test_a_person_can_sign_in_through_the_door(stack: StackUnderTest) -> None:
    account = json.loads((stack.home / "demo-accounts.json").read_text())[0]
    body = json.dumps({"email": account["email"], "password": account["password"]}).encode()
    url = f"http://127.0.0.1:{stack.port}/api/v1/auth/login"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.loads(answer.read())["token_type"] == "bearer"
        assert "HttpOnly" in answer.headers["Set-Cookie"]


def asking(stack: StackUnderTest, during: Callable[[], None]) -> list[int]:
    """The statuses of GET requests through nginx, asked one after the other meanwhile; 0: half an answer, or none."""
    statuses: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                statuses.append(get(stack, "/api/v1/auth/jwks.json")[0])
            except (OSError, http.client.HTTPException):
                statuses.append(0)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        during()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return statuses


@pytest.mark.parametrize("name", ["api-1", "api-2"])
def test_nobody_notices_the_death_of_one_api_process(stack: StackUnderTest, name: str) -> None:
    before = stack.parts()[name]

    def kill() -> None:
        os.kill(before["pid"], signal.SIGKILL)
        wait_for(f"{name} is back", lambda: stack.parts()[name]["restarts"] > before["restarts"] and stack.ready())

    statuses = asking(stack, kill)
    assert len(statuses) > 10
    assert set(statuses) == {200}


def test_the_worker_comes_back(stack: StackUnderTest) -> None:
    before = stack.parts()["worker"]
    os.kill(before["pid"], signal.SIGKILL)
    wait_for("the worker is back", lambda: stack.parts()["worker"]["restarts"] > before["restarts"] and stack.ready())


def test_the_application_survives_its_database(stack: StackUnderTest) -> None:
    """It is not restarted for it, and serves again by itself."""
    before = stack.parts()
    os.kill(before["postgres"]["pid"], signal.SIGKILL)
    wait_for("everything is ready", lambda: stack.parts()["postgres"]["restarts"] > 0 and stack.ready(), 60)
    after = stack.parts()
    assert [after[name]["pid"] for name in ("api-1", "api-2")] == [before[name]["pid"] for name in ("api-1", "api-2")]
    assert get(stack, "/readyz")[0] == 200


def settled(stack: StackUnderTest) -> dict[str, dict[str, Any]]:
    """The parts, once all are ready and none has been replaced for five seconds: the drill before may still echo."""
    deadline = time.monotonic() + 60
    found, since = stack.parts(), time.monotonic()
    while time.monotonic() - since < 5:
        assert time.monotonic() < deadline, "the parts do not come to rest"
        time.sleep(0.2)
        present = stack.parts()
        if not stack.ready() or any(present[name]["pid"] != found[name]["pid"] for name in found):
            found, since = present, time.monotonic()
    return found


def test_an_api_without_its_cache_says_so_and_lives_on(stack: StackUnderTest) -> None:
    before = settled(stack)
    os.kill(before["valkey"]["pid"], signal.SIGSTOP)
    try:
        wait_for("readiness is refused", lambda: get(stack, "/readyz")[0] == 503, 15)
        assert get(stack, "/healthz")[0] == 200, "alive all the same"
        assert get(stack, "/")[0] == 200
    finally:
        os.kill(before["valkey"]["pid"], signal.SIGCONT)
    wait_for("everything is ready", stack.ready, 30)
    assert {name: part["pid"] for name, part in stack.parts().items()} == {name: part["pid"] for name, part in before.items()}


def test_a_warm_start_does_not_repeat_what_is_done(stack: StackUnderTest) -> None:
    accounts = (stack.home / "demo-accounts.json").read_bytes()
    stack.down()
    began = time.monotonic()
    said = stack.up().stdout
    took = time.monotonic() - began
    assert "demo " not in said
    assert stack.ready()
    assert (stack.home / "demo-accounts.json").read_bytes() == accounts
    assert took < 60, "the figure itself is measured by the benchmarks"


def test_commands_of_the_application_find_the_stack(stack: StackUnderTest) -> None:
    helped = stack.run("import", "roster", "--help")
    assert helped.returncode == 0, helped.stderr
    assert "--home" in helped.stdout


def test_no_personal_data_or_secret_is_in_the_logs(stack: StackUnderTest) -> None:
    accounts = json.loads((stack.home / "demo-accounts.json").read_text())
    logs = "".join(path.read_text(errors="replace") for path in Path(stack.home / "logs").iterdir())
    assert not [account["email"] for account in accounts if account["password"] in logs]
    assert stack.secret("cursor_key") not in logs
    assert "BEGIN PRIVATE KEY" not in logs
