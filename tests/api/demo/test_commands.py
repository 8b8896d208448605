"""The operator's commands, against real servers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dot_copilot.commands import COMMANDS, main
from tests.support.servers import Servers


@pytest.fixture
def shell(servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """A shell with the environment that `dot-copilot` sets."""
    for name, value in servers.settings.model_dump(mode="json", exclude_none=True).items():
        monkeypatch.setenv(f"DOT_{name.upper()}", str(value))
    monkeypatch.setenv("DOT_HOME", str(tmp_path))
    return CliRunner()


def run(shell: CliRunner, command: str, *arguments: str) -> Result:
    """What the command says."""
    return shell.invoke(COMMANDS[command], arguments)


def add_carrier(shell: CliRunner, usdot: str, email: str) -> Result:
    """`dot-copilot carrier add`."""
    names = ["--name", "Prairie Line", "--time-zone", "America/Denver", "--admin-email", email]
    return run(shell, "carrier", "add", "--usdot", usdot, *names)


def test_a_carrier_is_taken_on_once_with_an_administrator(shell: CliRunner) -> None:
    taken = add_carrier(shell, "88880001", "Boss@Prairie.example")
    assert taken.exit_code == 0, taken.output
    assert "added boss@prairie.example as admin" in taken.output
    assert re.search(r"one-time password, good for a week: (\w{4}-){3}\w{4}\n", taken.output)
    again = add_carrier(shell, "88880001", "other@prairie.example")
    assert (again.exit_code, "exists already" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--usdot", "12x"], "usdot: "),
        (["--time-zone", "Denver"], "'Denver' is not an IANA time zone"),
        (["--name", " "], "name: "),
    ],
)
def test_what_is_wrong_with_a_carrier_is_told(shell: CliRunner, arguments: list[str], says: str) -> None:
    good = ["--usdot", "88880002", "--name", "X", "--time-zone", "America/Denver", "--admin-email", "x@x.example"]
    refused = run(shell, "carrier", "add", *good, *arguments)
    assert refused.exit_code == 1
    assert says in refused.output
    assert "Traceback" not in refused.output


def test_people_are_added_to_a_carrier(shell: CliRunner) -> None:
    assert add_carrier(shell, "88880003", "boss@three.example").exit_code == 0

    def add(role: str, *more: str) -> Result:
        arguments = ["--carrier", "88880003", "--email", f"{role}@three.example", "--name", "Some One", "--role", role]
        return run(shell, "user", "add", *arguments, *more)

    assert add("safety_manager").exit_code == 0
    assert "has no terminal 'Nowhere'" in add("supervisor", "--terminal", "Nowhere").output
    assert "The role supervisor needs a terminal" in add("supervisor").output
    assert "no driver with the employee id 'E9'" in add("driver", "--employee-id", "E9").output
    assert "needs a last day" in add("auditor").output
    assert add("auditor", "--expires-on", "2099-12-31").exit_code == 0
    assert "signs in with this address already" in add("safety_manager").output
    assert (
        "no carrier has the USDOT number 99999999"
        in run(shell, "user", "add", "--carrier", "99999999", "--email", "a@b.example", "--name", "A", "--role", "admin").output
    )


def test_the_stack_makes_the_demo_once(shell: CliRunner, tmp_path: Path) -> None:
    made = shell.invoke(main, ["seed-demo"])
    assert made.exit_code == 0, made.output
    assert (tmp_path / "demo-accounts.json").exists()
    again = run(shell, "seed", "demo")
    assert again.output == f"the demo data are there; the accounts are in {tmp_path / 'demo-accounts.json'}\n"


def test_a_stack_that_is_not_there_is_told_in_one_line(shell: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_DATABASE_PORT", "1")
    refused = add_carrier(shell, "88880004", "boss@four.example")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: a part of the stack does not answer (")
    assert refused.output.count("\n") == 1
