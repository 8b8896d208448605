"""How long the stack takes to start: warm, and from a fresh clone with warm package caches."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from dot_copilot.stack.binaries import repository_root
from tests.support.servers import free_port
from tests.support.stack import run

WARM_STARTS = 5


def _warm() -> tuple[list[float], list[float]]:
    """Seconds until the stack is ready, and until its monitoring is too, of each start."""
    home = Path(tempfile.mkdtemp(prefix="dot-copilot-bench-"))
    home.chmod(0o755)
    taken, watched = [], []
    try:
        words = ["up", "--detach", "--port", str(free_port())]
        run(*words, home=home)
        for _ in range(WARM_STARTS):
            run("down", home=home)
            begun = time.perf_counter()
            run(*words, home=home)
            taken.append(time.perf_counter() - begun)
            while any(part["state"] != "ready" for part in json.loads(run("status", "--json", home=home).stdout)):
                time.sleep(0.02)
            watched.append(time.perf_counter() - begun)
    finally:
        run("down", home=home)
        shutil.rmtree(home, ignore_errors=True)
    return taken, watched


def _fresh_clone() -> float:
    place = Path(tempfile.mkdtemp(prefix="dot-copilot-clone-"))
    place.chmod(0o755)
    clone, home = place / "clone", place / "home"
    environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "DOT_COPILOT_HOME")}
    begun = time.perf_counter()
    try:
        subprocess.run(["git", "clone", "--quiet", str(repository_root()), str(clone)], check=True)
        flags = f"UP_FLAGS=--detach --home {home} --port {free_port()}"
        subprocess.run(["make", "up", flags], cwd=clone, check=True, env=environment, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begun
    finally:
        subprocess.run([clone / ".venv/bin/dot-copilot", "down", "--home", str(home)], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(place, ignore_errors=True)


def main() -> str:
    """Starts and stops real stacks."""
    warm, watched = _warm()
    fresh = _fresh_clone()
    listed = ", ".join(f"{seconds:.1f}" for seconds in warm)
    return (
        f"- Warm `dot-copilot up --detach` to everything that people use ready: median **{statistics.median(warm):.1f} s** "
        f"of {listed} s (floor 4 s); to monitoring ready as well: {statistics.median(watched):.1f} s.\n"
        f"- `git clone` and `make up` to everything ready, package caches warm: **{fresh:.0f} s** (floor 120 s)."
    )


if __name__ == "__main__":
    print(main())
