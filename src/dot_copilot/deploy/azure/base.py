"""What both kinds of Azure targets have in common: versions, packages, migrations, watching."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dot_copilot.deploy import commits
from dot_copilot.deploy.azure import database, package, watch
from dot_copilot.deploy.azure.az import Az
from dot_copilot.deploy.azure.front import Front, over_https
from dot_copilot.deploy.azure.place import Place
from dot_copilot.deploy.azure.site import Site
from dot_copilot.deploy.model import Figures, Limits, Release
from dot_copilot.deploy.target import Say


def no_slot(env: str) -> str:
    """Why there is no swapping here, and what to do."""
    return (
        f"{env} has no second slot, because its plan is too small for one; deploy without --slot, "
        "or give the stack 'stagingSlot: true' and a Standard or Premium 'planSku'"
    )


class AzureTarget:
    """A site of App Service. Nothing is remembered between calls but names: what is the case is asked."""

    def __init__(self, place: Place, az: Az | None = None, front: Front | None = None) -> None:
        self.where = place
        self.site = Site(place, az or Az())
        self.front = front or Front(over_https)
        self._commits: dict[str, str] = {}

    @property
    def name(self) -> str:
        """What the journal is kept under."""
        return f"azure-{self.where.env}"

    async def resolve(self, asked: str) -> str:
        version, commit = commits.resolve(asked, package.checkout())
        self._commits[version] = commit
        return version

    async def releases(self) -> list[str]:
        packages = sorted(self.where.packages.glob("site-*.zip"), key=lambda path: path.stat().st_mtime)
        return [path.stem.removeprefix("site-") for path in packages]

    async def build(self, version: str, say: Say) -> Release:
        root = package.checkout()
        commit = self._commits.get(version) or commits.resolve(version, root)[1]
        path = package.make(version, commit, root, self.where.packages)
        say(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
        return Release(version, commit, str(path))

    async def migrate(self, release: Release, say: Say) -> str:
        kept = replace(release, place=str(self._package(release)))
        return await database.migrate(kept, await self.site.settings_for_migrations(), say)

    async def verify(self, release: Release) -> None:
        await self.front.ready((await self.site.state()).public, release, times=3)

    async def figures(self) -> Figures:
        since = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        requests, errors = await self.site.metrics(since)
        seen = await watch.sample(self.front, (await self.site.state()).public)
        return Figures(requests, errors, watch.p99([one.seconds for one in seen.answers]))

    async def observe(self, release: Release, limits: Limits, before: Figures, say: Say) -> Figures:
        host = (await self.site.state()).public
        return await watch.watch(self.site, self.front, release, limits, host=host, before=before, say=say)

    async def evidence(self) -> dict[str, str]:
        return {}

    def _package(self, release: Release) -> Path:
        """The archive of a release, as it was built here, or made again: a runner of a pipeline starts with nothing."""
        path = Path(release.place)
        return path if path.is_file() else package.make(release.version, release.commit, package.checkout(), self.where.packages)

    async def _serves(self, release: Release) -> bool:
        return await self.front.version((await self.site.state()).public) == release.version
