"""Where the files are that are no Python: in a checkout where they are kept, in an installed package inside it.

The wheel carries what the local platform reads below `_files`, laid out as in the checkout: `deploy/`, `migrations/`, `web/dist`.
What is fetched or made for this machine goes into the checkout, or into the person's cache; never into the package.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
"""The code itself."""
_CARRIED = PACKAGE / "_files"


def installed() -> bool:
    """Whether this is an installed package (with its files inside) rather than a checkout."""
    return _CARRIED.is_dir()


def files() -> Path:
    """The root of the files: `deploy/nginx`, `migrations`, `web/dist` ... are below it. Only to be read."""
    return _CARRIED if installed() else PACKAGE.parents[1]


def cache() -> Path:
    """Where what is fetched for an installed package is kept: `DOT_COPILOT_CACHE`, or `dot-copilot` in the person's cache."""
    named = os.environ.get("DOT_COPILOT_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "dot-copilot"


def data() -> Path:
    """Where a stack lives if nobody names a home: in the checkout, or with the person's data."""
    if not installed():
        return files() / ".dot-copilot"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share").absolute() / "dot-copilot"


def node_packages() -> Path:
    """Where npm has installed what `deploy/local/package-lock.json` names (Azurite); for each lock a place of its own."""
    if not installed():
        return files() / "deploy/local"
    lock = (files() / "deploy/local/package-lock.json").read_bytes()
    return cache() / f"node-{hashlib.sha256(lock).hexdigest()[:12]}"


def monitoring() -> Path:
    """Where `scripts/monitoring-programs` unpacks Prometheus and the others."""
    return (cache() if installed() else files() / ".setup") / "monitoring"


def setup_command() -> str:
    """What gets what is missing."""
    return "dot-copilot setup" if installed() else "make setup"
