"""The wheel, as somebody has it who has no checkout: in a new environment, started from elsewhere, with an empty home."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Installation:
    """An environment with the wheel in it, and a person with an empty home directory."""

    environment: Path
    person: Path
    wheel: Path

    @property
    def package(self) -> Path:
        return next(self.environment.glob("lib/python*/site-packages/dot_copilot"))

    @property
    def variables(self) -> Mapping[str, str]:
        """What such a person's shell has; npm may use what set-up has fetched before."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("DOT_", "XDG_", "PYTHON"))}
        npm = {"npm_config_cache": str(Path.home() / ".npm"), "npm_config_userconfig": str(Path.home() / ".npmrc")}
        return {**npm, **mine, "HOME": str(self.person)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.environment / "bin/dot-copilot"), *words]
        return subprocess.run(command, cwd="/", env=self.variables, capture_output=True, text=True, timeout=240, check=False)

    def files(self) -> set[str]:
        """Everything in the package, but what Python itself keeps there."""
        return {str(path) for path in self.package.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What is a package of somebody else's is taken from the environment of the tests, which has it from the lock."""
    place = tmp_path_factory.mktemp("wheel")
    place.chmod(0o755)
    build = [
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        str(place),
        str(ROOT),
    ]
    subprocess.run([str(BIN / "uv"), *build], check=True, capture_output=True, timeout=120)
    (wheel,) = place.glob("*.whl")
    environment, person = place / "environment", place / "person"
    venv.create(environment, symlinks=True, with_pip=False)
    install = ["pip", "install", "--quiet", "--no-deps", "--python", str(environment / "bin/python"), str(wheel)]
    subprocess.run([str(BIN / "uv"), *install], check=True, capture_output=True, timeout=120)
    (site,) = environment.glob("lib/python*/site-packages")
    # A path in a .pth file is no site directory: the editable install of the tests' environment stays out of sight.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (environment / "bin/github-mcp-server").symlink_to(BIN / "github-mcp-server")
    person.mkdir(mode=0o755)
    return Installation(environment, person, wheel)


@pytest.fixture(scope="module")
def address(installation: Installation) -> Iterator[str]:
    port = free_port()
    try:
        done = installation.run("up", "--detach", "--port", str(port))
        assert done.returncode == 0, done.stdout + done.stderr
        yield f"http://localhost:{port}"
    finally:
        stopped = installation.run("down")
    assert "has stopped" in stopped.stdout, stopped.stderr


def test_it_is_the_code_of_the_wheel(installation: Installation) -> None:
    program = "import dot_copilot, sys; sys.stdout.write(dot_copilot.__file__)"
    found = subprocess.run(
        [installation.environment / "bin/python", "-c", program], cwd="/", capture_output=True, text=True, check=True
    )
    assert Path(found.stdout).parent == installation.package
    assert installation.run("--version").stdout.split()[1] in installation.wheel.name


def test_every_part_is_ready_and_the_version_is_the_wheels(installation: Installation, address: str) -> None:
    ready = httpx.get(f"{address}/readyz")
    assert ready.status_code == 200, ready.text
    assert ready.json()["version"] == (installation.package / "VERSION").read_text().strip()
    parts = {part["name"]: part["state"] for part in json.loads(installation.run("status", "--json").stdout)}
    assert parts["azurite"] == "ready", "npm has installed it from the lock in the wheel"
    assert {parts[name] for name in ("postgres", "api-1", "api-2", "gateway-1", "gateway-2", "worker", "nginx")} == {"ready"}


def test_the_web_application_is_there(address: str) -> None:
    page = httpx.get(f"{address}/").text
    scripts = re.findall(r'<script type="module"[^>]* src="([^"]+)"', page)
    assert scripts, "not the page that says how to build it"
    assert httpx.get(address + scripts[0]).headers["content-type"].startswith("text/javascript")


def test_somebody_can_sign_in(installation: Installation, address: str) -> None:
    """So the schema is there, and the demo."""
    home = installation.person / ".local/share/dot-copilot"
    account = json.loads((home / "demo-accounts.json").read_text())[0]
    words = {"email": account["email"], "password": account["password"]}
    assert httpx.post(f"{address}/api/v1/auth/login", json=words).status_code == 200


def test_nothing_is_written_into_the_package(installation: Installation, address: str) -> None:
    assert httpx.get(f"{address}/healthz").status_code == 200
    listed = (next(installation.package.parent.glob("dot_copilot-*.dist-info")) / "RECORD").read_text()
    known = {str(installation.package.parent / line.rpartition(",")[0].rpartition(",")[0]) for line in listed.splitlines()}
    assert installation.files() <= known


def test_what_needs_a_checkout_says_so(installation: Installation) -> None:
    refused = installation.run("azure", "cost", "--env", "dev")
    assert refused.returncode == 2
    assert "run this in a clone of the repository" in refused.stderr
    refused = installation.run("compose", "prepare")
    assert refused.returncode == 1
    assert "run this in a clone of the repository" in refused.stderr
