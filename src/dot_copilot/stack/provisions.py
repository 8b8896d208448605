"""What an installed package fetches for this machine: Azurite with npm, and the programs of monitoring from Debian's archive.

In a checkout `make setup` does it. Both go into the person's cache, and a release with another lock gets an Azurite of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from dot_copilot import resources
from dot_copilot.stack import binaries

OLDEST_NODE = 20
Say = Callable[[str], None]


def blob_storage(say: Say) -> bool:
    """Azurite, from the packaged lock, if it is not there yet; whether it is there now. Says why not, and what to do."""
    place = resources.node_packages()
    if _azurite_there():
        return True
    if reason := _no_node():
        say(f"Azurite keeps uploaded files on this machine and needs Node.js {OLDEST_NODE} or newer with npm: {reason}")
        return False
    say("setting up the blob storage emulator (once, with npm) ...")
    place.parent.mkdir(parents=True, exist_ok=True)
    # Made beside and moved in one step: a crash leaves a directory to throw away, never half of an installation.
    making = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for name in resources.NODE_FILES:
            shutil.copyfile(resources.files() / "deploy/local" / name, making / name)
        if failure := _npm_ci(making):
            say(f"Azurite could not be installed, so files cannot be uploaded: {failure}; to try again: dot-copilot setup")
            return False
        making.chmod(0o755)
        _move(making, place)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return _azurite_there()


def monitoring(say: Say) -> None:
    """Prometheus, Alertmanager and the exporters, where they can be had without asking; the script itself says why not."""
    script = resources.files() / "scripts/monitoring-programs"
    environment = {**os.environ, "DOT_SETUP_DIR": str(resources.monitoring().parent)}
    done = subprocess.run(  # noqa: S603 - our own script
        ["/usr/bin/env", "bash", str(script), "--again"], env=environment, capture_output=True, text=True, check=False
    )
    for text in (done.stdout + done.stderr).splitlines():
        say(text)


def _azurite_there() -> bool:
    try:
        binaries.azurite()
    except binaries.BinaryMissingError:
        return False
    return True


def _no_node() -> str:
    """Why npm cannot be used here, with the remedy; empty if it can."""
    remedy = "install it (on Debian or Ubuntu: sudo apt-get install nodejs npm), then run: dot-copilot setup"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return f"{'Node.js' if node is None else 'npm'} is not installed; {remedy}"
    done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    major = done.stdout.strip().removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        return f"this is {done.stdout.strip() or 'a Node.js that does not start'}; {remedy}"
    return ""


def _npm_ci(directory: Path) -> str:
    """Why it failed; empty if it did not."""
    command = [shutil.which("npm") or "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-progress", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "npm did not end within five minutes"
    if done.returncode == 0:
        return ""
    lines = [text.removeprefix("npm error ") for text in done.stderr.splitlines() if text.strip()]
    return f"npm says: {lines[0]}" if lines else f"npm ended with {done.returncode}"


def _move(made: Path, place: Path) -> None:
    """Into its place; another process that was quicker has installed the same lock, and what is half there is put aside."""
    try:
        made.rename(place)
    except OSError:
        if _azurite_there():
            return
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
