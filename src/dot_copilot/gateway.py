"""Runs one MCP gateway process: `python -m dot_copilot.gateway --port 8201`."""

from __future__ import annotations

import argparse
import logging
import sys

from valkey.asyncio import Valkey

from dot_copilot import garbage
from dot_copilot.compose import connect_database, event_documents, secret_store, secret_watch, telemetry_running
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database
from dot_copilot.core.ports import SecretStore
from dot_copilot.core.settings import Settings
from dot_copilot.core.telemetry.asgi import Traced
from dot_copilot.logs import log_configuration
from dot_copilot.mcp.gateway import config as gateway_config
from dot_copilot.mcp.gateway.app import Gateway, Parts
from dot_copilot.mcp.gateway.catalogue.snapshot import RedisSnapshots
from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.guard.build import Station, build
from dot_copilot.mcp.gateway.http.serving import Server, configuration
from dot_copilot.mcp.gateway.modern.lane import Lane
from dot_copilot.mcp.gateway.upstreams.base import Upstream
from dot_copilot.mcp.gateway.upstreams.breaker import SharedBreakers
from dot_copilot.mcp.gateway.upstreams.make import make
from dot_copilot.mcp.gateway.wire import asgi

logger = logging.getLogger(__name__)


class Process:
    """The ASGI application. Everything is built when the server starts, so that a missing secret is a start that failed."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._gateway: Gateway | None = None

    @property
    def lane(self) -> Lane | None:
        """The fast lane, once the gateway has been built."""
        return None if self._gateway is None else self._gateway.lane

    def closing(self) -> None:
        """See `Gateway.closing`."""
        if self._gateway is not None:
            self._gateway.closing()

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if self._gateway is not None:
            await self._gateway(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)

    async def _live(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        try:
            gateway, database = await assemble(self._settings)
        except Exception as error:
            logger.exception("the gateway does not start")
            await receive()
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        try:
            async with telemetry_running(self._settings):
                self._gateway = gateway
                garbage.settle()
                await gateway(scope, receive, send)
        finally:
            await database.close()


async def assemble(settings: Settings) -> tuple[Gateway, Database]:
    """The gateway of these settings, not yet started, and the pool to close after it.

    Raises `ConfigError` for a wrong configuration, and what the secret store and the database raise.
    """
    config = gateway_config.load(settings.gateway_config)
    secrets = secret_store(settings)
    watch = secret_watch(settings)
    database = await connect_database(settings, secrets, "gateway", watch=watch)
    made: list[Gateway] = []

    def changed() -> None:
        for gateway in made:
            gateway.policy_changed()

    try:
        events = await event_documents(settings, secrets, database, Clock())
        station = await build(settings, config, secrets, database, events=events, changed=changed, watch=watch)
        breakers = SharedBreakers(station.valkey)
        upstreams = [await _upstream(one, secrets, station.valkey, breakers) for one in config.upstream]
        gateway = Gateway(_parts(settings, config, station, upstreams=upstreams, breakers=breakers))
        station.signing.on_change(lambda: gateway.reseal(station.signing.seals()))
    except BaseException:
        await database.close()
        raise
    made.append(gateway)
    return gateway, database


async def _upstream(config: UpstreamConfig, secrets: SecretStore, valkey: Valkey, breakers: SharedBreakers) -> Upstream:
    if config.credential != "oauth":
        return make(config, breakers.breaker(config.name))

    # The SDK's client costs a second of processor time and 25 MB, so that it is imported only where it is configured.
    from dot_copilot.mcp.gateway.oauth_client.build import authorizer
    from dot_copilot.mcp.gateway.oauth_client.lock import turn

    # Refresh tokens are good for one use: only one process at a time may try.
    return make(
        config,
        breakers.breaker(config.name),
        await authorizer(config, secrets, lock=lambda: turn(valkey, f"oauth:{config.name}")),
    )


def _parts(
    settings: Settings,
    config: gateway_config.GatewayConfig,
    station: Station,
    *,
    upstreams: list[Upstream],
    breakers: SharedBreakers,
) -> Parts:
    async def started() -> None:
        await station.start()
        breakers.start()

    async def stopped() -> None:
        await breakers.stop()
        await station.stop()

    return Parts(
        config=config,
        guard=station.guard,
        upstreams=upstreams,
        # Derived from the signing keys, newest first: one rotation for both, and every process has the same.
        secrets=station.signing.seals(),
        public_url=settings.public_url,
        version=settings.version,
        colour=settings.colour,
        doors=station.doors,
        snapshots=RedisSnapshots(station.valkey),
        started=started,
        stopped=stopped,
        check=station.check,
    )


def main() -> None:
    """Listens on the loopback address behind nginx; access is logged there, calls by the gateway itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    process = Process()
    config = configuration(
        Traced(process),
        lambda: process.lane,
        host=options.host,
        port=options.port,
        timeout_graceful_shutdown=8,
        log_config=log_configuration(),
    )
    server = Server(config, process.closing)
    server.run()
    if not server.started:
        sys.exit(3)


if __name__ == "__main__":
    main()
