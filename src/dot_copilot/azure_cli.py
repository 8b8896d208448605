"""`dot-copilot azure`: hands over to the Azure program, which has an environment of its own and is no part of the application."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]


def interpreter(root: Path = ROOT) -> Path:
    """The Python that has what `infra/` needs; UsageError (exit code 2) with the remedy when there is none."""
    if not (root / "infra/cli.py").is_file():
        raise click.UsageError("the Azure program is not part of an installed package; run this in a clone of the repository")
    python = root / ".venv-infra/bin/python"
    if not python.exists():
        raise click.UsageError("what the Azure program needs is not installed; run: make setup-infra")
    return python


@click.command(
    name="azure",
    short_help="Check, price and draw the Azure platform.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def azure(arguments: tuple[str, ...]) -> None:
    """Check, price and draw the Azure platform (preflight, cost, render, secrets)."""
    python = interpreter()
    sys.stdout.flush()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    os.execv(python, [str(python), "-m", "infra.cli", *arguments])  # noqa: S606 - the program and its arguments are the person's own
