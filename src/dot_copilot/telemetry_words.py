"""Writes the table of metrics into docs/telemetry.md: `python -m dot_copilot.telemetry_words`."""

from __future__ import annotations

import importlib
from pathlib import Path

from dot_copilot.core.telemetry import REGISTRY
from dot_copilot.discovery import modules

DOCUMENT = Path(__file__).parents[2] / "docs" / "telemetry.md"
BEGIN, END = "<!-- metrics: written by python -m dot_copilot.telemetry_words -->\n", "<!-- end of metrics -->\n"
_DECLARING = ("dot_copilot.app", "dot_copilot.worker", "dot_copilot.gateway")


def table() -> str:
    """Every instrument that a process of the application can declare."""
    for name in _DECLARING:
        importlib.import_module(name)
    for kind in ("api", "tasks", "figures"):
        modules(kind)
    lines = ["| metric | kind | labels | what it is |", "|---|---|---|---|"]
    for instrument in REGISTRY.collect():
        if instrument.name.startswith(("dot_", "http_", "db_", "valkey_", "process_")):
            labels = ", ".join(f"`{label}`" for label in instrument.label_names)
            lines.append(f"| `{instrument.name}` | {instrument.kind} | {labels} | {instrument.help} |")
    return "\n".join(lines) + "\n"


def written(text: str) -> str:
    """The document with the table in its place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
