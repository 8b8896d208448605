"""What a person sees of a start: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from dot_copilot.stack.state import PartState

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

_COLOURS = {
    "waiting": "dim",
    "starting": "yellow",
    "ready": "green",
    "done": "green",
    "unhealthy": "bold red",
    "restarting": "bold yellow",
    "stopped": "dim",
    "failed": "bold red",
}


class Display(Protocol):
    """Shows parts as they change, and messages in between."""

    def show(self, part: PartState, parts: Sequence[PartState]) -> None:
        """`part` has changed; `parts` are all."""

    def say(self, text: str) -> None:
        """A message of its own."""

    def close(self) -> None:
        """Nothing more will come."""


def line(part: PartState) -> str:
    """One part as a line of text."""
    words = [f"{part.name:<17}", f"{part.state:<10}"]
    if part.state in ("ready", "done") and part.ready_after_s is not None:
        words.append(f"{part.ready_after_s:.2f} s")
    if part.restarts:
        words.append(f"restart {part.restarts}")
    if part.detail and part.state not in ("ready", "done", "waiting"):
        words.append(part.detail)
    return "  ".join(words).rstrip()


class Writer(Protocol):
    """What text can be written to: a terminal, a file, a pipe."""

    def write(self, text: str, /) -> int:
        """Write text; gives its length."""

    def flush(self) -> None:
        """See it off."""


class PlainDisplay:
    """A line for every change of state."""

    def __init__(self, stream: Writer) -> None:
        self._stream = stream
        self._last: dict[str, str] = {}

    def show(self, part: PartState, parts: Sequence[PartState]) -> None:  # noqa: ARG002
        """Write the part's line if its state is new."""
        if self._last.get(part.name) != part.state and part.state != "waiting":
            self._last[part.name] = part.state
            self.say(line(part))

    def say(self, text: str) -> None:
        """Write a message; a reader who has gone away (`up | head`) does not disturb the stack."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Nothing to do."""


class TableDisplay:
    """A table that changes in place, with messages above it."""

    def __init__(self) -> None:
        from rich.live import Live

        self._live: Live = Live(auto_refresh=False, transient=False)
        self._live.start()

    def show(self, part: PartState, parts: Sequence[PartState]) -> None:  # noqa: ARG002
        """Draw the table again."""
        self._live.update(table(parts), refresh=True)

    def say(self, text: str) -> None:
        """Print above the table."""
        self._live.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the last table on the screen."""
        self._live.stop()


def table(parts: Iterable[PartState]) -> Table:
    """The parts as a rich table."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="dim")
    for title, justify in (("part", "left"), ("state", "left"), ("pid", "right"), ("port", "right")):
        grid.add_column(title, justify="right" if justify == "right" else "left")
    for title in ("ready after", "restarts"):
        grid.add_column(title, justify="right")
    grid.add_column("", justify="left", overflow="ellipsis", no_wrap=True)
    for part in parts:
        after = "" if part.ready_after_s is None else f"{part.ready_after_s:.2f} s"
        grid.add_row(
            part.name,
            Text(part.state, style=_COLOURS.get(part.state, "")),
            str(part.pid or ""),
            str(part.port or ""),
            after,
            str(part.restarts or ""),
            Text("" if part.state in ("ready", "done") else part.detail, style="dim"),
        )
    return grid


def for_terminal() -> Display:
    """The table where there is a terminal to draw it on, lines otherwise."""
    return TableDisplay() if sys.stdout.isatty() else PlainDisplay(sys.stdout)
