"""A site without a second slot (development, staging): the new version takes the old one's place, and is asked how it is.

There is an interruption while the site restarts, which these tiers accept. To go back, the package from before is put in place.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from dot_copilot.deploy import commits
from dot_copilot.deploy.azure import package
from dot_copilot.deploy.azure.base import AzureTarget
from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Present, Release, Slot
from dot_copilot.deploy.target import Say
from dot_copilot.stack.home import write_private

_NOBODY = Slot("package")


class StraightTarget(AzureTarget):
    """The site itself. Its idle place is a package, which no process runs."""

    async def present(self) -> Present:
        await self.site.signed_in()
        live = await self.site.state()
        serving = Slot("production", await self.front.version(live.public), live.running)
        return Present(serving, _NOBODY, f"https://{live.public}")

    async def place(self, release: Release, say: Say) -> None:
        """Nothing may change yet; but what will be put in place must be there, and so must the way back."""
        self._package(release)
        serves = await self.front.version((await self.site.state()).public)
        if serves == release.version:
            return
        if serves:
            commit = commits.resolve(serves, package.checkout())[1]
            before = Release(serves, commit, "")
            before = Release(serves, commit, str(self._package(before)))
            write_private(self._way_back, json.dumps(asdict(before)))
            say(f"{serves} is kept, to go back to")
        else:
            self._way_back.unlink(missing_ok=True)
            say("nothing of ours answers there yet, so there is nothing to go back to")

    async def warm_up(self, release: Release) -> None:
        """There is nowhere to do it."""

    async def smoke(self, release: Release) -> None:
        """Before the swap there is nobody to ask; `verify` does it."""

    async def swap(self, release: Release) -> None:
        if not await self._serves(release):
            await self.site.upload(self._package(release))
        await self.front.ready((await self.site.state()).public, release)

    async def verify(self, release: Release) -> None:
        await super().verify(release)
        await self.front.smoke((await self.site.state()).public, release)

    async def swap_back(self, release: Release) -> None:
        """Also when neither version answers, because the new one broke the site."""
        before = self._before(release)
        if not await self._serves(before):
            await self.site.upload(self._package(before))
        await self.front.ready((await self.site.state()).public, before)

    async def retire_idle(self, say: Say) -> None:
        """Nothing runs beside it."""

    @property
    def _way_back(self) -> Path:
        return self.where.packages / "before.json"

    def _before(self, release: Release) -> Release:
        try:
            before = Release(**json.loads(self._way_back.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise StepFailedError(
                f"it is not known here what served before {release.version}; deploy that version by name"
            ) from None
        if before.version == release.version:
            raise StepFailedError(f"{release.version} is also what served before; deploy another version by name")
        return before
