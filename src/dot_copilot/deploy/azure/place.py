"""Which site of which environment, and where its packages are kept here."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from dot_copilot import resources
from dot_copilot.deploy.errors import RefusedError

ENVIRONMENTS = ("dev", "staging", "prod")
SLOT = "staging"
"""The second slot's name, where there is one."""
_STEM = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Place:
    """The names that the platform's program gives (a test compares them), and a directory for packages."""

    env: str
    stem: str
    packages: Path

    @property
    def group(self) -> str:
        """The resource group."""
        return f"rg-{self.stem}-{self.env}"

    @property
    def site(self) -> str:
        """The App Service, also its host below azurewebsites.net."""
        return f"app-{self.stem}-{self.env}"

    @property
    def of_site(self) -> tuple[str, ...]:
        """How `az` is told which site."""
        return ("--resource-group", self.group, "--name", self.site)

    @property
    def of_slot(self) -> tuple[str, ...]:
        """How `az` is told which slot."""
        return (*self.of_site, "--slot", SLOT)


def place(env: str) -> Place:
    """The place of an environment; `DOT_AZURE_NAME` is the platform's `name` if it is another. RefusedError for no such thing."""
    if env not in ENVIRONMENTS:
        raise RefusedError(f"there is no environment '{env}'; choose one of {', '.join(ENVIRONMENTS)}")
    stem = os.environ.get("DOT_AZURE_NAME") or "dotcopilot"
    if not _STEM.fullmatch(stem):
        raise RefusedError(f"DOT_AZURE_NAME is '{stem}'; it is the platform's name: small letters, digits and hyphens")
    return Place(env, stem, resources.data() / "azure" / env)
