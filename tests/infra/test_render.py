"""docs/azure shows what the program declares: a change of the platform is a change of these files, seen in review."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from infra import stacks
from infra.cli import DRAWINGS, main
from infra.graph.drawing import files
from infra.graph.recorder import record
from tests.infra.graphs import ENVS, graph


@pytest.mark.parametrize("env", ENVS)
def test_the_files_are_current(env: str) -> None:
    for name, text in files(record(stacks.options(env))).items():
        written = (DRAWINGS / name).read_text(encoding="utf-8")
        assert written == text, f"docs/azure/{name} is stale; run: dot-copilot azure render --env {env} --format files"


@pytest.mark.parametrize("env", ENVS)
def test_nothing_secret_is_drawn(env: str) -> None:
    text = (DRAWINGS / f"{env}.json").read_text(encoding="utf-8")
    shown = json.loads(text)["resources"]
    assert shown["postgres"]["inputs"]["administratorLoginPassword"] == "[secret]"
    assert shown["secret-jwt-signing-keys"]["inputs"]["properties"]["value"] == "[secret]"
    assert "\N{INVISIBLE SEPARATOR}" not in text


def test_the_diagram_has_no_arrow_to_a_box_that_is_not_there() -> None:
    text = files(graph("prod", network="private", redis=True))["prod.md"]
    boxes = set(re.findall(r"^    (\w+)\[", text, re.MULTILINE))
    ends = set(re.findall(r"^  (\w+) -", text, re.MULTILINE)) | set(re.findall(r"> ?(?:\|[^|]+\| )?(\w+)$", text, re.MULTILINE))
    assert ends <= boxes
    assert {"site", "slot", "postgres", "storage", "vault", "web", "redis", "blob_endpoint"} <= boxes


def test_the_command_draws_both_shapes() -> None:
    drawn = CliRunner().invoke(main, ["render", "--env", "dev", "--format", "mermaid"])
    assert drawn.output.startswith("graph LR\n")
    assert "site_identity -->|reads secrets| vault" in drawn.output
    shown = CliRunner().invoke(main, ["render", "--env", "dev"])
    assert json.loads(shown.output)["environment"] == "dev"
