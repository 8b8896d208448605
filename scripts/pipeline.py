"""What the pipeline decides: `python -m scripts.pipeline environment` prints `environment=NAME` for what GitHub tells of a run.

A branch has one environment; a pull request has its target's; a manual run says which.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

BRANCHES: Mapping[str, str] = {"dev": "dev", "staging": "staging", "main": "prod"}


def environment(run: Mapping[str, str]) -> str:
    """The environment of a run, from GitHub's variables and the choice of a person (`CHOSEN`). Raises ValueError."""
    if chosen := run.get("CHOSEN", ""):
        if chosen not in BRANCHES.values():
            raise ValueError(f"there is no environment '{chosen}'; choose one of {', '.join(BRANCHES.values())}")
        return chosen
    branch = run.get("GITHUB_BASE_REF") or run.get("GITHUB_REF_NAME", "")
    if branch not in BRANCHES:
        raise ValueError(f"the branch '{branch}' has no environment; {', '.join(BRANCHES)} have, or choose one in a manual run")
    return BRANCHES[branch]


def main() -> int:
    """2 with a sentence for a wrong use."""
    if sys.argv[1:] != ["environment"]:
        sys.stderr.write("usage: python -m scripts.pipeline environment\n")
        return 2
    try:
        sys.stdout.write(f"environment={environment(os.environ)}\n")
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
