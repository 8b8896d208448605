"""The end of a pipeline: does what people use answer, and is it what was deployed? Asked from outside, apart from the deploy."""

from __future__ import annotations

import asyncio
import sys

import click

from dot_copilot.deploy import commits
from dot_copilot.deploy.azure import package
from dot_copilot.deploy.azure.az import Az
from dot_copilot.deploy.azure.front import Front, over_https
from dot_copilot.deploy.azure.pages import pages
from dot_copilot.deploy.azure.place import place
from dot_copilot.deploy.azure.site import Site
from dot_copilot.deploy.errors import DeployError, StepFailedError
from dot_copilot.deploy.model import Release


async def backend(env: str, version: str, az: Az, front: Front) -> str:
    """The address that answers as `version`; StepFailedError if none does."""
    site = Site(place(env), az)
    await site.signed_in()
    host = (await site.state()).public
    await front.smoke(host, Release(version, "", ""))
    return f"https://{host} serves {version}"


async def frontend(env: str, az: Az, front: Front) -> str:
    """The address whose pages know the API; StepFailedError if they do not come, or ask somebody else."""
    where = place(env)
    api, host = (await Site(where, az).state()).public, (await pages(where, az)).host
    page, told = await front.asks(host, "/"), await front.asks(host, "/config.js")
    if page.status != 200 or "<script" not in page.body:
        raise StepFailedError(f"https://{host} answered {page.status or page.body} instead of the application")
    if f"https://{api}" not in told.body:
        raise StepFailedError(f"the pages of https://{host} do not ask https://{api}; deploy them anew")
    return f"https://{host} serves the pages, which ask https://{api}"


@click.command()
@click.option("--env", required=True, metavar="ENV", help="dev, staging or prod.")
@click.option("--of", "what", type=click.Choice(["backend", "pages"]), required=True)
@click.option("--version", default="", help="The version that must answer. [default: what is checked out]")
def main(env: str, what: str, version: str) -> None:
    """Ask; exit code 1 if it is not well, 2 if it could not be asked."""
    front = Front(over_https, start_s=120)
    try:
        named = commits.resolve(version, package.checkout())[0]
        said = asyncio.run(backend(env, named, Az(), front) if what == "backend" else frontend(env, Az(), front))
    except StepFailedError as error:
        click.echo(error.reason, err=True)
        sys.exit(1)
    except DeployError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(said)


if __name__ == "__main__":
    main()
