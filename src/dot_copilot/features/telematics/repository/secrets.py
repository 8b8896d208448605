"""SQL of where each version of a feed's secret is; the secrets themselves are in the secret store."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dot_copilot.core.database import Door


async def begin(door: Door, feed_id: UUID) -> int:
    """A further version, on its way into the store from now on. The feed is locked."""
    version: int = await door.fetchval(
        """insert into telematics_secrets (carrier_id, feed_id, version)
           select $1, $2, coalesce(max(version), 0) + 1 from telematics_secrets where carrier_id = $1 and feed_id = $2
           returning version""",
        door.carrier_id,
        feed_id,
    )
    return version


async def promote(door: Door, feed_id: UUID, version: int, keep_previous: timedelta) -> bool:
    """The version is the current one from now on; False if it was given up meanwhile. The feed is locked."""
    await door.execute(
        """update telematics_secrets set
             state = case when state = 'current' and $3 > interval '0' then 'previous' else 'discarded' end,
             until = case when state = 'current' and $3 > interval '0' then now() + $3 end, since = now()
            where carrier_id = $1 and feed_id = $2 and state in ('current', 'previous')""",
        door.carrier_id,
        feed_id,
        keep_previous,
    )
    tag = await door.execute(
        """update telematics_secrets set state = 'current', since = now()
            where carrier_id = $1 and feed_id = $2 and version = $3 and state = 'moving'""",
        door.carrier_id,
        feed_id,
        version,
    )
    return tag == "UPDATE 1"


async def discard_all(door: Door, feed_id: UUID) -> None:
    """All of a feed's secrets are to be deleted."""
    await door.execute(
        "update telematics_secrets set state = 'discarded', until = null, since = now() where carrier_id = $1 and feed_id = $2",
        door.carrier_id,
        feed_id,
    )


async def discard_overdue(door: Door, abandoned: timedelta) -> None:
    """So are previous ones whose time is over, and those on their way for longer than `abandoned`: nobody moves them any more."""
    await door.execute(
        """update telematics_secrets set state = 'discarded', until = null, since = now()
            where carrier_id = $1
              and (state = 'previous' and until <= now() or state = 'moving' and since < now() - $2::interval)""",
        door.carrier_id,
        abandoned,
    )


async def discarded(door: Door) -> list[tuple[UUID, int]]:
    """(feed, version) of what is to be deleted, locked; without what another process deletes just now."""
    rows = await door.fetch(
        "select feed_id, version from telematics_secrets where carrier_id = $1 and state = 'discarded' for update skip locked",
        door.carrier_id,
    )
    return [(row["feed_id"], row["version"]) for row in rows]


async def forget(door: Door, feed_id: UUID, version: int) -> None:
    """The secret is gone from the store."""
    await door.execute(
        "delete from telematics_secrets where carrier_id = $1 and feed_id = $2 and version = $3",
        door.carrier_id,
        feed_id,
        version,
    )
