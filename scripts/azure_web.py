"""Prepares a built web application for a Static Web App: `python -m scripts.azure_web https://API web/dist`.

Tells the pages where the API is, and lets them reach it and nothing else besides: its origin is added to the policy.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dot_copilot.deploy.azure.pages import allowing, prepare

__all__ = ["allowing", "prepare"]


def main() -> int:
    """2 for a wrong use, with a sentence."""
    if len(sys.argv) != 3:
        sys.stderr.write("usage: python -m scripts.azure_web https://API web/dist\n")
        return 2
    try:
        prepare(sys.argv[1], Path(sys.argv[2]))
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
