"""Signing keys and passwords are replaced while people and assistants work: none of them notices. Ends in a report."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.tokens import KeyRing
from dot_copilot.deploy.journal import Journal
from tests.drills.assistants import assistant
from tests.drills.people import Crowd, kid_of, summary
from tests.drills.stacks import COMMAND, OWN_ENVIRONMENT, StackUnderTest, new_stack, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]
LIFE_S = 30
"""How long a token is good for in this drill: so a retirement comes within a minute and a half, and not within twenty."""
SETTINGS = {"DOT_ACCESS_TOKEN_SECONDS": str(LIFE_S), "DOT_ASSISTANT_TOKEN_SECONDS": str(LIFE_S)}
NAMES = tuple(f"database_{role}_password" for role in ("app", "worker", "gateway", "owner"))


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    port = int(os.environ.get("DOT_COPILOT_DRILL_PORT", "0"))
    with new_stack(options=("--without", "monitoring"), settings=SETTINGS) as found:
        chosen = StackUnderTest(found.home, port, found.options, found.settings) if port else found
        chosen.up()
        yield chosen


def account(stack: StackUnderTest) -> dict[str, str]:
    accounts = json.loads((stack.home / "demo-accounts.json").read_text())
    found: dict[str, str] = next(one for one in accounts if one["role"] == "safety_manager")
    return found


def request(stack: StackUnderTest, path: str, body: object = None, token: str = "") -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    asked = urllib.request.Request(f"http://localhost:{stack.port}/api/v1{path}", None, headers)
    if body is not None:
        asked.data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def sign_in(stack: StackUnderTest) -> str:
    one = account(stack)
    status, body = request(stack, "/auth/login", {"email": one["email"], "password": one["password"]})
    assert status == 200, body
    return str(json.loads(body)["access_token"])


def kids(stack: StackUnderTest) -> list[str]:
    """What the API says it verifies with, asked often enough to have met both processes."""
    found = set()
    for _ in range(8):
        with urllib.request.urlopen(f"http://localhost:{stack.port}/.well-known/jwks.json", timeout=10) as answer:
            found.add(tuple(sorted(key["kid"] for key in json.loads(answer.read())["keys"])))
    assert len(found) == 1, f"the processes do not agree: {found}"
    return list(found.pop())


def passwords(stack: StackUnderTest) -> dict[str, str]:
    return {name: stack.secret(name) for name in NAMES}


@dataclass
class Course:
    """What the drill did, with how long each took."""

    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)

    def __call__(self, what: str, since: float) -> None:
        now = time.monotonic()
        self.lines.append(f"{now - self.began:6.1f} s  {what} ({now - since:.1f} s)")


def rotate(stack: StackUnderTest, what: str) -> subprocess.CompletedProcess[str]:
    done = stack.run("rotate", what)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_keys_and_passwords_are_replaced_under_load_and_nobody_notices(stack: StackUnderTest) -> None:
    course, (old,) = Course(), kids(stack)
    before, token = passwords(stack), sign_in(stack)
    crowd = Crowd(f"http://localhost:{stack.port}", account(stack), LIFE_S).start()
    try:
        time.sleep(8)
        since = time.monotonic()
        rotate(stack, "jwt-keys")
        course("the signing key was rotated", since)
        new, kept = rotated = sorted(kids(stack), key=lambda kid: kid == old)
        assert kept == old, rotated
        assert kid_of(sign_in(stack)) == new
        assert request(stack, "/me", token=token)[0] == 200, "a session from before still works"
        since = time.monotonic()
        rotate(stack, "database-passwords")
        course("the database passwords were rotated", since)
        after = passwords(stack)
        assert all(after[name] != before[name] for name in NAMES)
        wait_for("the old key is retired", lambda: retired(stack, old), 120)
        course("the old key was retired", since)
        time.sleep(LIFE_S / 2)
    finally:
        crowd.stop()
    text = report(course, crowd)
    (stack.home / "rotation-drill.txt").write_text(text)
    print(text)  # noqa: T201 - a drill ends in a report
    assert crowd.failures() == [], text
    assert crowd.kids["sign-in"] == {old, new}
    assert crowd.kids["refresh"] == {new}, "people who were there before went on with the new key"
    assert (crowd.kids["token"], crowd.kids["token renewal"]) == ({old}, {new}), "and so did assistants"
    assert kids(stack) == [new]
    parts = stack.parts()
    assert {part["state"] for part in parts.values()} == {"ready"}, text
    assert {part["restarts"] for part in parts.values()} == {0}, text


def retired(stack: StackUnderTest, kid: str) -> bool:
    with urllib.request.urlopen(f"http://localhost:{stack.port}/.well-known/jwks.json", timeout=10) as answer:
        return kid not in [key["kid"] for key in json.loads(answer.read())["keys"]]


def report(course: Course, crowd: Crowd) -> str:
    seconds = max(one.at for one in crowd.done) - min(one.at for one in crowd.done)
    head = f"{len(crowd.done)} requests in {seconds:.0f} s, {len(crowd.done) / seconds:.0f}/s; {len(crowd.failures())} failed"
    return "\n".join([*course.lines, head, summary(crowd)])


def test_a_token_of_a_retired_key_is_refused_though_it_has_not_run_out(stack: StackUnderTest) -> None:
    forger = stack.secret("jwt_signing_keys")
    someone = assistant(stack)
    (row,) = _rows(stack, f"select carrier_id, user_id from sessions where id = '{someone.session}'")
    caller = Caller(someone.session, row["user_id"], row["carrier_id"], Role.SAFETY_MANAGER, 1, int(time.time()) + 3000)
    forged = KeyRing(forger, issuer=f"http://localhost:{stack.port}").issue(caller)
    assert request(stack, "/me", token=forged)[0] == 200
    assert someone.call() == 200
    stack.run("rotate", "jwt-keys", "--compromised")
    wait_for("both processes refuse it", lambda: {request(stack, "/me", token=forged)[0] for _ in range(8)} == {401}, 10)
    assert someone.call() == 401, "neither does the gateway believe it"


def _rows(stack: StackUnderTest, statement: str) -> list[dict[str, Any]]:
    return [dict(row) for row in asyncio.run(stack.sql(statement))]


@contextmanager
def rotating(stack: StackUnderTest, what: str) -> Iterator[subprocess.Popen[bytes]]:
    """A rotation that has published and now waits."""
    command = [COMMAND, "rotate", what, "--home", str(stack.home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**OWN_ENVIRONMENT, **stack.settings})
    try:
        assert process.stdout is not None
        assert b"published" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("what", ["jwt-keys", "database-passwords"])
def test_killed_in_the_middle_it_is_said_and_the_next_run_ends_it(stack: StackUnderTest, what: str) -> None:
    with rotating(stack, what) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert f"'dot-copilot rotate {what}' goes on with it" in stack.run("rotate", "status").stdout
    assert sign_in(stack)
    done = rotate(stack, what)
    assert "did not come to its end" in done.stdout
    assert "goes on with it" not in stack.run("rotate", "status").stdout
    assert sign_in(stack)


def test_a_second_rotation_and_a_deploy_are_kept_out(stack: StackUnderTest) -> None:
    with rotating(stack, "jwt-keys"):
        for words in (("rotate", "database-passwords"), ("deploy", "1.2.3")):
            done = stack.run(*words)
            assert done.returncode != 0
            assert "the rotation of the signing keys is under way, by" in done.stderr
            assert "wait for it, then try again" in done.stderr
    rotate(stack, "jwt-keys")
    with Journal(stack.home, "local").held("the deploy of 1.2.3"):
        done = stack.run("rotate", "jwt-keys")
    assert done.returncode == 1
    assert "the deploy of 1.2.3 is under way, by" in done.stderr


def test_servers_that_start_anew_after_a_rotation_are_ready_again(stack: StackUnderTest) -> None:
    rotate(stack, "database-passwords")
    os.kill(stack.parts()["postgres"]["pid"], signal.SIGKILL)
    wait_for("everything is ready again", lambda: stack.parts()["postgres"]["restarts"] > 0 and stack.ready(), 60)
    assert sign_in(stack)


def test_without_its_servers_a_rotation_says_what_to_do_and_changes_nothing(stack: StackUnderTest) -> None:
    before = passwords(stack)
    pid = stack.parts()["openbao"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        for what in ("jwt-keys", "database-passwords"):
            done = stack.run("rotate", what)
            assert done.returncode == 1
            assert "the secret store does not answer" in done.stderr
            assert "run this again" in done.stderr
        assert sign_in(stack), "people go on"
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for("everything is ready again", stack.ready, 60)
    assert passwords(stack) == before
    log = "".join(path.read_text(errors="replace") for path in Path(stack.home / "logs").glob("*.log"))
    assert not [name for name, value in before.items() if value in log]
