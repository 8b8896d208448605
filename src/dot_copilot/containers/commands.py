"""`dot-copilot compose ...`."""

from __future__ import annotations

from pathlib import Path

import click

from dot_copilot.containers.place import Place, default_root
from dot_copilot.stack.errors import StackError

_directory_option = click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where secrets and configuration are. [default: deploy/.compose]",
)


def _place(directory: Path | None, url: str = "https://localhost") -> Place:
    return Place(directory.expanduser().absolute() if directory else default_root(), url.rstrip("/"))


@click.group()
def compose() -> None:
    """Prepare the platform in containers (deploy/compose.yaml)."""


@compose.command()
@click.option("--url", default="https://localhost", show_default=True, help="Where people will find it.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of your own, with its chain.")
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Of that certificate.")
@_directory_option
def prepare(url: str, certificate: Path | None, key: Path | None, directory: Path | None) -> None:
    """Make secrets, certificates and configuration; what is there already stays."""
    from dot_copilot.containers import prepare as making

    if (certificate is None) != (key is None):
        raise click.BadParameter("--certificate and --key belong together")
    try:
        for line in making.prepare(_place(directory, url), certificate=certificate, key=key):
            click.echo(line)
    except (StackError, OSError) as error:
        raise click.ClickException(str(error)) from None


@compose.command()
@_directory_option
def images(directory: Path | None) -> None:
    """Pin every image to the digest its registry names now (asks the registries through Docker)."""
    from dot_copilot.containers import images as pinning

    try:
        pinning.pin(_place(directory), click.echo)
    except StackError as error:
        raise click.ClickException(str(error)) from None
