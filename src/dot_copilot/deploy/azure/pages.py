"""The pages of an environment: `python -m dot_copilot.deploy.azure.pages --env ENV` puts them into dist/pages.

They are told where the API is. In a workflow it also hands the Static Web App's token to the next step, masked: no such secret
is kept at GitHub.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from dot_copilot import resources
from dot_copilot.deploy.azure.az import Az, AzError
from dot_copilot.deploy.azure.place import Place, place
from dot_copilot.deploy.azure.site import Site
from dot_copilot.deploy.errors import DeployError, RefusedError

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?")
_REACHING = ("connect-src", "img-src", "frame-src")
"""What pages do with the API: ask it, and show documents from it."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the pages of an environment are, and what opens the door to put them there (a secret)."""

    host: str
    token: str


def prepare(api: str, dist: Path) -> None:
    """Rewrites config.js and staticwebapp.config.json in `dist`. Raises ValueError for what is no origin, or no build."""
    if not _ORIGIN.fullmatch(api):
        raise ValueError(f"{api!r} is not an origin such as https://api.example.com")
    settings = dist / "staticwebapp.config.json"
    if not settings.is_file():
        raise ValueError(f"{dist} is not a build of the web application; run: make web")
    (dist / "config.js").write_text(f"window.dotCopilot = {json.dumps({'api': api})};\n")
    said = json.loads(settings.read_text())
    policy = said["globalHeaders"]["Content-Security-Policy"]
    said["globalHeaders"]["Content-Security-Policy"] = allowing(policy, api)
    settings.write_text(json.dumps(said, indent=2) + "\n")


def allowing(policy: str, origin: str) -> str:
    """A policy in which the pages may also reach one other origin; the same when they may already."""
    parts = [part.strip().split() for part in policy.split(";")]
    for part in parts:
        if part[0] in _REACHING and origin not in part:
            part.append(origin)
    return "; ".join(" ".join(part) for part in parts)


async def pages(where: Place, az: Az, *, token: bool = False) -> Pages:
    """The Static Web App; RefusedError when there is none."""
    named = ("--name", f"stapp-{where.stem}-{where.env}", "--resource-group", where.group)
    try:
        said = await az("staticwebapp", "show", *named)
        secrets = await az("staticwebapp", "secrets", "list", *named) if token else {}
    except AzError as error:
        raise RefusedError(f"Azure did not tell about the pages of {where.env}: {error.said}") from None
    own = said.get("customDomains") or []
    return Pages(own[0] if own else said["defaultHostname"], secrets.get("properties", {}).get("apiKey", ""))


async def _run(env: str, az: Az) -> Pages:
    where = place(env)
    site = Site(where, az)
    await site.signed_in()
    built, out = resources.files() / "web/dist", resources.files() / "dist/pages"
    shutil.rmtree(out, ignore_errors=True)
    if not built.is_dir():
        raise RefusedError("the web application is not built; run: make web")
    shutil.copytree(built, out)
    prepare(f"https://{(await site.state()).public}", out)
    return await pages(where, az, token=True)


@click.command()
@click.option("--env", required=True, metavar="ENV", help="dev, staging or prod.")
def main(env: str) -> None:
    """Prepare the pages of ENV in dist/pages."""
    try:
        found = asyncio.run(_run(env, Az()))
    except (DeployError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"dist/pages is ready for https://{found.host}")
    if output := os.environ.get("GITHUB_OUTPUT"):
        click.echo(f"::add-mask::{found.token}")
        with Path(output).open("a", encoding="utf-8") as stream:
            stream.write(f"token={found.token}\n")


if __name__ == "__main__":
    main()
