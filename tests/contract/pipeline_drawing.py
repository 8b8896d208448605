"""The drawing of the pipeline as facts: its boxes, what comes after what, and where each is in `.github/workflows`.

The drawing's "Prisma generate" is here the web client that is generated from the API, and checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from dot_copilot.deploy.model import Step


@dataclass(frozen=True)
class Job:
    """A job of a workflow; `calls` is what it must run, and `step` the deploy engine's step where several boxes are one job."""

    workflow: str
    name: str
    calls: str
    step: Step | None = None


TRIGGERS: dict[str, tuple[str, str]] = {
    "push": ("deploy", "push"),
    "pull request": ("ci", "pull_request"),
    "manual": ("deploy", "workflow_dispatch"),
}
"""What begins a run: the workflow, and the event it is begun by."""
ENVIRONMENTS: dict[str, str] = {"dev": "dev", "staging": "staging", "main": "prod"}
"""The branches, and the environment of each."""

BOXES: dict[str, Job] = {
    "environment": Job("deploy", "select", "make --silent environment"),
    "backend build": Job("ci", "backend-build", "make wheel"),
    "client generated": Job("ci", "client", "make check-client"),
    "backend tests": Job("ci", "backend-tests", 'make "test-${KIND}"'),
    "frontend build": Job("ci", "frontend-build", "make web"),
    "frontend tests": Job("ci", "frontend-tests", "make test-web"),
    "docker build": Job("ci", "images", "make images"),
    "migrations": Job("deploy", "backend", "make deploy-azure", Step.MIGRATE),
    "backend deployed": Job("deploy", "backend", "make deploy-azure", Step.PLACE),
    "slots swapped": Job("deploy", "backend", "make deploy-azure", Step.SWAP),
    "frontend deployed": Job("deploy", "pages", "static-web-apps-deploy"),
    "backend health": Job("deploy", "backend-health", "make health-azure OF=backend"),
    "frontend health": Job("deploy", "pages-health", "make health-azure OF=pages"),
}

ARROWS: tuple[tuple[str, str], ...] = (
    ("environment", "backend build"),
    ("backend build", "client generated"),
    ("client generated", "backend tests"),
    ("backend tests", "docker build"),
    ("frontend build", "frontend tests"),
    ("frontend tests", "docker build"),
    ("docker build", "migrations"),
    ("migrations", "backend deployed"),
    ("backend deployed", "slots swapped"),
    ("slots swapped", "backend health"),
    ("docker build", "frontend deployed"),
    ("frontend deployed", "frontend health"),
)
"""What must be done before what."""

ADDED: dict[tuple[str, str], str] = {
    ("ci", "lint"): "style, types and layers, which the drawing takes for granted",
    ("ci", "sbom"): "the bill of materials of what is built",
    ("deploy", "ci"): "the build and test jobs, called",
    ("preview", "preview"): "a pull request's pages, to look at",
    ("codeql", "analyze"): "GitHub's analysis of the code",
}
"""Jobs beyond the drawing, each with its reason."""
