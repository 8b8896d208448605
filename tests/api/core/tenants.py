"""Two carriers with a row in every tenant table, whatever tables there are."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from dot_copilot.core.caller import Role
from dot_copilot.features.packets.codes import check_letter
from tests.api.identity.people import person
from tests.support.world import World

# Tables of no tenant: what they hold, and who may touch them, is tested by name.
SHARED = {"alembic_version", "sign_in_attempts", "spent_challenges", "oauth_clients", "oauth_requests"}
SHARED |= {"mcp_definitions", "mcp_offered", "mcp_upstreams"}
_FIRST = ("drivers", "sessions", "documents", "policy_requirements", "roster_imports", "packets", "packet_drivers", "shares",
          "share_sessions", "uploads", "bulk_batches", "acknowledgement_forms")  # fmt: skip
_PARAMETERS = {
    "sessions": "session_id",
    "documents": "document_id",
    "employments": "employment_id",
    "evidence": "evidence_id",
    "waivers": "waiver_id",
    "roster_imports": "import_id",
    "connections": "connection_id",
    "packets": "packet_id",
    "shares": "share_id",
    "telematics_feeds": "feed_id",
    "uploads": "upload_id",
    "document_requests": "document_request_id",
    "legal_holds": "hold_id",
    "bulk_batches": "batch_id",
    "bulk_items": "item_id",
    "invitations": "invitation_id",
    "passkeys": "passkey_id",
    "mail_outbox": "mail_id",
    "acknowledgement_forms": "form_id",
}
_HASH = "ab" * 32
_BY_TYPE: dict[str, str] = {
    "text": "x",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-05",
    "int2": "0",
    "int4": "1",
    "_int2": "{}",
    "_int4": "{}",
    "_text": "{}",
    "int8": "1",
    "bytea": "\\x01",
    "jsonb": "{}",
    "bool": "false",
    "char": "c",
    "int4multirange": "{}",
    "timestamptz": "2099-01-01 00:00Z",
}
_BY_COLUMN = {
    ("evidence", "provenance"): "manual",
    ("policy_requirements", "applies_to"): "all",
    ("policy_requirements", "deadline"): "before_driving",
    ("waivers", "reason"): "because",
    ("mcp_pins", "hash"): _HASH,
    ("reminder_rules", "role"): "driver",
    ("telematics_feeds", "provider"): "samsara",
    ("legal_holds", "reason"): "because",
    ("packet_files", "kind"): "pdf",
    ("invitations", "email"): "x@y.example",
    ("invitations", "role"): "safety_manager",
}
_MORE: dict[str, dict[str, Any]] = {
    "audit_log": {"details": {}},
    "audit_pending": {"details": {}},
    "acknowledgement_texts": {"words": {"en": {"title": "Receipt", "text": "I have received what I sign for."}}},
    "roster_imports": {"columns": {"layout": {"kind": "csv", "header_row": 1, "columns": []}}},
}
_COLUMNS = """select a.attname as name, t.typname as type from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
    and a.attidentity = ''"""
_TENANT_TABLES = """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname not like 'procrastinate\\_%' order by 1"""


async def tenant_tables(connection: Any) -> list[str]:
    """Every table of ours that belongs to tenants, `carriers` aside."""
    return [row["relname"] for row in await connection.fetch(_TENANT_TABLES) if row["relname"] not in SHARED | {"carriers"}]


def packet_code(world: World) -> str:
    """A code of the world's own that is a good one."""
    letters = world.carrier_id.hex[:12].upper()
    return letters + check_letter(letters)


async def populate(world: World, connection: Any) -> dict[str, str]:
    """Puts at least one row in each tenant table; returns an id for each path parameter that routes have."""
    await person(world, Role.ADMIN)
    driver_id = await world.add_driver()
    user_id = (await person(world, Role.DRIVER, driver_id=driver_id)).id
    policy = f"policy_{world.usdot}"
    known: dict[str, Any] = {"carrier_id": world.carrier_id, "driver_id": driver_id, "terminal_id": world.terminal_id}
    known |= {"user_id": user_id, "requirement": policy, "key": policy, "approved_by": user_id}
    known |= {"token_hash": f"\\x{world.carrier_id.hex}", "code_hash": f"\\x{world.carrier_id.hex}"}
    known |= {"endpoint_key": f"key-{world.carrier_id.hex}", "link_hash": f"\\x{world.carrier_id.hex}"}
    known |= {"credential_id": f"\\x{world.carrier_id.hex}"}
    known |= {"code": packet_code(world), "sha256": _HASH}
    await connection.execute(
        "insert into mcp_definitions (hash, kind, definition) values ($1, 'tool', '{}') on conflict do nothing", _HASH
    )
    tables = await tenant_tables(connection)
    for table in sorted(tables, key=lambda name: (_FIRST.index(name) if name in _FIRST else 99, name)):
        count = f"select count(*) from {table} where carrier_id = $1"
        row = None
        if table == "sessions" or not await connection.fetchval(count, world.carrier_id):
            row = await _insert(connection, table, known)
        if table in _PARAMETERS:
            first = f"select id from {table} where carrier_id = $1 limit 1"
            known.setdefault(_PARAMETERS[table], row["id"] if row else await connection.fetchval(first, world.carrier_id))
    # The made-up log has an entry, and its head must know of it.
    await connection.execute(
        """update audit_heads set (seq, hash) = (select seq, hash from audit_log where carrier_id = $1 order by seq desc limit 1)
            where carrier_id = $1""",
        world.carrier_id,
    )
    return {name: str(value) for name, value in known.items()}


async def _insert(connection: Any, table: str, known: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = dict(_MORE.get(table, {}))
    for column in await connection.fetch(_COLUMNS, table):
        name = column["name"]
        if name in _MORE.get(table, {}):
            continue
        values[name] = str(_BY_COLUMN.get((table, name)) or known.get(name) or _BY_TYPE[column["type"]])
    names = ", ".join(f'"{name}"' for name in values)
    sql = f"insert into {table} ({names}) select {names} from jsonb_populate_record(null::{table}, $1::jsonb) returning *"
    return dict(await connection.fetchrow(sql, json.dumps(values)))


async def fingerprint(connection: Any, carrier_id: UUID) -> dict[str, tuple[int, str]]:
    """How many rows each table holds of a carrier, and a hash over them: the same as long as nobody touches them."""
    prints = {}
    for table in await tenant_tables(connection):
        content = "coalesce(md5(string_agg(r::text, '' order by r::text)), '')"
        row = await connection.fetchrow(f"select count(*) n, {content} h from {table} r where carrier_id = $1", carrier_id)
        prints[table] = (row["n"], row["h"])
    return prints
