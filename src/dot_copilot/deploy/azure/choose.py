"""Which kind of target an environment is: asked from Azure, so that a tier that got a slot is swapped from then on."""

from __future__ import annotations

from dot_copilot.deploy.azure.az import Az
from dot_copilot.deploy.azure.base import AzureTarget, no_slot
from dot_copilot.deploy.azure.front import Front, over_https
from dot_copilot.deploy.azure.place import place
from dot_copilot.deploy.azure.site import Site
from dot_copilot.deploy.azure.slots import SlotTarget
from dot_copilot.deploy.azure.straight import StraightTarget
from dot_copilot.deploy.errors import RefusedError


async def target_for(env: str, *, slot: bool = False, az: Az | None = None, front: Front | None = None) -> AzureTarget:
    """The target of an environment. With `slot` only by way of a slot.

    RefusedError for an environment there is not, without `az` or a sign-in, without the platform, or for a slot on a tier
    that has none.
    """
    where, az, front = place(env), az or Az(), front or Front(over_https)
    site = Site(where, az)
    await site.signed_in()
    if await site.has_slot():
        return SlotTarget(where, az, front)
    if slot:
        raise RefusedError(no_slot(env))
    return StraightTarget(where, az, front)
