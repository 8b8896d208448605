"""The stacks' configuration files, read as Pulumi would: for what is asked of a stack without deploying it."""

from __future__ import annotations

from pathlib import Path

import yaml

from infra.errors import BadInput
from infra.options import Options, load
from infra.tiers import tier

HERE = Path(__file__).parent
PROJECT = "dot-copilot"


def configuration(env: str, folder: Path = HERE) -> dict[str, object]:
    """What `Pulumi.ENV.yaml` sets of this project; secrets are left out. Raises BadInput when there is no such file."""
    tier(env)
    path = folder / f"Pulumi.{env}.yaml"
    try:
        written = yaml.safe_load(path.read_text()) or {}
    except OSError:
        raise BadInput(f"{path} is not there; it holds the configuration of '{env}', see docs/azure.md") from None
    except yaml.YAMLError as wrong:
        raise BadInput(f"{path} is not YAML: {' '.join(str(wrong).split())}") from None
    values = (written.get("config") or {}) if isinstance(written, dict) else {}
    return {key.removeprefix(f"{PROJECT}:"): value for key, value in values.items() if not isinstance(value, dict)}


def secrets_set(env: str, folder: Path = HERE) -> set[str]:
    """Keys of the secrets that the stack's file holds, encrypted."""
    written = yaml.safe_load((folder / f"Pulumi.{env}.yaml").read_text()) or {}
    values = (written.get("config") or {}).items()
    return {key.removeprefix(f"{PROJECT}:") for key, value in values if isinstance(value, dict) and "secure" in value}


def options(env: str, folder: Path = HERE) -> Options:
    """The options of a stack, checked."""
    return load(env, configuration(env, folder).get)
