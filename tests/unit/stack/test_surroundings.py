"""Home, lock, environment and rendering: the small things every part relies on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dot_copilot.stack import environment, generate, state
from dot_copilot.stack.errors import AlreadyRunningError, StackError
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts.postgres import buffers_mb, verifier
from dot_copilot.stack.servant import closed_parent
from dot_copilot.stack.templates import render

DOT_COPILOT = str(Path(sys.executable).with_name("dot-copilot"))


def test_strangers_variables_do_not_reach_the_parts() -> None:
    source = {"AWS_SECRET_ACCESS_KEY": "x", "HOME": "/h", "DOT_LOG_LEVEL": "debug", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/p"}
    base = environment.base(source)
    assert base["HOME"] == "/h"
    assert base["DOT_LOG_LEVEL"] == "debug"
    assert base["PATH"] == "/p"
    assert not {"AWS_SECRET_ACCESS_KEY", "PYTHONDONTWRITEBYTECODE"} & base.keys()


def test_private_files_are_private_from_the_first_moment(tmp_path: Path) -> None:
    os.umask(os.umask(0))  # whatever the umask is, the mode is the one asked for
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_the_outermost_closed_directory_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    deep = closed / "a" / "b"
    deep.mkdir(parents=True)
    assert closed_parent(deep) in (None, *tmp_path.parents), "only what the machine itself closes"
    closed.chmod(0o700)
    assert closed_parent(deep) in (closed, *tmp_path.parents)


def test_a_home_whose_path_no_configuration_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="characters"):
        Home(tmp_path / "it's").create()


def test_a_home_is_held_by_one_supervisor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    descriptor = state.lock(home)
    state.save(home, "ready", "http://localhost:8099", [])
    with pytest.raises(AlreadyRunningError, match="already runs at http://localhost:8099"):
        state.lock(home)
    os.close(descriptor)
    os.close(state.lock(home))


def test_templates_are_filled_and_gaps_are_errors() -> None:
    assert render("listen {{port}}; $uri {}", {"port": "80"}) == "listen 80; $uri {}"
    with pytest.raises(StackError, match="port"):
        render("{{port}}", {})


def test_the_verifier_is_the_one_of_rfc_5803() -> None:
    """Checked from the other side: a server that stores it accepts a client that knows the password, and no other."""

    def accepts(stored: str, password: str) -> bool:
        _, keys, hashes = stored.split("$")
        rounds, salt = keys.split(":")
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        return base64.b64encode(hashlib.sha256(client_key).digest()).decode() == hashes.split(":")[0]

    stored = verifier("correct horse")
    assert stored.startswith("SCRAM-SHA-256$4096:")
    assert accepts(stored, "correct horse")
    assert not accepts(stored, "battery staple")
    assert verifier("correct horse") != stored, "salted"


@pytest.mark.parametrize(("total", "expected"), [(1024, 128), (2048, 256), (4096, 512), (24_000, 1024), (256_000, 1024)])
def test_memory_for_postgresql(total: int, expected: int) -> None:
    assert buffers_mb(total) == expected


def test_secrets_have_the_promised_forms() -> None:
    keys = json.loads(generate.signing_keys())
    assert keys[0].keys() == {"kid", "private_pem", "created"}
    assert "BEGIN PRIVATE KEY" in keys[0]["private_pem"]
    assert len(base64.b64decode(generate.key_32())) == 32
    assert len(base64.b64decode(generate.account_key())) == 64
    made = {generate.password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) >= 43 and not set(one) & set("'\"\\$ {}") for one in made)


def test_status_is_light(tmp_path: Path) -> None:
    """The modules that would make it slow are not loaded."""
    code = (
        "import sys; from click.testing import CliRunner; from dot_copilot.cli import main\n"
        f"result = CliRunner().invoke(main, ['status', '--json', '--home', {str(tmp_path)!r}])\n"
        "assert result.output.strip() == '[]', result.output\n"
        "print(sorted({'asyncio', 'fastapi', 'asyncpg', 'rich', 'psutil', 'hvac', 'pydantic'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.replace("'", '"')))
    assert loaded <= {"asyncio"}, "only what click's test runner brings along"


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["status"], 0, "not running"),
        (["down"], 0, "no stack runs in"),
        (["logs", "ghost"], 1, "there is no log of ghost"),
        (["up", "--without", "ghost"], 2, "there is no part called ghost"),
        (["up", "--without", "openbao"], 2, "openbao cannot be left out"),
        (["import", "roster", "x.csv"], 1, "there is no running stack in"),
    ],
)
def test_commands_without_a_stack_say_so(tmp_path: Path, words: list[str], code: int, expected: str) -> None:
    done = subprocess.run([DOT_COPILOT, *words, "--home", str(tmp_path / "none")], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert expected in done.stdout + done.stderr


def test_logs_of_one_part_and_of_all(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for part in ("one", "two"):
        (tmp_path / "logs" / f"{part}.log").write_text(f"first of {part}\nlast of {part}\n")

    def shown(*words: str) -> str:
        return subprocess.run(
            [DOT_COPILOT, "logs", *words, "--home", str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout

    assert shown("two", "-n", "1") == "last of two\n"
    assert [line.split(" | ")[1] for line in shown("-n", "1").splitlines()] == ["last of one", "last of two"]
