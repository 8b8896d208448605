"""What the wheel carries besides code, as a hook of its build (hatchling): files that the local platform reads, and the version.

They lie below `dot_copilot/_files` as in the checkout (`dot_copilot.resources`). An editable install carries nothing: it reads
the checkout.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = (
    "migrations",
    "deploy/alertmanager",
    "deploy/gateway",
    "deploy/grafana",
    "deploy/local",
    "deploy/nginx",
    "deploy/prometheus",
    ":(exclude)deploy/prometheus/tests",
    "requirements/local.txt",
    "scripts/monitoring-programs",
)
"""Paths of the checkout; of what is below them, the files that are committed or could be: as with the code, new ones go along."""
BUILT = "web/dist"
"""The web application, which is built and never committed."""
INSIDE = "dot_copilot/_files"


def carried(root: Path) -> dict[str, str]:
    """Files of the checkout at `root`, and what each is called in the wheel. Raises RuntimeError if something is not built."""
    if not (root / BUILT / "index.html").is_file():
        raise RuntimeError(f"{root / BUILT} is not built, and the wheel carries it; run: make wheel")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *CARRIED]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S603 - our own
    names = [name for name in dict.fromkeys(listed) if (root / name).is_file()]
    built = sorted(path.relative_to(root).as_posix() for path in (root / BUILT).rglob("*") if path.is_file())
    return {str(root / name): f"{INSIDE}/{name}" for name in (*names, *built)}


class WheelHook(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]  # hatchling is not typed everywhere it is checked
    """Adds them to a wheel that is to be given away."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; `version` is the kind of build: standard or editable."""
        if version != "standard":
            return
        root = Path(self.root)
        said = Path(self.directory) / "VERSION"
        said.parent.mkdir(parents=True, exist_ok=True)
        said.write_text(f"{self.metadata.version}\n", encoding="utf-8")
        build_data["force_include"] |= {**carried(root), str(said): "dot_copilot/VERSION"}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        """Takes away what was only written to be carried."""
        (Path(self.directory) / "VERSION").unlink(missing_ok=True)
