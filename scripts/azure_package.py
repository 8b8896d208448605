"""Packs what App Service runs: `python -m scripts.azure_package OUT.zip`, of what is checked out and committed."""

from __future__ import annotations

import sys
from pathlib import Path

from dot_copilot.deploy.azure import package
from dot_copilot.version import of_commit

ROOT = Path(__file__).resolve().parents[1]


def pack(out: Path, root: Path = ROOT) -> int:
    """Writes the archive of the last commit; returns its size in bytes."""
    package.write(out, package.contents(of_commit(root, "HEAD"), "HEAD", root))
    return out.stat().st_size


def main() -> int:
    """Says what was packed; 2 without the name of a file."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m scripts.azure_package OUT.zip\n")
        return 2
    out = Path(sys.argv[1])
    sys.stdout.write(f"{out}: {pack(out) / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
