"""Packs what App Service runs: `python -m scripts.azure_package OUT.zip`. The same commit gives the same bytes.

App Service installs `requirements.txt` (with hashes) beside it and starts `python -m dot_copilot.cloud`, as infra/ says.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from dot_copilot.version import of_checkout

ROOT = Path(__file__).resolve().parents[1]
TAKEN = ("src/dot_copilot", "migrations", "deploy/nginx", "deploy/gateway", "pyproject.toml", "LICENSE")
_THEN = (2026, 1, 1, 0, 0, 0)


def contents(root: Path = ROOT) -> dict[str, bytes]:
    """Names in the archive, and what they hold: the committed files, and the version, which no git can tell there."""
    listed = subprocess.run(["git", "ls-files", *TAKEN], cwd=root, check=True, capture_output=True, text=True)  # noqa: S603, S607
    files = {"requirements.txt": root / "requirements/azure.txt", **{name: root / name for name in listed.stdout.splitlines()}}
    # What is deleted and not committed yet cannot be packed; the version says that the tree is dirty.
    found = {name: path.read_bytes() for name, path in files.items() if path.exists()}
    return {**found, "src/dot_copilot/VERSION": f"{of_checkout(root)}\n".encode()}


def pack(out: Path, root: Path = ROOT) -> int:
    """Writes the archive; returns its size in bytes."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(contents(root).items()):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return out.stat().st_size


def main() -> int:
    """Says what was packed; 2 without the name of a file."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m scripts.azure_package OUT.zip\n")
        return 2
    out = Path(sys.argv[1])
    sys.stdout.write(f"{out}: {pack(out) / 1e6:.1f} MB, {len(contents())} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
