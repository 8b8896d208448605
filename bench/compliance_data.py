"""A carrier of a hundred thousand drivers with twelve evidence dates each, made by SQL in well under a minute."""

from __future__ import annotations

import secrets
from uuid import UUID

import asyncpg

from tests.support.servers import Servers

ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
_FIRST = "Ana Luis María José Emma Liam Noah Olivia Ava Sofía Mateo Lucía Diego Valentina James Mary Robert Linda Michael Karen"
_LAST = (
    "Ruiz Núñez Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López González Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Pérez Thompson White Harris Sánchez Clark Ramírez Lewis Robinson "
    "Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell"
)
FIRST, LAST = _FIRST.split(), _LAST.split()
TODAY = "date '2026-11-22'"

# requirement, days ago at most, printed days after (0: none), share of drivers that have it
EVIDENCE = (
    ("application", 0, 0, 0.995),
    ("sph", -20, 0, 0.97),
    ("mvr_hire", -15, 0, 0.99),
    ("road_test", 0, 0, 0.99),
    ("drug_pre", 0, 0, 0.995),
    ("part40_check", 0, 0, 0.99),
    ("ch_full", 0, 0, 0.99),
    ("mvr_annual", 400, 0, 1),
    ("review_annual", 400, 0, 1),
    ("ch_annual", 380, 0, 1),
    ("mec", 760, 730, 1),
    ("cdl", 1500, 1460, 1),
)


async def superuser(servers: Servers) -> asyncpg.Connection[asyncpg.Record]:
    """A connection past row-level security, for making data only."""
    return await asyncpg.connect(
        host="127.0.0.1",
        port=servers.settings.database_port,
        user="postgres",
        password=servers.secrets["database_superuser_password"],
        database="dot_copilot",
        timeout=30,
    )


async def make_fleet(connection: asyncpg.Connection[asyncpg.Record], usdot: str, drivers: int, terminals: int) -> UUID:
    """A carrier with that many drivers and terminals; gives its id. Nothing is projected."""
    carrier: UUID = await connection.fetchval(
        "insert into carriers (usdot, name, default_time_zone) values ($1, $2, 'America/Chicago') returning id",
        usdot,
        f"Bench {secrets.token_hex(3)}",
    )
    await connection.execute(
        """insert into terminals (carrier_id, name, time_zone)
           select $1, 'Terminal ' || n, ($3::text[])[1 + n % 4] from generate_series(1, $2) n""",
        carrier,
        terminals,
        list(ZONES),
    )
    async with connection.transaction():
        # Trigger-based checks (foreign keys) are off for this transaction: the data are right by construction.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("select setseed(0.42)")
        await _people(connection, carrier, drivers)
        await _evidence(connection, carrier)
    await connection.execute("analyze drivers; analyze evidence; analyze employments; analyze driver_profiles")
    return carrier


async def _people(connection: asyncpg.Connection[asyncpg.Record], carrier: UUID, drivers: int) -> None:
    await connection.execute(
        """with t as (select array_agg(id order by name) ids, count(*)::int many from terminals where carrier_id = $1)
           insert into drivers (carrier_id, employee_id, first_name, last_name, terminal_id, date_of_birth)
           select $1, 'E' || lpad(n::text, 6, '0'), ($3::text[])[1 + floor(random() * cardinality($3::text[]))::int],
                  ($4::text[])[1 + floor(random() * cardinality($4::text[]))::int],
                  t.ids[1 + floor(random() * random() * t.many)::int], date '1970-01-01' + floor(random() * 9000)::int
             from generate_series(1, $2) n, t""",
        carrier,
        drivers,
        FIRST,
        LAST,
    )
    await connection.execute(
        f"""insert into employments (carrier_id, driver_id, hired_on, terminated_on)
            select $1, id, hired, case when random() < 0.12 then least({TODAY}, hired + 30 + floor(random() * 2500)::int) end
              from (select id, {TODAY} - floor(random() * random() * 5500)::int as hired from drivers where carrier_id = $1) d
        """,
        carrier,
    )
    await connection.execute(
        """insert into driver_profiles (carrier_id, driver_id, cdl_class, endorsements, clp, interstate, hazmat_employee,
                                        first_cdl_issued_on, insulin_treated)
           select $1, id, case when random() < 0.9 then 'A' when random() < 0.7 then 'B' end,
                  case when random() < 0.2 then array['H','N'] when random() < 0.97 then '{}'::text[] end, false,
                  random() < 0.95, random() < 0.2, date '2012-05-01', case when random() < 0.97 then random() < 0.02 end
             from drivers where carrier_id = $1""",
        carrier,
    )


async def _evidence(connection: asyncpg.Connection[asyncpg.Record], carrier: UUID) -> None:
    for requirement, ago, printed, share in EVIDENCE:
        obtained = (
            f"greatest(e.hired_on, {TODAY} - floor(random() * {ago})::int)"
            if ago > 0
            else f"e.hired_on + floor(random() * {-ago + 1})::int"
        )
        await connection.execute(
            f"""insert into evidence (carrier_id, driver_id, requirement, obtained_on, expires_on, provenance)
                select $1, driver_id, $2, obtained, case when $3 > 0 then obtained + $3 end, 'roster'
                  from (select e.driver_id, {obtained} as obtained from employments e where e.carrier_id = $1) o
                 where random() < $4""",
            carrier,
            requirement,
            printed,
            share,
        )
