"""Prometheus: its configuration is a template in `deploy/prometheus`, whose rules it reads where they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dot_copilot.stack import binaries
from dot_copilot.stack.home import write_private
from dot_copilot.stack.model import Part
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.plan import Plan
from dot_copilot.stack.templates import render

GUARDED = ("prometheus", "alertmanager")
"""Who answers only to those who know the home's password."""
INTERVAL = "5s"
"""Between two looks at everything. Elsewhere it is 15 s; the rules are made for both."""
Target = dict[str, object]


def directory() -> Path:
    """Where template and rules are."""
    return binaries.repository_root() / "deploy/prometheus"


def targets(parts: Iterable[Part], plan: Plan) -> list[Target]:
    """Who is asked for metrics, as Prometheus' file discovery has it: the parts that run, and the supervisor.

    Labels: `job` is the kind of process, `part` the one process; `instance` says the same, so that a port that changes
    makes no new series.
    """
    return [*_of(parts, plan), _target("supervisor", "supervisor", plan.inner["supervisor"])]


def _of(parts: Iterable[Part], plan: Plan) -> Iterator[Target]:
    exporters = {"postgres-exporter": "postgres", "valkey-exporter": "valkey"}
    for part in parts:
        if f"{part.name}-metrics" in plan.inner:
            kind = part.name.rpartition("-")[0] or part.name
            yield _target(kind, part.name, plan.inner[f"{part.name}-metrics"])
        elif part.name in exporters:
            yield _target(exporters[part.name], exporters[part.name], plan.inner[part.name])
        elif part.name in GUARDED:
            yield _target(part.name, part.name, plan.inner[part.name])
        elif part.name == "openbao":
            openbao = {"__metrics_path__": "/v1/sys/metrics", "__param_format": "prometheus"}
            yield _target("openbao", "openbao", plan.inner["openbao"], **openbao)


def _target(job: str, part: str, port: int, **more: str) -> Target:
    return {"targets": [f"127.0.0.1:{port}"], "labels": {"job": job, "part": part, "instance": part, **more}}


class PrometheusHooks:
    """Renders `run/prometheus.yml` and the lists of targets beside it."""

    def __init__(self, plan: Plan, parts: Iterable[Part], secret: Callable[[str], str]) -> None:
        """`secret` gives the home's secrets by name."""
        self._plan = plan
        self._parts = tuple(parts)
        self._secret = secret

    async def prepare(self) -> None:
        """Write the configuration."""
        plan, run = self._plan, self._plan.home.run
        watchword.guard(plan.home, "prometheus", self._secret)
        alertmanager = [] if "alertmanager" in plan.without else [{"targets": [f"127.0.0.1:{plan.inner['alertmanager']}"]}]
        lists = {**self.list_targets(self._parts), "alertmanagers": alertmanager}
        write_private(run / "prometheus-alertmanagers.json", json.dumps(alertmanager, indent=2) + "\n")
        values = {
            "interval": INTERVAL,
            "rules": str(directory() / "rules"),
            **{name: str(run / f"prometheus-{name}.json") for name in lists},
            "sign_in": sign_in(str(watchword.password_file(plan.home))),
        }
        write_private(run / "prometheus.yml", render((directory() / "prometheus.yml.template").read_text(), values))

    def list_targets(self, parts: Iterable[Part]) -> dict[str, list[Target]]:
        """Write who is asked for metrics; Prometheus notices by itself."""
        self._parts = tuple(parts)
        lists = split(targets(self._parts, self._plan))
        for name, content in lists.items():
            write_private(self._plan.home.run / f"prometheus-{name}.json", json.dumps(content, indent=2) + "\n")
        return lists

    async def settle(self) -> None:
        """Nothing to do."""


def split(found: Iterable[Target]) -> dict[str, list[Target]]:
    """`targets` that answer everybody here, and those that are `guarded`."""
    lists: dict[str, list[Target]] = {"targets": [], "guarded": []}
    for one in found:
        labels = one["labels"]
        lists["guarded" if isinstance(labels, dict) and labels["job"] in GUARDED else "targets"].append(one)
    return lists


def sign_in(password_file: str) -> str:
    """How the guarded are asked, as a value in YAML."""
    return json.dumps({"username": watchword.USER, "password_file": password_file})
