"""Migrations: run from here, as whoever is signed in, with the release's own code, against the environment's database."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Release
from dot_copilot.deploy.target import Say

_DONE = re.compile(r"database is at revision (\S+)")
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "AZURE_CONFIG_DIR")
_NO_WAY = re.compile(r"TimeoutError|ConnectionRefused|no pg_hba.conf entry|Forbidden|not authorized|Name or service not known")


async def migrate(release: Release, settings: Mapping[str, str], say: Say) -> str:
    """The revision the database is at afterwards; StepFailedError leaves it at a whole migration."""
    with tempfile.TemporaryDirectory(prefix="dot-copilot-migrate-") as place:
        with zipfile.ZipFile(release.place) as archive:
            archive.extractall(place)
        kept = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(("AZURE_", "ARM_"))}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dot_copilot.migrate"),
            cwd=place,
            env={**kept, **settings, "PYTHONPATH": str(Path(place) / "src"), "DOT_VERSION": release.version},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said = (await process.communicate())[0].decode(errors="replace")
        finally:
            if process.returncode is None:
                process.kill()
    found = _DONE.search(said)
    if process.returncode or not found:
        raise _failed(release, said)
    say(f"the database is at revision {found[1]}")
    return found[1]


def _failed(release: Release, said: str) -> StepFailedError:
    lines = [line for line in said.splitlines() if line.strip()] or ["no reason given"]
    reason = f"the migrations of {release.version} failed: {lines[-1][:300]}"
    if _NO_WAY.search(said):
        reason += (
            "; database and vault take calls from few addresses only: add this one to operatorAddresses and run 'pulumi up', "
            "or deploy from inside the network"
        )
    return StepFailedError(reason, {"migrate.log": "\n".join(lines[-200:]) + "\n"})
