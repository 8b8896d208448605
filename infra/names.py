"""Azure's names of our resources, and the limits that Azure sets. Some are host names, unique in the whole world."""

from __future__ import annotations

import re
from dataclasses import dataclass

from infra.errors import BadInput

_STEM = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
# Longest names, from Azure's "Naming rules and restrictions"; a slot's name counts with its site's, so 40 is the site's share.
LONGEST = {"site": 40, "vault": 24, "storage": 24, "server": 63, "group": 90, "workspace": 63}


@dataclass(frozen=True, slots=True)
class Names:
    """Made of the stem (`name` in the stack's configuration) and the environment."""

    stem: str
    env: str

    def of(self, kind: str) -> str:
        """The name of a resource that nothing but its group has to tell apart: `plan-dotcopilot-dev`."""
        return f"{kind}-{self.stem}-{self.env}"

    @property
    def group(self) -> str:
        return self.of("rg")

    @property
    def site(self) -> str:
        """Also the host name below azurewebsites.net."""
        return self.of("app")

    @property
    def server(self) -> str:
        """Also the host name below postgres.database.azure.com."""
        return self.of("psql")

    @property
    def storage(self) -> str:
        """Letters and digits only."""
        return f"st{self.stem}{self.env}".replace("-", "")

    @property
    def vault(self) -> str:
        return self.of("kv")

    @property
    def people_vault(self) -> str:
        """The vault of secrets that people and carriers bring."""
        return f"{self.of('kv')}-p"

    @property
    def workspace(self) -> str:
        return self.of("log")

    @property
    def worldwide(self) -> dict[str, str]:
        """What must be unique in the world, by what it is."""
        return {
            "App Service": self.site,
            "PostgreSQL server": self.server,
            "storage account": self.storage,
            "Key Vault": self.vault,
            "Key Vault of people": self.people_vault,
        }


def names(stem: str, env: str) -> Names:
    """The names, checked; raises BadInput for a stem with other signs than Azure takes, or one that is too long."""
    if not _STEM.fullmatch(stem) or "--" in stem:
        raise BadInput(f"name '{stem}' does not do; use small letters, digits and single hyphens, beginning with a letter")
    made = Names(stem, env)
    kinds = {
        "site": made.site,
        "vault": made.people_vault,
        "storage": made.storage,
        "server": made.server,
        "group": made.group,
        "workspace": made.workspace,
    }
    for kind, name in kinds.items():
        if (over := len(name) - LONGEST[kind]) > 0:
            raise BadInput(f"name '{stem}' is {over} too long: '{name}' may have {LONGEST[kind]} signs; shorten 'name' by {over}")
    return made
