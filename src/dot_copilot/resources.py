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
NODE_FILES = ("package.json", "package-lock.json", ".npmrc", "azurite-preload.cjs")
"""What npm needs in `deploy/local`, and what Node.js loads from beside Azurite."""
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
    """Where npm has installed what `deploy/local` names (Azurite), beside what is loaded before it.

    An installed package has a place of its own for each content of those files.
    """
    origin = files() / "deploy/local"
    if not installed():
        return origin
    content = b"".join((origin / name).read_bytes() for name in NODE_FILES)
    return cache() / f"node-{hashlib.sha256(content).hexdigest()[:12]}"


def monitoring() -> Path:
    """Where `scripts/monitoring-programs` unpacks Prometheus and the others."""
    return (cache() if installed() else files() / ".setup") / "monitoring"


def setup_command() -> str:
    """What gets what is missing."""
    return "dot-copilot setup" if installed() else "make setup"
