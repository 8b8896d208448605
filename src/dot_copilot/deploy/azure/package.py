"""What App Service runs, as one archive: a commit's files, its requirements with hashes, its version.

The same commit gives the same bytes. App Service installs `requirements.txt` beside it and starts `python -m dot_copilot.cloud`,
as infra/ says.
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

from dot_copilot import resources
from dot_copilot.deploy.errors import RefusedError, StepFailedError

TAKEN = ("src/dot_copilot", "migrations", "deploy/nginx", "deploy/gateway", "pyproject.toml", "LICENSE")
LOCK = "requirements/azure.txt"
VERSION = "src/dot_copilot/VERSION"
_THEN = (2026, 1, 1, 0, 0, 0)


def checkout() -> Path:
    """The clone that packages are made from; RefusedError in an installed package."""
    root = resources.files()
    if resources.installed() or not (root / ".git").exists():
        raise RefusedError("packages for Azure are made from a clone of the repository; run this in one")
    return root


def make(version: str, commit: str, root: Path, out: Path) -> Path:
    """The package of a commit in the directory `out`: complete, or not there at all."""
    path = out / f"site-{version}.zip"
    if path.exists():
        return path
    out.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{os.getpid()}")
    write(making, contents(version, commit, root))
    making.replace(path)
    return path


def contents(version: str, commit: str, root: Path) -> dict[str, bytes]:
    """Names in the archive, and what they hold. StepFailedError when the commit has not what a site needs."""
    command = ["git", "archive", "--format=tar", commit, *TAKEN, LOCK]
    done = subprocess.run(command, cwd=root, capture_output=True, timeout=120, check=False)  # noqa: S603 - our own list
    if done.returncode != 0:
        raise StepFailedError(f"{version} can't be packed: {done.stderr.decode(errors='replace').strip()}")
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive.getmembers():
            if member.isfile() and (stream := archive.extractfile(member)):
                files[member.name] = stream.read()
    return {**files, "requirements.txt": files.pop(LOCK), VERSION: f"{version}\n".encode()}


def write(out: Path, files: dict[str, bytes]) -> None:
    """The archive, byte for byte the same for the same files."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
