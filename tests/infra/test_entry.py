"""What Pulumi itself runs: the same graph as the tests look at, from Pulumi's own configuration."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import config as runtime

from infra.graph.recorder import MARK, record
from infra.options import SECRETS
from tests.infra.graphs import GIVEN, graph, options

ENTRY = Path(__file__).resolve().parents[2] / "infra/__main__.py"


@pytest.fixture(autouse=True)
def configuration() -> Iterator[dict[str, str]]:
    """Pulumi's configuration is the process's: it is put back."""
    values = {f"dot-copilot:{key}": str(value) for key, value in GIVEN.items()}
    values |= {f"dot-copilot:{key}": f"{MARK}{key}" for key in SECRETS}
    runtime.set_all_config(values, [f"dot-copilot:{key}" for key in SECRETS])
    yield values
    runtime.set_all_config({}, [])


def run() -> dict[str, Any]:
    runpy.run_path(str(ENTRY), run_name="__main__")
    return {}


def test_it_declares_the_platform() -> None:
    found = record(options("dev"), run)
    assert [node.name for node in found.nodes] == [node.name for node in graph("dev").nodes]
    for node in found.nodes:
        assert json.dumps(node.inputs) == json.dumps(graph("dev").node(node.name).inputs), node.name
        assert not node.exposed


def test_it_refuses_what_cannot_be_in_one_sentence(configuration: dict[str, str]) -> None:
    runtime.set_all_config({**configuration, "dot-copilot:highAvailability": "ZoneRedundant"})
    with pytest.raises(pulumi.RunError, match="Standard_B1ms is Burstable and has no high availability"):
        record(options("dev"), run)


def test_it_refuses_a_missing_secret(configuration: dict[str, str]) -> None:
    del configuration["dot-copilot:jwtSigningKeys"]
    runtime.set_all_config(configuration)
    with pytest.raises(Exception, match="jwtSigningKeys"):
        record(options("dev"), run)
