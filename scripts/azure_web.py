"""Prepares a built web application for a Static Web App: `python -m scripts.azure_web https://API web/dist`.

Tells the pages where the API is, and lets them reach it and nothing else besides: its origin is added to the policy.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?")
_REACHING = ("connect-src", "img-src", "frame-src")
"""What pages do with the API: ask it, and show documents from it."""


def prepare(api: str, dist: Path) -> None:
    """Rewrites config.js and staticwebapp.config.json in `dist`. Raises ValueError for what is no origin, or no build."""
    if not _ORIGIN.fullmatch(api):
        raise ValueError(f"{api!r} is not an origin such as https://api.example.com")
    settings = dist / "staticwebapp.config.json"
    if not settings.is_file():
        raise ValueError(f"{dist} is not a build of the web application; run: make setup")
    (dist / "config.js").write_text(f"window.dotCopilot = {json.dumps({'api': api})};\n")
    said = json.loads(settings.read_text())
    policy = said["globalHeaders"]["Content-Security-Policy"]
    said["globalHeaders"]["Content-Security-Policy"] = allowing(policy, api)
    settings.write_text(json.dumps(said, indent=2) + "\n")


def allowing(policy: str, origin: str) -> str:
    """A policy in which the pages may also reach one other origin; the same when they may already."""
    parts = [part.strip().split() for part in policy.split(";")]
    for part in parts:
        if part[0] in _REACHING and origin not in part:
            part.append(origin)
    return "; ".join(" ".join(part) for part in parts)


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
