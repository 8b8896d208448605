"""Reads the workflows, and says what is wrong with them: against the drawing, the Makefile, and how we want to run them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from dot_copilot.deploy.model import FORWARD
from tests.contract import pipeline_drawing as drawing
from tests.contract.pipeline_drawing import Job

ROOT = Path(__file__).resolve().parents[2]
Workflows = dict[str, dict[str, Any]]
_PINNED = re.compile(r"^[\w./-]+@[0-9a-f]{40}$")
_PERMITTED = {"contents": "read", "id-token": "write", "security-events": "write"}
_LINE = re.compile(r'make( --silent)? "?([a-z-]+)(\$\{KIND\})?"?( OF=\w+)?( >> "\$GITHUB_OUTPUT")?')


def load() -> Workflows:
    """Every workflow by its file's name."""
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}


def problems(workflows: Workflows) -> list[str]:
    """A sentence for each; none, when all is well."""
    checks = (_triggers, _boxes, _arrows, _beyond, _steps, _permissions, _deploys)
    return [problem for check in checks for problem in check(workflows)]


def _triggers(workflows: Workflows) -> Iterator[str]:
    for name, (workflow, event) in drawing.TRIGGERS.items():
        if event not in _events(workflows[workflow]):
            yield f"a {name} does not begin {workflow}"
    pushed = set(_events(workflows["deploy"]).get("push", {}).get("branches", []))
    if pushed != set(drawing.ENVIRONMENTS):
        yield f"a push is deployed from {sorted(pushed)}, and the drawing has {sorted(drawing.ENVIRONMENTS)}"
    chosen = _events(workflows["deploy"]).get("workflow_dispatch", {}).get("inputs", {}).get("environment", {}).get("options")
    if chosen != list(drawing.ENVIRONMENTS.values()):
        yield f"a manual run can choose {chosen}"


def _events(workflow: dict[str, Any]) -> dict[str, Any]:
    """YAML takes the key `on` for true."""
    return {name: value or {} for name, value in workflow[True].items()}  # type: ignore[index]


def _boxes(workflows: Workflows) -> Iterator[str]:
    for box, job in drawing.BOXES.items():
        found = _job(workflows, job)
        if found is None:
            yield f"{box} is drawn, and there is no job {job.name} in {job.workflow}"
        elif not any(job.calls in (step.get("run", "") + step.get("uses", "")) for step in found["steps"]):
            yield f"{box}: the job {job.name} does not call '{job.calls}'"


def _job(workflows: Workflows, job: Job) -> dict[str, Any] | None:
    found: dict[str, Any] | None = workflows[job.workflow]["jobs"].get(job.name)
    return found


def _arrows(workflows: Workflows) -> Iterator[str]:
    for first, then in drawing.ARROWS:
        one, other = drawing.BOXES[first], drawing.BOXES[then]
        if (one.workflow, one.name) == (other.workflow, other.name):
            if one.step is None or other.step is None or FORWARD.index(one.step) >= FORWARD.index(other.step):
                yield f"{then} does not come after {first} in the deploy engine"
        elif not _after(workflows, other, one):
            yield f"{then} does not wait for {first}"


def _after(workflows: Workflows, job: Job, other: Job) -> bool:
    """Whether `job` begins only when `other` is done: by its needs, and those of the job that calls its workflow."""
    waits = _waits(workflows, job.workflow, job.name)
    if (other.workflow, other.name) in waits:
        return True
    calling = [
        (name, caller)
        for name, workflow in workflows.items()
        for caller, found in workflow["jobs"].items()
        if str(found.get("uses", "")).endswith(f"/{job.workflow}.yml")
    ]
    return any((other.workflow, other.name) in _waits(workflows, *one) for one in calling)


def _waits(workflows: Workflows, workflow: str, name: str) -> set[tuple[str, str]]:
    """Every job that is done before this one. A workflow that is called is done when all its jobs are."""
    found: set[tuple[str, str]] = set()
    jobs = workflows[workflow]["jobs"]
    needs = jobs.get(name, {}).get("needs") or []
    for need in [needs] if isinstance(needs, str) else needs:
        found |= {(workflow, need)} | _waits(workflows, workflow, need)
        called = Path(str(jobs.get(need, {}).get("uses", ""))).stem
        if called in workflows:
            found |= {(called, job) for job in workflows[called]["jobs"]}
    return found


def _beyond(workflows: Workflows) -> Iterator[str]:
    drawn = {(job.workflow, job.name) for job in drawing.BOXES.values()} | set(drawing.ADDED)
    for name, workflow in workflows.items():
        for job in workflow["jobs"]:
            if (name, job) not in drawn:
                yield f"the job {job} of {name} is not drawn"


def _steps(workflows: Workflows) -> Iterator[str]:
    """Everything runs on a laptop too: a step calls make, or an action that is pinned to a commit."""
    known = targets()
    for name, workflow in workflows.items():
        for job, found in workflow["jobs"].items():
            for step in found.get("steps", []):
                if (uses := step.get("uses")) and not (_PINNED.match(uses) or uses.startswith("$/")):
                    yield f"{name}/{job} uses {uses}, which is not pinned to a commit"
                if run := step.get("run"):
                    called = _LINE.fullmatch(run)
                    if called is None:
                        yield f"{name}/{job} runs '{run}', which is more than a make target"
                        continue
                    kinds = found.get("strategy", {}).get("matrix", {}).get("kind", []) if called[3] else [""]
                    for target in (called[2] + kind for kind in kinds):
                        if target not in known:
                            yield f"{name}/{job} calls make {target}, which there is not"


def targets() -> set[str]:
    """What the Makefile can be asked for."""
    return set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def _permissions(workflows: Workflows) -> Iterator[str]:
    for name, workflow in workflows.items():
        if workflow.get("permissions") != {}:
            yield f"{name} gives every job permissions"
        for job, found in workflow["jobs"].items():
            for permission, level in (found.get("permissions") or {"": "nothing said"}).items():
                if _PERMITTED.get(permission) != level:
                    yield f"{name}/{job} has the permission {permission}: {level}"
            signs_in = any("azure/login" in step.get("uses", "") for step in found.get("steps", []))
            if signs_in != ("id-token" in (found.get("permissions") or {})):
                yield f"{name}/{job} may get a token of GitHub's, and does not sign in with it, or the other way round"


def _deploys(workflows: Workflows) -> Iterator[str]:
    """What changes an environment is never broken off, and the environment's own rules (approval) hold for it."""
    for name, workflow in workflows.items():
        for job, found in workflow["jobs"].items():
            if not any("azure/login" in step.get("uses", "") for step in found.get("steps", [])):
                continue
            if not found.get("environment"):
                yield f"{name}/{job} signs in at Azure without an environment, whose rules would hold"
            if (workflow.get("concurrency") or {}).get("cancel-in-progress") is not False:
                yield f"{name} can be broken off in the middle of a deploy"
