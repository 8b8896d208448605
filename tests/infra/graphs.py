"""Graphs to look at, each recorded once a process."""

from __future__ import annotations

import functools
from typing import Any

from infra.graph.model import Graph, Node
from infra.graph.recorder import record
from infra.options import Options, load

ENVS = ("dev", "staging", "prod")
NETWORKS = ("public", "private")
GIVEN: dict[str, Any] = {"location": "centralus", "databaseAdministrators": "00000000-0000-0000-0000-000000000009"}


def options(env: str, **values: Any) -> Options:
    """The options of an environment whose configuration sets `values` besides what it must."""
    return load(env, {**GIVEN, **values}.get)


@functools.cache
def graph(env: str, **values: Any) -> Graph:
    """The graph of such an environment."""
    return record(options(env, **values))


def settings(node: Node) -> dict[str, str]:
    """The environment variables of a site or slot."""
    return {setting["name"]: setting["value"] for setting in node.at("siteConfig.appSettings")}
