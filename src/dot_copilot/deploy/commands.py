"""`dot-copilot deploy`: bring a version, or ask what was brought."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from dot_copilot.deploy.engine import Engine
from dot_copilot.deploy.errors import DeployError, RefusedError, ServesAlreadyError
from dot_copilot.deploy.journal import Journal
from dot_copilot.deploy.model import Deploy, Limits, Outcome, StepState
from dot_copilot.deploy.target import Target
from dot_copilot.stack.home import Home, default_home

_BEGIN = "begin"
_USUAL = Limits()


class _Group(click.Group):
    """What is no command is a version: `deploy 1.2.3` is `deploy begin 1.2.3`, which nobody need know."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not any(word in self.commands for word in args) and not {"-h", "--help"} & set(args):
            args = [_BEGIN, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[VERSION] | history | status | rollback | continue  [OPTIONS]")


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Directory of the stack."),
        click.option("--target", type=click.Choice(["local", "azure"]), default="local", show_default=True),
        click.option("--env", default="dev", show_default=True, help="Which Azure environment."),
        click.option("--slot", is_flag=True, help="On Azure: only by way of a second slot."),
        click.option("--source", type=click.Path(file_okay=False, exists=True, path_type=Path), help="The clone to build from."),
    ):
        command = option(command)
    return command


def _watching(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--observe", "seconds", type=click.FloatRange(0), default=_USUAL.seconds, show_default=True,
                     help="Seconds to watch the new version before the old one is let go."),
        click.option("--max-errors", type=click.FloatRange(0, 1), default=_USUAL.errors, show_default=True,
                     help="Share of failed requests that is tolerated."),
        click.option("--max-p99", type=click.FloatRange(0), default=_USUAL.p99_s, show_default=True,
                     help="Seconds that one request in a hundred may take."),
    ):  # fmt: skip
        command = option(command)
    return _options(command)


@dataclass(frozen=True, slots=True)
class Where:
    """What the options of every command say."""

    home: Path | None
    target: str
    env: str
    slot: bool
    source: Path | None

    @property
    def directory(self) -> Home:
        """The stack's home, which also keeps the journal of Azure's deploys."""
        return Home(self.home.expanduser().absolute() if self.home is not None else default_home())

    @property
    def journal(self) -> Journal:
        """The journal of the target; DeployError if there is no such home."""
        if self.target == "azure":  # which needs no stack, only a place for its journal
            self.directory.root.mkdir(parents=True, exist_ok=True)
        if not self.directory.root.is_dir():
            raise DeployError(
                f"there is no stack in {self.directory.root}; start it with 'dot-copilot up', or name it with --home"
            )
        return Journal(self.directory.root, "local" if self.target == "local" else f"azure-{self.env}")

    async def platform(self) -> Target:
        """The target."""
        if self.target == "azure":
            from dot_copilot.deploy.azure.choose import target_for

            return cast(Target, await target_for(self.env, slot=self.slot))
        from dot_copilot.deploy.local.target import LocalTarget

        return LocalTarget(self.directory, self.source.absolute() if self.source is not None else None)


def _say(text: str) -> None:
    click.echo(text)


class _Refusal(click.ClickException):
    """Nothing was begun."""

    exit_code = 2


def _said(error: DeployError) -> click.ClickException:
    """Exit code 2 for what was refused and not begun, 1 for what went wrong."""
    return (_Refusal if isinstance(error, RefusedError) else click.ClickException)(str(error))


def _work(
    where: Where, what: str, do: Callable[[Engine], Awaitable[Deploy]], limits: Limits | None = None, *, if_needed: bool = False
) -> None:
    """Do something that changes what serves, alone, and end with its outcome as the exit code."""

    async def run() -> Deploy:
        journal = where.journal
        with journal.held(what):
            return await do(Engine(await where.platform(), journal, limits or Limits(), _say))

    try:
        deploy = asyncio.run(run())
        click.echo(ending(deploy, where.journal))
    except ServesAlreadyError as error:
        if not if_needed:
            raise _said(error) from None
        click.echo(str(error))
        return
    except DeployError as error:
        raise _said(error) from None
    except KeyboardInterrupt:
        advice = "'dot-copilot deploy continue' goes on, 'dot-copilot deploy rollback' goes back"
        raise click.ClickException(f"interrupted; {advice}") from None
    sys.exit(0 if deploy.outcome is Outcome.KEPT else 1)


def ending(deploy: Deploy, journal: Journal) -> str:
    """The last word about a deploy."""
    if deploy.outcome is Outcome.KEPT:
        return f"{deploy.version} serves"
    kept = f" What it rests on is in {journal.evidence(deploy)}" if list(journal.root.glob(f"{deploy.number:04}/*")) else ""
    how = "serves again" if deploy.outcome is Outcome.ROLLED_BACK else "has served all the time"
    return f"{deploy.version} was not kept: {deploy.reason}. {deploy.before} {how}.{kept}"


@click.group(cls=_Group)
def deploy() -> None:
    """Bring VERSION (a tag, a commit, a version built before, a wheel file; nothing: what is committed) without an interruption.

    It is built, its migrations are run, it is started beside what serves, warmed up and tried. Then everybody is sent to it;
    it is watched, and kept, or taken back.
    """


@deploy.command(_BEGIN, hidden=True)
@click.argument("version", default="")
@click.option("--if-needed", is_flag=True, help="All is well, too, if it serves already.")
@_watching
def begin(version: str, if_needed: bool, seconds: float, max_errors: float, max_p99: float, **chosen: Any) -> None:
    """Bring a version."""
    limits = Limits(seconds=seconds, errors=max_errors, p99_s=max_p99)
    what = f"the deploy of {version or 'what is committed'}"
    _work(Where(**chosen), what, lambda engine: engine.deploy(version), limits, if_needed=if_needed)


@deploy.command("continue")
@_watching
def go_on(seconds: float, max_errors: float, max_p99: float, **chosen: Any) -> None:
    """Finish a deploy that was interrupted."""
    limits = Limits(seconds=seconds, errors=max_errors, p99_s=max_p99)
    _work(Where(**chosen), "an interrupted deploy", lambda engine: engine.go_on(), limits)


@deploy.command()
@_watching
def rollback(seconds: float, max_errors: float, max_p99: float, **chosen: Any) -> None:
    """Take back an interrupted deploy; else bring back the version from before the last one."""
    limits = Limits(seconds=seconds, errors=max_errors, p99_s=max_p99)
    _work(Where(**chosen), "a rollback", lambda engine: engine.rollback(), limits)


@deploy.command()
@_options
def status(**chosen: Any) -> None:
    """Who serves, what the other slot holds, and whether a deploy was interrupted."""
    where = Where(**chosen)

    async def look() -> None:
        journal, target = where.journal, await where.platform()
        present = await target.present()
        since = f" since {present.serving.since}" if present.serving.since else ""
        click.echo(f"{present.serving.version} serves ({present.serving.name}){since} at {present.url}")
        held = (
            f"{present.idle.version}, {'running' if present.idle.running else 'stopped'}" if present.idle.version else "nothing"
        )
        click.echo(f"{present.idle.name} holds {held}")
        if (unfinished := journal.unfinished()) is not None:
            try:
                with journal.held("a look"):
                    said = await Engine(target, journal).standing(unfinished)
                    click.echo(f"{said} 'dot-copilot deploy continue' goes on, 'dot-copilot deploy rollback' goes back.")
            except DeployError as error:
                click.echo(str(error))

    try:
        asyncio.run(look())
    except DeployError as error:
        raise _said(error) from None


@deploy.command()
@click.option("--last", "-n", default=10, show_default=True, help="How many.")
@click.option("--steps", is_flag=True, help="With every step and its seconds.")
@_options
def history(last: int, steps: bool, **chosen: Any) -> None:
    """What was brought, by whom, and how it ended."""
    try:
        deploys = Where(**chosen).journal.deploys()[-last:]
    except DeployError as error:
        raise _said(error) from None
    if not deploys:
        click.echo("nothing has been deployed here")
    for one in deploys:
        outcome = one.outcome.value if one.outcome else "not finished"
        why = f": {one.reason}" if one.reason else ""
        which = f"{one.version}  after {one.before}  by {one.who}"
        click.echo(f"{one.number:>4}  {one.begun_at[:19]}Z  {one.kind:<8}  {which}  {outcome}{why}")
        for record in one.steps if steps else ():
            if record.state is not StepState.BEGUN:
                click.echo(f"      {record.step:<10} {record.state:<7} {record.seconds or 0:8.2f} s  {record.detail}")
