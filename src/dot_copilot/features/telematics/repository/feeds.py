"""SQL of feeds."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.telematics.models import Endpoint
from dot_copilot.features.telematics.providers import Provider

_FEED = """
  select f.id, f.provider, f.name, f.endpoint_key, f.created_at, c.since secret_since, p.until previous_secret_until
    from telematics_feeds f
    left join telematics_secrets c on c.carrier_id = f.carrier_id and c.feed_id = f.id and c.state = 'current'
    left join lateral (select max(s.until) until from telematics_secrets s where s.carrier_id = f.carrier_id and s.feed_id = f.id
      and s.state = 'previous' and s.until > now()) p on true
   where f.carrier_id = $1"""


async def all_of(door: Door) -> list[Row]:
    """Every feed of the carrier, by name."""
    return await door.fetch(_FEED + " order by lower(f.name), f.id", door.carrier_id)


async def read(door: Door, feed_id: UUID) -> Row | None:
    """One feed."""
    return await door.fetchrow(_FEED + " and f.id = $2", door.carrier_id, feed_id)


async def lock(door: Door, feed_id: UUID) -> Row | None:
    """`provider` and `name` of a feed that nobody changes until this transaction ends; None when there is none."""
    return await door.fetchrow(
        "select provider, name from telematics_feeds where carrier_id = $1 and id = $2 for update", door.carrier_id, feed_id
    )


async def insert(door: Door, provider: Provider, name: str, endpoint_key: str) -> UUID:
    """A new feed, without a secret."""
    feed_id: UUID = await door.fetchval(
        """insert into telematics_feeds (carrier_id, provider, name, endpoint_key, created_by) values ($1, $2, $3, $4, $5)
           returning id""",
        door.carrier_id,
        provider.value,
        name,
        endpoint_key,
        door.actor_id,
    )
    return feed_id


async def delete(door: Door, feed_id: UUID) -> None:
    """Removes the feed; its secrets are `secrets.discard_all`'s."""
    await door.execute("delete from telematics_feeds where carrier_id = $1 and id = $2", door.carrier_id, feed_id)


async def find(database: Database, provider: Provider, endpoint_key: str) -> Endpoint | None:
    """The feed of an address, for a webhook, which belongs to no session."""
    row = await database.lookup(
        "select carrier_id, id, versions from app.find_telematics_feed($1, $2)", provider.value, endpoint_key
    )
    return Endpoint(row["carrier_id"], row["id"], row["versions"]) if row else None


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier; the worker alone may ask."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
