"""SQL of what upstreams offer and what the carrier decided; the gateway's functions write the former (migration 0004)."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door, Row
from dot_copilot.features.assistants.models import Offer

# The same order of judgement as the gateway's: what is built in, the carrier's own decision, what came with the release.
_JUDGED = """
  select o.upstream, o.kind, o.name, o.hash, o.scope, o.seen_at, d.definition, b.hash approved_hash, b.definition approved,
         case when o.trust = 'built-in' then 'approved'
              when p.decision is not null then p.decision
              when o.trust = 'baseline' then 'approved'
              when b.hash is not null then 'changed' else 'new' end status
    from mcp_offered o join mcp_definitions d on d.hash = o.hash
    left join mcp_pins p on p.carrier_id = $1 and p.upstream = o.upstream and p.kind = o.kind and p.name = o.name
      and p.hash = o.hash
    left join lateral (
      select a.hash, b.definition from (
        (select p.hash, 1 preference from mcp_pins p
          where p.carrier_id = $1 and p.upstream = o.upstream and p.kind = o.kind and p.name = o.name
            and p.decision = 'approved' and p.hash <> o.hash order by p.approved_at desc limit 1)
        union all select o.baseline_hash, 2 where o.baseline_hash <> o.hash) a
      left join mcp_definitions b on b.hash = a.hash order by a.preference limit 1) b on true"""


async def quarantined(door: Door) -> list[Row]:
    """What waits for a decision of this carrier, with what was approved under the same name before."""
    return await door.fetch(
        f"select * from ({_JUDGED}) j where j.status in ('new', 'changed') order by upstream, kind, name limit 1000",  # noqa: S608
        door.carrier_id,
    )


async def tools(door: Door, role: Role, scopes: list[str]) -> list[Row]:
    """Tools of `scopes`, or of none, for `role`, whatever their status."""
    return await door.fetch(
        f"""select upstream, name, scope, status, definition from ({_JUDGED} where o.kind = 'tool'
                and (o.scope is null or o.scope = any($2))
                and coalesce(d.definition #> '{{_meta,dot-copilot/roles}}' ? $3, true)) j
             order by upstream, name limit 2000""",  # noqa: S608 - our own text
        door.carrier_id,
        scopes,
        role.value,
    )


async def upstreams(door: Door) -> list[Row]:
    """How each upstream is, and how much of it waits for this carrier."""
    return await door.fetch(
        f"""select h.name, h.state, h.detail, h.tools, h.checked_at, count(j.name) quarantined
              from mcp_upstream_health h
              left join ({_JUDGED}) j on j.upstream = h.name and j.status in ('new', 'changed')
             group by 1, 2, 3, 4, 5 order by 1""",  # noqa: S608 - our own text
        door.carrier_id,
    )


async def offered_hash(door: Door, offer: Offer) -> str | None:
    """The hash of what is offered under this name now."""
    sql = "select hash from mcp_offered where upstream = $1 and kind = $2 and name = $3"
    found: str | None = await door.fetchval(sql, offer.upstream, offer.kind, offer.name)
    return found


async def decide(door: Door, user_id: UUID, offer: Offer, decision: str) -> None:
    """Writes the carrier's decision on exactly this definition, replacing an earlier one on it."""
    await door.execute(
        """insert into mcp_pins (carrier_id, upstream, kind, name, hash, decision, approved_by)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict (carrier_id, upstream, kind, name, hash)
           do update set decision = excluded.decision, approved_by = excluded.approved_by, approved_at = now()""",
        door.carrier_id,
        offer.upstream,
        offer.kind,
        offer.name,
        offer.hash,
        decision,
        user_id,
    )
