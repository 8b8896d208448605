"""Every alert fires when it should, in the time it states, is quiet when it should be, and has a page for whoever it wakes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.parts.prometheus import PrometheusHooks, directory, targets
from dot_copilot.stack.plan import Plan
from dot_copilot.stack.topology import PORT_NAMES, build

RULES, TESTS = directory() / "rules", directory() / "tests"
PAGES = binaries.repository_root() / "docs/runbooks/alerts"
SECTIONS = ["What it means", "Who notices", "Look", "Mend", "How it clears"]
LOOK_S = 15
"""The longest a fault may have to wait until it is looked at."""


def seconds(text: str) -> int:
    """`1m30s` in seconds."""
    return sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([hms])", text))


def alerts() -> Iterator[dict[str, Any]]:
    for path in sorted(RULES.glob("*.yml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from (rule for rule in group["rules"] if "alert" in rule)


NAMES = sorted({rule["alert"] for rule in alerts()})


def groups_about(alert: str) -> list[dict[str, Any]]:
    """The groups of tests whose name begins with the alert's."""
    found = [group for path in sorted(TESTS.glob("*.yml")) for group in yaml.safe_load(path.read_text())["tests"]]
    return [group for group in found if group["name"].split()[0] == alert]


def promtool(*words: str | Path) -> None:
    try:
        program = binaries.monitoring("promtool")
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.asyncio
async def test_the_configuration_of_a_home_is_valid_and_asks_every_process(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    inner = {name: 20_000 + number for number, name in enumerate(PORT_NAMES)}
    plan = Plan(home, 8080, inner, without=("valkey-exporter", "gateway-2"))
    parts = build(plan)
    await PrometheusHooks(plan, parts, {watchword.SECRET: "a password"}.__getitem__).prepare()
    promtool("check", "config", home.run / "prometheus.yml")
    found = {(one["labels"]["job"], one["labels"]["part"]) for one in targets(parts, plan)}  # type: ignore[index]
    assert found == {
        *(("api", "api-1"), ("api", "api-2"), ("gateway", "gateway-1"), ("worker", "worker"), ("nginx", "nginx")),
        *(("postgres", "postgres"), ("openbao", "openbao"), ("supervisor", "supervisor")),
        *(("prometheus", "prometheus"), ("alertmanager", "alertmanager")),
    }
    assert all(address.startswith("127.0.0.1:") for one in targets(parts, plan) for address in one["targets"])  # type: ignore[attr-defined]


def test_rules_are_valid_and_do_what_their_tests_say() -> None:
    promtool("check", "rules", *sorted(RULES.glob("*.yml")))
    promtool("test", "rules", *sorted(TESTS.glob("*.yml")))


@pytest.mark.parametrize("alert", list(alerts()), ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_an_alert_says_what_is_wrong_what_to_do_and_where_to_read_on(alert: dict[str, Any]) -> None:
    notes = alert["annotations"]
    assert alert["labels"]["severity"] in ("critical", "warning", "info")
    assert len(notes["summary"]) > 20
    assert len(notes["action"]) > 20
    assert seconds(notes["raises_within"]) >= seconds(alert.get("for", "0s")) + LOOK_S
    assert notes["runbook_url"] == f"docs/runbooks/alerts/{alert['alert']}.md"


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_has_a_page_that_can_be_followed_at_night(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text()
    assert page.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_tested_at_its_stated_time_and_for_silence(name: str) -> None:
    """Fires: nothing just before the fault, there at its stated time, gone at last. Some series beside it stay quiet."""
    stated = {seconds(rule["annotations"]["raises_within"]) for rule in alerts() if rule["alert"] == name}
    for within in stated:
        firing = [group for group in groups_about(name) if _fires_within(group, name, within)]
        assert firing, f"no test sees {name} fire within {within} s of its fault and clear afterwards"
    quiet = any("quiet" in group["name"] for group in groups_about(name))
    assert quiet or any(len(group["input_series"]) > 1 for group in groups_about(name)), "nothing shows when it does not fire"


def _fires_within(group: dict[str, Any], name: str, within: int) -> bool:
    looks = [
        (seconds(str(one["eval_time"])), bool(one["exp_samples"]))
        for one in group["promql_expr_test"]
        if f'alertname="{name}"' in one["expr"]
    ]
    if [fires for _, fires in looks] != [False, True, True, False]:
        return False
    fault = looks[0][0] + seconds(group["interval"])
    return looks[1][0] <= fault + within - LOOK_S
