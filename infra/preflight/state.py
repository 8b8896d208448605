"""Compares the options with what is deployed, as `pulumi stack export` writes it: what cannot change later is refused."""

from __future__ import annotations

import json
from pathlib import Path

from infra.errors import BadInput
from infra.options import Options
from infra.preflight.findings import Finding
from infra.preflight.live import created_for_good

_SERVER = "azure-native:dbforpostgresql:Server"


def examine(options: Options, path: Path) -> list[Finding]:
    """Findings on the deployed server; raises BadInput when the file is not an export."""
    try:
        resources = json.loads(path.read_text())["deployment"]["resources"] or []
        servers = [one["inputs"] for one in resources if one.get("type") == _SERVER]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BadInput(f"{path} is not what 'pulumi stack export' writes ({type(wrong).__name__}); write it anew") from None
    if not servers:
        return [Finding("deployed server", "ok", "there is none yet")]
    found = [created_for_good(options, servers[0].get("backup", {}).get("geoRedundantBackup") == "Enabled")]
    if (place := servers[0].get("location", options.location)) != options.location:
        sentence = f"the server is in {place}, and is to be in {options.location}; a server does not move"
        found.append(Finding("location", "refused", sentence, f"set location to {place}, or restore into another stack"))
    return found
