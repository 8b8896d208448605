"""What goes wrong raises the right alert within its stated time, reaches a receiver, and is over when it has been set right.

Faults that do not touch each other happen at once. What each became is one story; a test reads it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import yaml

from dot_copilot.stack import binaries
from tests.drills.faults import (
    CrashLoop,
    DiskFilled,
    Fault,
    Frozen,
    OneInTwentyFails,
    Story,
    StuckJob,
    UpstreamGone,
    tell,
)
from tests.drills.stacks import StackUnderTest, new_stack, open_directory, wait_for
from tests.support.receiver import Receiver, receiving
from tests.support.servers import free_port

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]
UPSTREAM = """
[[upstream]]
name = "drill"
transport = "http"
url = "http://127.0.0.1:{port}/mcp"
prefix = "drill"
trust = "pinned"
refresh = 5
"""
CLEARS_S = {"PartRestarting": 150, "DoorErrors": 100}
"""How long an alert may stay after its fault; others a minute."""


@dataclass(frozen=True)
class Case:
    """A fault, and the alert it must raise."""

    alert: str
    labels: dict[str, str]
    make: Callable[[StackUnderTest], Fault]

    @property
    def within_s(self) -> int:
        """What the alert states."""
        for path in sorted((binaries.repository_root() / "deploy/prometheus/rules").glob("*.yml")):
            for group in yaml.safe_load(path.read_text())["groups"]:
                for rule in group["rules"]:
                    if rule.get("alert") == self.alert:
                        return _seconds(rule["annotations"]["raises_within"])
        raise AssertionError(f"there is no alert {self.alert}")


def _seconds(text: str) -> int:
    return sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([hms])", text))


AT_ONCE = (
    (
        Case("WorkerHung", {"part": "worker"}, lambda stack: Frozen(stack, "worker")),
        Case("JobsLate", {}, StuckJob),
    ),
    (
        Case("DoorErrors", {"place": "api"}, OneInTwentyFails),
        Case("ValkeyDown", {"part": "valkey"}, lambda stack: Frozen(stack, "valkey")),
    ),
    (Case("PartRestarting", {"part": "gateway-2"}, lambda stack: CrashLoop(stack, "gateway-2")),),
    (Case("PartDown", {"part": "azurite"}, lambda stack: Frozen(stack, "azurite")),),
)
"""Chains that do not touch each other; the MCP server and the full disk go along with them."""
ALONE = (Case("PostgresDown", {"part": "postgres"}, lambda stack: Frozen(stack, "postgres")),)
NAMES = [case.alert for chain in (*AT_ONCE, ALONE) for case in chain] + ["McpUpstreamDown", "DiskNearlyFull"]
HELD = "McpDefinitionsHeld"
"""The MCP server of the drill is new, and nobody has let its tools in: true from the beginning, and no fault."""
CROWDED = "EventLoopBlocked"
"""True on a machine that has much else to do, and none of the faults of this drill."""
LONG_MEMORY = {"ErrorBudgetBurning", "RouteErrors"}
"""Alerts about minutes and hours: they may outlast a drill."""


@dataclass
class Drill:
    """The stack, what it told, and what became of each fault."""

    stack: StackUnderTest
    receiver: Receiver
    stories: dict[str, Story]

    def firing(self, alert: str, labels: dict[str, str]) -> bool:
        """Whether Prometheus says that the alert fires."""
        alerts = self.stack.ask("prometheus", "/api/v1/alerts")["data"]["alerts"]
        return any(
            one["labels"]["alertname"] == alert and one["state"] == "firing" and labels.items() <= one["labels"].items()
            for one in alerts
        )

    def play(self, *chains: Sequence[Case]) -> None:
        """All chains at once; in a chain each fault begins when the one before has cleared."""
        threads = [threading.Thread(target=self._play_one, args=(chain,)) for chain in chains]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _play_one(self, chain: Sequence[Case]) -> None:
        for case in chain:
            self.stories[case.alert] = tell(
                case.make(self.stack),
                partial(self.firing, case.alert, case.labels),
                within_s=case.within_s,
                clears_s=CLEARS_S.get(case.alert, 60),
            )

    @property
    def active(self) -> set[str]:
        """The alerts that fire or may soon."""
        return {one["labels"]["alertname"] for one in self.stack.ask("prometheus", "/api/v1/alerts")["data"]["alerts"]}

    @property
    def watched(self) -> bool:
        """Whether every process is asked, with success."""
        targets = self.stack.ask("prometheus", "/api/v1/targets")["data"]["activeTargets"]
        return {target["health"] for target in targets} == {"up"}


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    try:
        binaries.monitoring("prometheus")
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))
    with contextlib.ExitStack() as held:
        root, own_disk = held.enter_context(small_disk())
        receiver = held.enter_context(receiving())
        upstream = held.enter_context(UpstreamGone(free_port()).running())
        configuration = root / "gateway.toml"
        shipped = binaries.repository_root() / "deploy/gateway/gateway.toml"
        configuration.write_text(shipped.read_text() + UPSTREAM.format(port=upstream.port))
        shutil.copytree(shipped.parent / "baseline", root / "baseline")
        settings = {"DOT_ALERT_WEBHOOK": receiver.url, "DOT_GATEWAY_CONFIG": str(configuration)}
        stack = held.enter_context(new_stack((), settings, root))
        stack.up()
        found = Drill(stack, receiver, {})
        wait_for("every process is asked", lambda: found.watched, 60)
        with naming(lambda: f"these alerts stand: {sorted(found.active)}"):
            wait_for("nothing is wrong yet", lambda: not found.active - {HELD, CROWDED}, 30)
        chains = [*AT_ONCE, (Case("McpUpstreamDown", {"upstream": "drill"}, lambda _: upstream),)]
        chains += [(Case("DiskNearlyFull", {"severity": "warning"}, lambda _: DiskFilled(root)),)] if own_disk else []
        found.play(*chains)
        found.play(ALONE)
        yield found


@contextlib.contextmanager
def naming(words: Callable[[], str]) -> Iterator[None]:
    """Says more when what the block waits for does not come about."""
    try:
        yield
    except AssertionError as error:
        error.add_note(words())
        raise


@contextlib.contextmanager
def small_disk() -> Iterator[tuple[Path, bool]]:
    """A directory on a small disk of its own, where that can be had: a disk that others use too must not be filled."""
    root = open_directory()
    mounted = os.geteuid() == 0 and _mount(root)
    if mounted:
        root.chmod(0o755)
    try:
        yield root, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", root], check=False)
        shutil.rmtree(root, ignore_errors=True)


def _mount(root: Path) -> bool:
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g", "drill", root], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("alert", NAMES)
def test_the_fault_raises_its_alert_in_time_and_clears(drill: Drill, alert: str, capsys: pytest.CaptureFixture[str]) -> None:
    if alert not in drill.stories:
        pytest.skip("this machine lends no disk of its own to fill")
    story = drill.stories[alert]
    assert not story.trouble, story.trouble
    assert story.raised_s is not None
    assert story.cleared_s is not None
    with capsys.disabled():
        sys.stdout.write(f"\n  {alert}: there after {story.raised_s:.0f} s, gone after {story.cleared_s:.0f} s ")


def test_who_must_be_woken_was_told_and_told_when_it_was_over(drill: Drill) -> None:
    for alert in ("WorkerHung", "DoorErrors", "PartRestarting", "ValkeyDown", "PostgresDown"):
        wait_for(f"{alert} was told", lambda alert=alert: (alert, "firing") in drill.receiver.told, 5)  # type: ignore[misc]
        wait_for(f"{alert} is over", lambda alert=alert: (alert, "resolved") in drill.receiver.told, 60)  # type: ignore[misc]


def test_one_cause_was_one_message(drill: Drill) -> None:
    """What follows from a cause was shown, and told to nobody."""
    told = {(alert["labels"]["alertname"], alert["labels"].get("part")) for alert in drill.receiver.alerts}
    assert ("PartDown", "azurite") in told
    for part in ("postgres", "valkey", "worker"):
        assert ("TargetDown", part) not in told
    assert not told & {("PartDown", "api-1"), ("PartDown", "api-2")}, "they say that they are not ready, and why"


def test_every_message_says_what_to_do_and_where_to_read_on(drill: Drill) -> None:
    for alert in drill.receiver.alerts:
        notes = alert["annotations"]
        assert "{{" not in notes["summary"] + notes["action"]
        assert "no value" not in notes["summary"] + notes["action"]
        assert (binaries.repository_root() / notes["runbook_url"]).exists()


def test_no_password_is_told_to_anybody(drill: Drill) -> None:
    """Whoever complains of a server that is down likes to say how it wanted to connect."""
    values = [drill.stack.secret(name) for name in ("database_monitor_password", "valkey_password", "watching_password")]
    logs = "".join(path.read_text(errors="replace") for path in (drill.stack.home / "logs").iterdir())
    commands = "".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in drill.stack.processes())
    told = json.dumps(drill.receiver.alerts) + json.dumps(drill.stack.ask("supervisor", "/state"))
    assert not [value for value in values if value in logs + commands + told]


def test_it_heals_by_itself(drill: Drill) -> None:
    wait_for("everything is ready again", drill.stack.ready, 60)
    wait_for("every process is asked again", lambda: drill.watched, 60)
    wait_for("nothing is wrong any more", lambda: not drill.active - LONG_MEMORY - {HELD, CROWDED}, 90)
