"""`python -m dot_copilot.dashboards [--check] [DIRECTORY]` writes the dashboards, or says which are stale and fails."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dot_copilot.dashboards.files import HOME, rendered, stale


def main(words: list[str] | None = None) -> int:
    """Writes or checks; 1 when the check finds a stale file."""
    parser = argparse.ArgumentParser(prog="python -m dot_copilot.dashboards", description="Writes Grafana's dashboards.")
    parser.add_argument("directory", nargs="?", type=Path, default=HOME)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail when a file is not what the code says")
    chosen = parser.parse_args(words)
    if chosen.check:
        found = stale(chosen.directory)
        sys.stderr.write("".join(f"{name} is stale: run 'make dashboards'\n" for name in found))
        return 1 if found else 0
    chosen.directory.mkdir(parents=True, exist_ok=True)
    for name in stale(chosen.directory):
        if name in (texts := rendered()):
            (chosen.directory / name).write_text(texts[name])
        else:
            (chosen.directory / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
