"""The workflows are the pipeline as drawn, call only what runs on a laptop too, and a mistake in them does not pass."""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from scripts.pipeline import environment
from tests.contract import pipeline_drawing as drawing
from tests.contract.pipeline import ROOT, Workflows, load, problems, targets


@pytest.fixture(scope="module")
def workflows() -> Workflows:
    return load()


def test_the_pipeline_is_as_drawn(workflows: Workflows) -> None:
    assert problems(workflows) == []


def test_the_drawing_is_one_way() -> None:
    done: list[str] = ["environment", "frontend build"]
    for first, then in drawing.ARROWS:
        assert first in done, f"{first} comes out of nowhere"
        done.append(then)
    assert set(done) == set(drawing.BOXES)


# The environment


@pytest.mark.parametrize(("branch", "expected"), drawing.ENVIRONMENTS.items())
def test_a_branch_has_its_environment(branch: str, expected: str) -> None:
    assert environment({"GITHUB_REF_NAME": branch}) == expected
    assert environment({"GITHUB_REF_NAME": "12/merge", "GITHUB_BASE_REF": branch}) == expected
    assert environment({"GITHUB_REF_NAME": branch, "CHOSEN": "staging"}) == "staging"


@pytest.mark.parametrize("run", [{"GITHUB_REF_NAME": "feature"}, {}, {"GITHUB_REF_NAME": "main", "CHOSEN": "qa"}])
def test_anything_else_has_none(run: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match="environment"):
        environment(run)


def test_make_says_it_as_a_workflow_needs_it() -> None:
    done = subprocess.run(
        ["make", "--silent", "environment"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "GITHUB_REF_NAME": "main", "CHOSEN": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "environment=prod\n"


# The tests that the pipeline runs are those of `make test`


def test_the_kinds_of_tests_are_all_the_tests(workflows: Workflows) -> None:
    kinds = workflows["ci"]["jobs"]["backend-tests"]["strategy"]["matrix"]["kind"]
    recipes = {kind: _recipe(f"test-{kind}") for kind in kinds}
    run = {name for recipe in recipes.values() for name in re.findall(r"tests/(\w+)", recipe)}
    there = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert run | {"drills"} == there - {"conformance"}, "drills are `make drill`"
    assert "npm test" in _recipe("test-web")
    assert _recipe("test").splitlines()[1] == _recipe("test-infra").splitlines()[0], "the platform's tests are run alike"


def _recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found, target
    return found[1]


def test_every_target_is_told_to_make() -> None:
    """A file of the same name would else stop it from running."""
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert targets() <= set(phony[1].split())


def test_versions_of_actions_are_said_beside_their_commits() -> None:
    for path in [*(ROOT / ".github").rglob("*.yml")]:
        for line in path.read_text().splitlines():
            if re.search(r"uses: [^$].*@", line):
                assert re.search(r"@[0-9a-f]{40} # v\d", line), f"{path.name}: {line.strip()}"


def test_new_versions_are_proposed_for_everything_that_is_pinned() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    watched = {(one["package-ecosystem"], directory) for one in updates for directory in one["directories"]}
    locks = subprocess.run(["git", "ls-files", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {("npm", "/" + line.rpartition("/")[0]) for line in locks.stdout.splitlines()} <= watched
    assert {("pip", "/"), ("github-actions", "/"), ("docker", "/deploy/docker"), ("docker-compose", "/deploy")} <= watched


# Mistakes

Mistake = Callable[[Workflows], None]


def change(workflow: str, job: str, **members: Any) -> Mistake:
    return lambda workflows: workflows[workflow]["jobs"][job].update(members)


def without(workflow: str, job: str) -> Mistake:
    return lambda workflows: workflows[workflow]["jobs"].pop(job)


def step(workflow: str, job: str, **members: Any) -> Mistake:
    return lambda workflows: workflows[workflow]["jobs"][job]["steps"].append(members)


def top(workflow: str, **members: Any) -> Mistake:
    return lambda workflows: workflows[workflow].update(members)


def last_run(workflow: str, job: str, run: str) -> Mistake:
    return lambda workflows: workflows[workflow]["jobs"][job]["steps"][-1].update({"run": run})


def only_main(workflows: Workflows) -> None:
    workflows["deploy"][True]["push"]["branches"] = ["main"]  # type: ignore[index]


def no_pull_requests(workflows: Workflows) -> None:
    workflows["ci"][True].pop("pull_request")  # type: ignore[index]


MISTAKES: dict[str, tuple[Mistake, str]] = {
    "no tests": (without("ci", "backend-tests"), "backend tests is drawn, and there is no job"),
    "a job beyond": (lambda found: found["ci"]["jobs"].update(extra=found["ci"]["jobs"]["lint"]), "the job extra"),
    "images before tests": (change("ci", "images", needs=["lint"]), "docker build does not wait for backend tests"),
    "tests before the client": (change("ci", "backend-tests", needs=[]), "backend tests does not wait for client generated"),
    "a deploy without tests": (change("deploy", "backend", needs=["select"]), "migrations does not wait for docker build"),
    "tests for no environment": (change("deploy", "ci", needs=[]), "backend build does not wait for environment"),
    "health too early": (change("deploy", "backend-health", needs=["ci"]), "backend health does not wait for slots swapped"),
    "another command": (last_run("ci", "frontend-tests", "make web"), "frontend tests: the job frontend-tests does not call"),
    "a script in a workflow": (step("ci", "lint", run="npm ci && make lint"), "ci/lint runs 'npm ci && make lint'"),
    "a target there is not": (step("ci", "lint", run="make everything"), "ci/lint calls make everything, which there is not"),
    "an action by its tag": (step("ci", "lint", uses="actions/cache@v4"), "ci/lint uses actions/cache@v4, which is not pinned"),
    "permissions for all": (top("ci", permissions={"contents": "write"}), "ci gives every job permissions"),
    "too many permissions": (change("ci", "lint", permissions={"packages": "write"}), "ci/lint has the permission packages"),
    "a token for nothing": (
        change("ci", "lint", permissions={"contents": "read", "id-token": "write"}),
        "ci/lint may get a token of GitHub's",
    ),
    "a deploy broken off": (
        top("deploy", concurrency={"group": "x", "cancel-in-progress": True}),
        "deploy can be broken off in the middle",
    ),
    "no approval": (change("deploy", "backend", environment=None), "deploy/backend signs in at Azure without an environment"),
    "a branch is missing": (only_main, "a push is deployed from ['main']"),
    "pull requests are not tested": (no_pull_requests, "a pull request does not begin ci"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(workflows: Workflows, name: str) -> None:
    mistake, sentence = MISTAKES[name]
    broken = copy.deepcopy(workflows)
    mistake(broken)
    assert [problem for problem in problems(broken) if problem.startswith(sentence)], problems(broken)
