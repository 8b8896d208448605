"""The `dot-copilot` command. Everything heavy is imported by the command that needs it: `status` must feel instant."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dot_copilot.stack.home import Home

APPLICATION_COMMANDS = {
    "audit": "Check the audit log (verify).",
    "import": "Import data into a carrier (roster).",
    "seed": "Fill the stack with demonstration data.",
    "carrier": "Create carriers.",
    "user": "Create people who can sign in.",
    "rotate": "Replace signing keys and passwords while everything runs.",
}
"""Commands of the application, with their help: loaded from `dot_copilot.commands.COMMANDS` when they are called."""


class _LazyGroup(click.Group):
    """Knows the application's commands by name, and imports the application only to run one of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Ours and the application's, without loading those."""
        return [*super().list_commands(ctx), "compose", "azure", "deploy", "backup", *APPLICATION_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in APPLICATION_COMMANDS:
            return _application_command(cmd_name)
        if cmd_name == "compose":
            return importlib.import_module("dot_copilot.containers.commands").compose  # type: ignore[no-any-return]
        if cmd_name == "azure":
            return importlib.import_module("dot_copilot.azure_cli").azure  # type: ignore[no-any-return]
        if cmd_name == "deploy":
            return importlib.import_module("dot_copilot.deploy.commands").deploy  # type: ignore[no-any-return]
        if cmd_name == "backup":
            return importlib.import_module("dot_copilot.backup.commands").backup  # type: ignore[no-any-return]
        return super().get_command(ctx, cmd_name)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(60)) for name, command in sorted(self.commands.items())]
        rows.append(("compose", "Prepare the platform in containers (deploy/compose.yaml)."))
        rows.append(("azure", "Check, price and draw the Azure platform (infra/)."))
        rows.append(("deploy", "Bring another version without an interruption, or take it back."))
        rows.append(("backup", "Back up the stack, encrypted, and restore it as of any moment."))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        with formatter.section("Data (need a running stack)"):
            formatter.write_dl(list(APPLICATION_COMMANDS.items()))


def _application_command(name: str) -> click.Command:
    command: click.Command = importlib.import_module("dot_copilot.commands").COMMANDS[name]
    _add_home(command)
    return command


def _add_home(command: click.Command) -> None:
    """Give every leaf of an application command the `--home` option, and the environment of that stack."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _add_home(child)
    elif not any(parameter.name == "stack_home" for parameter in command.params):
        command.params.append(
            click.Option(
                ["--home", "stack_home"],
                type=click.Path(file_okay=False, path_type=Path),
                expose_value=False,
                is_eager=True,
                callback=_enter_environment,
                help="Directory of the stack to work with.",
            )
        )


def _enter_environment(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    """Set DOT_* as the stack's own processes have them; what the shell has set already stays."""
    if ctx.resilient_parsing or os.environ.get("DOT_SECRETS_BACKEND") == "keyvault":
        return  # an installation on Azure has no home here: the shell's environment says where it is
    home = _home(value)
    try:
        settings: dict[str, str] = json.loads(home.environment_file.read_text())
    except (OSError, ValueError):
        raise click.ClickException(
            f"there is no running stack in {home.root}; start it with 'dot-copilot up', or name its directory with --home"
        ) from None
    for name, setting in settings.items():
        os.environ.setdefault(name, setting)


def _home(value: Path | None) -> Home:
    from dot_copilot.stack.home import Home, default_home

    return Home(value.expanduser().absolute() if value is not None else default_home())


def _say_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from dot_copilot.version import version

    click.echo(f"dot-copilot {version()}")
    ctx.exit()


_home_option = click.option(
    "--home",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the stack's data, secrets and logs. [default: DOT_COPILOT_HOME or .dot-copilot]",
)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_say_version, help="Show the version and exit."
)
def main() -> None:
    """DOT-Copilot: driver files and training, audit-ready, on this machine with one command."""


@main.command()
@click.option("--detach", "-d", is_flag=True, help="Return when all parts are ready, and leave them running.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Where the browser goes.")
@click.option(
    "--without",
    multiple=True,
    metavar="PART",
    help="Leave a part out (or all of 'api', 'gateway', 'monitoring'); may be repeated.",
)
@click.option("--tls", is_flag=True, help="HTTPS, with a certificate of this home's own authority.")
@_home_option
def up(detach: bool, port: int, without: tuple[str, ...], tls: bool, directory: Path | None) -> None:
    """Start the stack and keep it running until Ctrl-C."""
    from dot_copilot import resources
    from dot_copilot.stack import display, provisions
    from dot_copilot.stack.detach import detached
    from dot_copilot.stack.errors import StackError
    from dot_copilot.stack.stack import Options
    from dot_copilot.stack.up import foreground

    options = Options(_home(directory), port, _parts(without), tls)
    if resources.installed() and "azurite" not in options.leave_out:
        provisions.blob_storage(click.echo)
    try:
        (detached if detach else foreground)(options, display.for_terminal())
    except KeyboardInterrupt:
        raise click.Abort from None
    except (StackError, RuntimeError) as error:
        raise click.ClickException(str(error)) from None


def _parts(without: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the parts to leave out; `api`, `gateway` and `monitoring` stand for all of theirs.

    Without a server there is no exporter of it either: `postgres` stands for `postgres-exporter` too.
    """
    from dot_copilot.stack import monitoring, topology

    known = (*topology.PARTS, "demo")
    names: list[str] = []
    for word in without:
        found = [name for name in known if name == word or name.rpartition("-")[0] == word]
        found += monitoring.MONITORING if word == "monitoring" else ()
        if not found:
            raise click.BadParameter(f"there is no part called {word}; the parts are {', '.join(known)}")
        names += found
    if "openbao" in names:
        raise click.BadParameter("openbao cannot be left out: every password is in it")
    return tuple(names)


@main.command()
@_home_option
def down(directory: Path | None) -> None:
    """Stop the stack, whoever started it, and whatever a killed one left behind."""
    from dot_copilot.stack import down

    home = _home(directory)
    stopped = down.stop(home)
    click.echo(f"the stack of {home.root} has stopped" if stopped else f"no stack runs in {home.root}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of parts.")
@click.option("--all", "everything", is_flag=True, help="Also the tasks that are done.")
@_home_option
def status(as_json: bool, everything: bool, directory: Path | None) -> None:
    """Show every part: state, pid, port, restarts, seconds it took to be ready."""
    from dot_copilot.stack import report

    home = _home(directory)
    snapshot = report.current(home)
    parts = [part for part in snapshot.parts if everything or not (part.task and part.state == "done")]
    if as_json:
        click.echo(json.dumps([report.as_dict(part) for part in parts], indent=2))
        return
    click.echo(f"{snapshot.phase}  {snapshot.url}  home {home.root}" if snapshot.running else "not running")
    for text in report.lines(parts):
        click.echo(text)


@main.command()
@click.argument("part", required=False)
@click.option("--follow", "-f", is_flag=True, help="Go on with new lines as they come.")
@click.option("--lines", "-n", default=50, show_default=True, help="How many lines of each log to begin with.")
@_home_option
def logs(part: str | None, follow: bool, lines: int, directory: Path | None) -> None:
    """Show the log of PART, or of all."""
    from dot_copilot.stack import logs as files

    home = _home(directory)
    paths = sorted(home.logs.glob("*.log")) if part is None else [home.log(part)]
    if part is not None and not paths[0].exists():
        known = ", ".join(path.stem for path in sorted(home.logs.glob("*.log"))) or "none yet"
        raise click.ClickException(f"there is no log of {part} in {home.logs}; there are: {known}")

    def show(path: Path, text: str) -> None:
        click.echo(text if part is not None else f"{path.stem:<16} | {text}")

    for path in paths:
        for text in files.tail(path, lines):
            show(path, text)
    if follow:
        try:
            for path, text in files.follow(paths):
                show(path, text)
        except KeyboardInterrupt:
            sys.exit(0)


@main.command("put-secret")
@click.argument("name")
@_home_option
def put_secret(name: str, directory: Path | None) -> None:
    """Keep a secret as NAME in the running stack's store; it is read from the terminal, or from standard input."""
    from dot_copilot.stack import secrets
    from dot_copilot.stack.errors import StackError

    given = click.prompt("Value", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    try:
        secrets.put(_home(directory), name, given.strip())
    except StackError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"kept as {name}; parts that read it at their start do so at the next one")


@main.command()
def setup() -> None:
    """Fetch what no Python package brings: the blob storage emulator (npm) and monitoring (Debian's archive)."""
    from dot_copilot import resources
    from dot_copilot.stack import provisions

    if not resources.installed():
        raise click.UsageError("this is a checkout; run: make setup")
    there = provisions.blob_storage(click.echo)
    provisions.monitoring(click.echo)
    click.echo("everything is set up" if there else "set up as far as it goes; 'dot-copilot doctor' says what is missing")
    sys.exit(0 if there else 1)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="The port 'up' would use.")
@_home_option
def doctor(port: int, directory: Path | None) -> None:
    """Check everything the stack needs, and say how to mend what is missing."""
    from dot_copilot.stack import doctor

    findings = doctor.examine(_home(directory), port)
    for finding in findings:
        mark, colour = ("ok", "green") if finding.ok else ("!!", "red") if finding.needed else ("--", "yellow")
        click.echo(f"{click.style(mark, fg=colour)} {finding.what}: {finding.found}")
        if not finding.ok:
            click.echo(f"   {finding.remedy}")
    if any(finding.needed and not finding.ok for finding in findings):
        sys.exit(1)
