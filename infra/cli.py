"""`dot-copilot azure`: asks the program about an environment, without deploying it. Bad input is one sentence and exit code 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from infra.errors import BadInput

ROOT = Path(__file__).resolve().parents[1]
DRAWINGS = ROOT / "docs/azure"


def _refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Says what is wrong with the input on standard error, and leaves with 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except BadInput as wrong:
            click.echo(f"dot-copilot azure: {wrong}", err=True)
            sys.exit(2)

    return run


_env = click.option("--env", required=True, metavar="ENV", help="dev, staging or prod.")
_stacks = click.option(
    "--stacks",
    "folder",
    type=click.Path(path_type=Path),
    default=ROOT / "infra",
    help="Folder of the stacks' Pulumi.ENV.yaml. [default: infra]",
)


@click.group(name="azure", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check, price and draw the Azure platform. Nothing here changes anything in Azure."""


@main.command()
@_env
@_stacks
@click.option("--offline", is_flag=True, help="Do not ask Azure, even when somebody is signed in.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What is deployed, as 'pulumi stack export' writes it: to refuse changes that cannot be made.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON list of findings.")
@_refusing
def preflight(env: str, folder: Path, offline: bool, state: Path | None, as_json: bool) -> None:
    """Refuse what Azure would refuse, before anything is created; exit code 2 when something is."""
    from infra.preflight import live
    from infra.preflight import state as deployed
    from infra.preflight.offline import examine

    options, findings = examine(env, folder)
    findings += deployed.examine(options, state) if state else []
    findings += [] if offline else live.examine(options)
    if as_json:
        click.echo(json.dumps([{name: getattr(one, name) for name in one.__slots__} for one in findings], indent=2))
    else:
        marks = {"ok": ("ok", "green"), "refused": ("!!", "red"), "warning": ("--", "yellow"), "unknown": ("??", "yellow")}
        for one in findings:
            mark, colour = marks[one.state]
            click.echo(f"{click.style(mark, fg=colour)} {one.what}: {one.found}")
            if one.remedy:
                click.echo(f"   {one.remedy}")
    if any(one.state == "refused" for one in findings):
        sys.exit(2)


@main.command()
@_env
@_stacks
@click.option("--live", "ask", is_flag=True, help="Take today's prices of the stack's region from Azure's price service.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@_refusing
def cost(env: str, folder: Path, ask: bool, as_json: bool) -> None:
    """Estimate a month's bill, line by line, next to the target."""
    from infra.cost import prices
    from infra.cost.estimate import estimate
    from infra.cost.report import as_text, report
    from infra.graph.recorder import record
    from infra.stacks import options as of

    options = of(env, folder)
    graph, known = record(options), prices.read()
    notes: list[str] = []
    if ask:
        wanted = {line.item for line in estimate(graph, known, options.tier.trace_ratio)}
        known, notes = prices.live(known, options.location, wanted)
    found = report(options, graph, known, notes)
    click.echo(json.dumps(found.as_dict(), indent=2) if as_json else as_text(found))


@main.command()
@_env
@_stacks
@click.option("--format", "shape", type=click.Choice(["json", "mermaid", "files"]), default="json", show_default=True)
@_refusing
def render(env: str, folder: Path, shape: str) -> None:
    """Show the resources as JSON or as a diagram; 'files' writes both into docs/azure."""
    from infra.graph import drawing
    from infra.graph.recorder import record
    from infra.stacks import options as of

    graph = record(of(env, folder))
    if shape == "files":
        for path, text in drawing.files(graph).items():
            (DRAWINGS / path).write_text(text, encoding="utf-8")
            click.echo(f"wrote docs/azure/{path}")
        return
    click.echo(drawing.as_json(graph) if shape == "json" else drawing.as_mermaid(graph), nl=False)


@main.command()
@_env
@_stacks
@_refusing
def secrets(env: str, folder: Path) -> None:
    """Make the secrets that the stack lacks, and let Pulumi keep them encrypted. They are not shown."""
    from infra.secret_values import put
    from infra.stacks import options as of
    from infra.stacks import secrets_set

    of(env, folder)
    made = put(env, secrets_set(env, folder), folder)
    click.echo(f"made {', '.join(made)}" if made else "every secret is set already; nothing was changed")


if __name__ == "__main__":
    main(prog_name="dot-copilot azure")
