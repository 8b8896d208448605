"""Does a part do its work? A query, a PING or an HTTP answer says so; an open port does not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from dot_copilot.stack import wire
from dot_copilot.stack.errors import ProbeError, StalePasswordError
from dot_copilot.stack.model import HttpProbe, PostgresProbe, Probe, ValkeyProbe

Secrets = Callable[[str], str]
"""Gives the value of a secret by its name."""


async def check(probes: Sequence[Probe], secrets: Secrets, timeout_s: float) -> None:
    """Return when all `probes` hold; raise ProbeError with the first reason when one does not."""
    for probe in probes:
        try:
            async with asyncio.timeout(timeout_s):
                await _one(probe, secrets)
        except TimeoutError:
            raise ProbeError(f"no answer within {timeout_s:g} s") from None
        except OSError as error:
            raise ProbeError(error.strerror or str(error)) from None


async def _one(probe: Probe, secrets: Secrets) -> None:
    match probe:
        case HttpProbe():
            await _http(probe, secrets)
        case ValkeyProbe(port, secret):
            await wire.valkey_ping(port, secrets(secret))
        case PostgresProbe():
            await _postgres(probe, secrets)


async def _http(probe: HttpProbe, secrets: Secrets) -> None:
    headers = wire.basic(probe.user, secrets(probe.secret)) if probe.user else {}
    answer = await wire.request(probe.port, "GET", probe.path, headers=headers, authority=probe.authority)
    if answer.status not in probe.statuses:
        words = answer.body[:200].decode(errors="replace").strip()
        raise ProbeError(f"GET {probe.path} answered {answer.status} {words}".strip())
    if not answer.headers.get("server", "").startswith(probe.server):
        raise ProbeError(f"another program answers on port {probe.port}")


async def _postgres(probe: PostgresProbe, secrets: Secrets) -> None:
    import asyncpg  # deferred: its import costs more than every other one of the stack together

    try:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=probe.port,
            user=probe.user,
            database=probe.database,
            password=secrets(probe.secret),
            ssl=False,
        )
        try:
            await connection.fetchval("SELECT 1")
        finally:
            await connection.close()
    except asyncpg.InvalidPasswordError as error:
        # Somebody has replaced it since it was read, and the server has answered.
        if not probe.merely_alive:
            raise StalePasswordError(str(error)) from None
    except (asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
        if not probe.merely_alive:
            raise ProbeError(str(error)) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ProbeError(str(error)) from None
