"""The server's words: those it repeats from the features, which it does not import, and those that assistants read."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.model import State
from dot_copilot.features.documents.schemas import Outcome
from dot_copilot.features.roster.schemas import ImportState
from dot_copilot.mcp.server import finding, shapes
from dot_copilot.mcp.server.tools import TOOLS, roster_import_status


def test_words_are_those_of_the_features() -> None:
    assert set(get_args(shapes.State)) == {state.value for state in State}
    assert set(get_args(shapes.Outcome)) == set(get_args(Outcome))
    states = roster_import_status.Import.__annotations__["state"]
    assert set(get_args(eval(states, vars(roster_import_status)))) == set(get_args(ImportState))


def test_groups_name_requirements_that_exist() -> None:
    keys = set(FEDERAL.by_key)
    assert {key for group in finding._GROUPS.values() for key in group} <= keys


def test_definitions_are_what_assistants_need() -> None:
    """Descriptions on every argument but the obvious, no surprises for clients that read schemas narrowly."""
    for tool in TOOLS:
        definition = tool.definition
        assert 100 < len(definition["description"]) < 900, tool.name
        assert definition["inputSchema"]["type"] == definition["outputSchema"]["type"] == "object"
        assert definition["inputSchema"]["additionalProperties"] is False
        for name, member in definition["inputSchema"]["properties"].items():
            assert "type" in member, (tool.name, name)
            assert "anyOf" not in member, (tool.name, name)
            assert "description" in member or name == "sort", (tool.name, name)
        assert definition["_meta"]["dot-copilot/scope"] == tool.scope


def test_the_sdk_is_not_loaded_with_the_api() -> None:
    """It takes longer to import than the API itself; `mount` loads it when the process has settled, or at the first request."""
    check = "import sys, dot_copilot.app; print([name for name in sys.modules if name == 'mcp' or name.startswith('mcp.')])"
    answer = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
