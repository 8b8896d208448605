"""The dashboards as files, one each: `dot-api` is in `api.json`."""

from __future__ import annotations

import json
from pathlib import Path

from dot_copilot.dashboards.boards import BOARDS
from dot_copilot.dashboards.grafana import as_json

HOME = Path("deploy/grafana/dashboards")


def rendered() -> dict[str, str]:
    """Each file's name and text."""
    return {
        f"{board.uid.removeprefix('dot-')}.json": json.dumps(as_json(board), indent=2, ensure_ascii=False) + "\n"
        for board in BOARDS
    }


def stale(directory: Path) -> list[str]:
    """Files that are not what the code says, are missing, or belong to no dashboard."""
    wanted = rendered()
    there = {path.name: path.read_text() for path in directory.glob("*.json")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
