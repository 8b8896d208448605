"""A site with a second slot: the new version warms up there, and Azure swaps the two. The one before stays in the slot.

A swap goes in two phases. `preview` gives the slot the settings of production, and the new version must be ready with them too;
`swap` then sends everybody there. Auto swap does not exist on Linux, and would ask nobody.
"""

from __future__ import annotations

import asyncio
import time

from dot_copilot.deploy.azure.az import AzError
from dot_copilot.deploy.azure.base import AzureTarget, no_slot
from dot_copilot.deploy.azure.place import SLOT
from dot_copilot.deploy.errors import RefusedError, StepFailedError
from dot_copilot.deploy.model import Present, Release, Slot
from dot_copilot.deploy.target import Say


class SlotTarget(AzureTarget):
    """Production and its staging slot."""

    async def present(self) -> Present:
        await self.site.signed_in()
        if not await self.site.has_slot():
            raise RefusedError(no_slot(self.where.env))
        live, idle = await self.site.state(), await self.site.state(slot=True)
        beside = await self.front.version(idle.host) if idle.running else ""
        serving = Slot("production", await self.front.version(live.public), live.running)
        return Present(serving, Slot(SLOT, beside, idle.running), f"https://{live.public}")

    async def place(self, release: Release, say: Say) -> None:
        idle = await self.site.state(slot=True)
        while not await self._serves(release) and idle.swapping_to:
            say("a swap was begun and not finished; it is taken back first")
            await self._done("reset")
            idle = await self.site.state(slot=True)
        if await self._serves(release):  # the slot holds what it can go back to
            return
        if not idle.running:
            await self.site.start()
        began = time.monotonic()
        if await self.front.version(idle.host) != release.version:
            # The settings were given long before: a deployment in the middle of the restart they cause would fail.
            await self.site.upload(self._package(release), slot=True)
        await self.front.ready(idle.host, release)
        say(f"{idle.host} was ready after {time.monotonic() - began:.0f} s")

    async def warm_up(self, release: Release) -> None:
        host = await self._host_of(release)
        await self.front.ready(host, release)
        await self.front.warm(host)

    async def smoke(self, release: Release) -> None:
        await self.front.smoke(await self._host_of(release), release)

    async def _host_of(self, release: Release) -> str:
        """Where the release is: in the slot, unless an interrupted deploy has swapped it in."""
        if await self._serves(release):
            return (await self.site.state()).public
        return (await self.site.state(slot=True)).host

    async def swap(self, release: Release) -> None:
        while not await self._serves(release):
            idle = await self.site.state(slot=True)
            if not idle.swapping_to and not await self._done("preview"):
                continue
            try:
                await self.front.ready(idle.host, release, times=2)
            except StepFailedError as error:
                if await self._serves(release):  # a swap that an interrupted deploy had begun has ended meanwhile
                    return
                await self._take_back()
                raise StepFailedError(f"with production's settings {error.reason}", error.evidence) from None
            await self._done("swap")

    async def swap_back(self, release: Release) -> None:
        await self._take_back()
        while await self._serves(release):
            # In one phase: whoever is there has served before with these very settings, and every second counts.
            await self.site.start()
            await self._done("swap")

    async def _take_back(self) -> None:
        """Undo the first phase of a swap, if that is how things stand."""
        while (await self.site.state(slot=True)).swapping_to and not await self._done("reset"):
            pass

    async def _done(self, action: str) -> bool:
        """Whether Azure has done it. Busy with something else, it has not: then look anew at what is the case."""
        try:
            await self.site.swap(action)
        except AzError:
            await asyncio.sleep(self.front.pause_s)
            return False
        return True

    async def retire_idle(self, say: Say) -> None:
        """App Service drains the old one while it swaps. Stopped, it costs no memory, and is there for a rollback."""
        if (await self.site.state(slot=True)).running:
            await self.site.stop()
            say(f"the slot {SLOT} is stopped; what it holds can be swapped back")

    async def evidence(self) -> dict[str, str]:
        try:
            host = (await self.site.state(slot=True)).host
            said = await self.front.asks(host, "/readyz")
        except Exception as error:  # noqa: BLE001 - what can't be had is no reason to fail twice
            return {"slot.txt": f"{error}\n"}
        return {"slot.txt": f"https://{host}/readyz answered {said.status}\n{said.body[:4000]}\n"}
