"""Every input is one that the SDK knows, with a word of its enumeration; every input that it needs is there."""

from __future__ import annotations

import dataclasses

import pytest

from infra.graph.model import Graph
from tests.infra.annotations import problems
from tests.infra.graphs import ENVS, NETWORKS, graph


@pytest.mark.parametrize(("env", "network"), [(env, network) for env in ENVS for network in NETWORKS])
def test_the_sdk_knows_every_input(env: str, network: str) -> None:
    found = [f"{node.name}: {problem}" for node in graph(env, network=network).nodes for problem in problems(node)]
    assert not found, "\n".join(found)


def test_the_sdk_knows_every_input_of_what_is_optional() -> None:
    everything = graph(
        "prod", network="private", redis=True, mostInstances=3, apiDomain="api.example.com", webDomain="app.example.com"
    )
    found = [f"{node.name}: {problem}" for node in everything.nodes for problem in problems(node)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("postgres", "highAvailability.mode", "ZonalRedundant", "highAvailability.mode is 'ZonalRedundant', not one of"),
        ("storage", "minimumTlsVersion", "TLS12", "minimumTlsVersion is 'TLS12'"),
        ("site", "siteConfig.ftpsState", "Off", "siteConfig.ftpsState is 'Off'"),
        ("site", "siteConfig.minTlsVersoin", "1.2", "siteConfig.minTlsVersoin is not known"),
        ("vault", "properties.networkAcls.defaultAction", "deny", "properties.networkAcls.defaultAction is 'deny'"),
    ],
)
def test_a_word_that_azure_does_not_know_is_found(name: str, path: str, value: str, said: str) -> None:
    changed = graph("prod").changed(name, path, value) if path != "siteConfig.minTlsVersoin" else _with_typo()
    assert any(problem.startswith(said) for problem in problems(changed.node(name)))


def test_an_input_that_is_missing_is_found() -> None:
    postgres = graph("prod").node("postgres")
    without = dataclasses.replace(
        postgres, inputs={key: value for key, value in postgres.inputs.items() if key != "resourceGroupName"}
    )
    assert "resourceGroupName is missing" in set(problems(without))


def _with_typo() -> Graph:
    config = graph("prod").node("site").at("siteConfig")
    return graph("prod").changed("site", "siteConfig", {**config, "minTlsVersoin": "1.2"})
