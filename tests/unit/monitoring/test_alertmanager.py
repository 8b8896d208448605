"""Alerts reach a real receiver, once for one cause, and again when they are over."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.stack import binaries, wire
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.parts.alertmanager import AlertmanagerHooks
from tests.support.receiver import Receiver, receiving
from tests.support.servers import free_port

PASSWORD = "of this home"
KNOWN = wire.basic(watchword.USER, PASSWORD)
"""The header of somebody who knows it."""


@dataclass
class Manager:
    """A running Alertmanager, and what it has told."""

    port: int
    receiver: Receiver

    def raise_alert(self, name: str, *, over: bool = False, **labels: str) -> None:
        """What Prometheus would post."""
        now = datetime.now(UTC)
        alert = {
            "labels": {"alertname": name, **labels},
            "annotations": {"summary": f"{name} is a test"},
            "startsAt": (now - timedelta(seconds=60)).isoformat(),
            "endsAt": (now if over else now + timedelta(minutes=5)).isoformat(),
        }
        body = json.dumps([alert]).encode()
        assert self.post("/api/v2/alerts", body, **KNOWN) == 200

    def post(self, path: str, body: bytes, **headers: str) -> int:
        """The status that answers a post of JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": "application/json", **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    home = Home(tmp_path_factory.mktemp("alerts"))
    home.create()
    try:
        program = binaries.monitoring("alertmanager")
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))
    with receiving() as receiver:
        render(home, receiver.url)
        port = free_port()
        command = [str(program), f"--config.file={home.run / 'alertmanager.yml'}", f"--storage.path={home.alertmanager}"]
        command += [f"--web.config.file={watchword.web_configuration(home, 'alertmanager')}"]
        command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
        with (home.logs / "alertmanager.log").open("wb") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log, cwd=home.run)
        try:
            eventually(lambda: _answers(port))
            yield Manager(port, receiver)
        finally:
            running.terminate()
            running.wait()


def render(home: Home, webhook: str) -> dict[str, Any]:
    import yaml

    # The coroutine awaits nothing, so it can be run to its end by hand.
    with contextlib.suppress(StopIteration):
        AlertmanagerHooks(home, webhook, {watchword.SECRET: PASSWORD}.__getitem__).prepare().send(None)
    found: dict[str, Any] = yaml.safe_load((home.run / "alertmanager.yml").read_text())
    return found


def _answers(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/-/ready", headers=KNOWN)
    with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def eventually(look: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)


def test_what_is_critical_is_told_at_once_and_told_when_it_is_over(manager: Manager) -> None:
    manager.raise_alert("PostgresDown", severity="critical", part="postgres")
    eventually(lambda: ("PostgresDown", "firing") in manager.receiver.told, 8)
    manager.raise_alert("PostgresDown", severity="critical", part="postgres", over=True)
    eventually(lambda: ("PostgresDown", "resolved") in manager.receiver.told, 30)


def test_one_cause_is_one_message(manager: Manager) -> None:
    manager.raise_alert("ValkeyDown", severity="critical", part="valkey")
    manager.raise_alert("PartDown", severity="critical", part="valkey")
    manager.raise_alert("DoorErrors", severity="critical", place="api", consequence_of="postgres valkey")
    manager.raise_alert("McpDefinitionsHeld", severity="info")
    manager.raise_alert("PartDown", severity="critical", part="azurite")
    eventually(lambda: {("ValkeyDown", "firing"), ("PartDown", "firing")} <= set(manager.receiver.told))
    time.sleep(4)
    parts = {alert["labels"].get("part") for alert in manager.receiver.alerts if alert["labels"]["alertname"] == "PartDown"}
    assert parts == {"azurite"}, "what has an alert of its own is not told again"
    names = {name for name, _ in manager.receiver.told}
    assert "DoorErrors" not in names, "it follows from the cache that is down"
    assert "McpDefinitionsHeld" not in names, "nobody is woken for a piece of information"


def test_without_a_receiver_nothing_is_sent_anywhere(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    found = render(home, "")
    assert found["route"]["receiver"] == "nobody"
    assert {one["name"]: one.get("webhook_configs") for one in found["receivers"]} == {"nobody": None, "webhook": []}
    assert (home.run / "alertmanager.yml").stat().st_mode & 0o077 == 0, "an address may be all it takes to use it"


def test_nobody_silences_an_alert_without_the_password(manager: Manager) -> None:
    """A page of the web in a browser here, or another user of the machine: it can neither read nor write."""
    until = datetime.now(UTC) + timedelta(hours=1)
    silence = {
        "matchers": [{"name": "alertname", "value": "PostgresDown", "isRegex": False}],
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": until.isoformat(),
        "createdBy": "a page",
        "comment": "quiet",
    }
    body = json.dumps(silence).encode()
    strangers: list[dict[str, str]] = [
        {},
        {"Origin": "https://evil.example"},
        {"Host": f"rebound.example:{manager.port}"},
        wire.basic(watchword.USER, "guessed"),
        wire.basic("admin", PASSWORD),
    ]
    assert [manager.post("/api/v2/silences", body, **headers) for headers in strangers] == [401] * len(strangers)
    assert manager.post("/api/v2/silences", body, **KNOWN) == 200, "it is the password that makes the difference"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{manager.port}/api/v2/alerts", timeout=5)


def test_the_password_is_for_its_owner_and_written_where_it_is_used_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    render(home, "")
    web, plain = watchword.web_configuration(home, "alertmanager"), watchword.password_file(home)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (web, plain))
    assert PASSWORD not in web.read_text(), "its hash alone"
    assert plain.read_text() == PASSWORD
