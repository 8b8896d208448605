"""Runs every benchmark and writes bench/REPORT.md: `python -m bench [section ...]`."""

from __future__ import annotations

import datetime
import importlib
import platform
import sys
from importlib.metadata import version
from pathlib import Path

SECTIONS = {
    "startup": "Start-up of the stack",
    "roster": "Roster import",
    "compliance": "Duty board, driver list and driver file at 100,000 drivers",
    "figures": "Counting all drivers for the metrics",
    "mcp": "MCP gateway beside its peers",
    "soak": "MCP gateway: soak",
    "read_one_driver": "Authenticated read of one driver",
    "telemetry": "What telemetry costs",
    "packets": "Audit packets",
    "documents": "Uploads in parts",
    "audit": "Audit log: what the chain costs, and its check",
    "reminders": "Planning reminders at 100,000 drivers",
    "backup": "Backup and restore of 100,000 drivers",
}
REPORT = Path(__file__).with_name("REPORT.md")
PACKAGES = ["fastapi", "starlette", "uvicorn", "asyncpg", "pydantic", "sqlalchemy", "msgspec"]


def machine() -> str:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.machine())
    cores = info.count("processor\t") or "?"
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{platform.platform()}, {cores} cores ({model}), Python {platform.python_version()}; {versions}"


def main(names: list[str]) -> None:
    """Runs the sections named, or all, and rewrites theirs in the report."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.exit(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        print(f"== {SECTIONS[name]}", flush=True)
        body = importlib.import_module(f"bench.{name}").main()
        print(body, flush=True)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        section = f"## {SECTIONS[name]}\n\n`python -m bench {name}`, {today}, {machine()}\n\n{body}\n"
        _replace(SECTIONS[name], section)


def _replace(title: str, section: str) -> None:
    head = "# Figures\n\nWritten by `make bench`; each section names its command, machine and versions.\n"
    text = REPORT.read_text() if REPORT.exists() else head
    first, *others = text.split("\n## ")
    kept = [part.rstrip() for part in others if not part.startswith(title)]
    REPORT.write_text("\n\n## ".join([first.rstrip(), *kept]) + "\n\n" + section)


if __name__ == "__main__":
    main(sys.argv[1:])
