"""Puts the guard together for one gateway process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from valkey.asyncio import BlockingConnectionPool, Connection, SSLConnection, Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError

from dot_copilot.core import signals, telemetry
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database
from dot_copilot.core.ports import EventDocuments, SecretStore
from dot_copilot.core.secret_watch import SecretWatch
from dot_copilot.core.settings import Settings
from dot_copilot.core.signing_keys import SigningKeys
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, mcp_audience
from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.guard.credentials import StoredCredentials
from dot_copilot.mcp.gateway.guard.endings import CHANNEL, SharedEndings
from dot_copilot.mcp.gateway.guard.feed import Feed
from dot_copilot.mcp.gateway.guard.limits import LeasedLimits, RedisStore
from dot_copilot.mcp.gateway.guard.origins import Doors
from dot_copilot.mcp.gateway.guard.pins import Baseline, Pins
from dot_copilot.mcp.gateway.guard.policy import ToolPolicy
from dot_copilot.mcp.gateway.guard.registry import Registry
from dot_copilot.mcp.gateway.guard.reports import PostgresReports
from dot_copilot.mcp.gateway.guard.upstream_transcript import UpstreamTranscript
from dot_copilot.mcp.gateway.guard.verdicts import Verdicts
from dot_copilot.mcp.gateway.ports import OWN, Guard
from dot_copilot.mcp.transcript import Transcript

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Station:
    """The guard, the doors it keeps (Host, Origin), and what runs behind it. `start` once, `stop` once."""

    guard: Guard
    doors: Doors
    valkey: Valkey
    database: Database
    _feed: Feed
    _pins: Pins
    _calls: Calls
    _reports: PostgresReports
    _endings: SharedEndings
    _transcript: UpstreamTranscript
    signing: SigningKeys
    _watch: SecretWatch
    _writing: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    _forget: Callable[[], None] = lambda: None

    def figure(self) -> None:
        """Brings the gauges up to date, before they are read."""
        figures.SPOOL.set(to=self._calls.spool_bytes)
        figures.QUARANTINED.set(to=sum(self._pins.quarantined(items) for items in self._reports.latest.values()))
        for name, state in self._reports.states().items():
            figures.UP.set(name, to=state == "ready")

    async def start(self) -> None:
        """Begins to listen, to read approvals (once before the first answer) and to send the record of calls."""
        self._feed.start()
        self._watch.start()
        self._forget = telemetry.on_collect(self.figure)
        await asyncio.gather(self._pins.refresh(), self._endings.start())
        await self._writing.enter_async_context(self._transcript.running())
        for part in (self._pins, self._calls, self._reports):
            part.start()

    async def stop(self) -> None:
        """Sends what is still to be sent, then lets go of everything. The database is the caller's to close."""
        self._forget()
        await self._watch.stop()
        await self._reports.stop()
        await self._calls.stop()
        await self._writing.aclose()
        await self._pins.stop()
        await self._feed.stop()
        await self._endings.stop()
        await self.valkey.aclose()

    async def check(self) -> dict[str, str]:
        """What the guard relies on: database, valkey and feed, each "ok" or what is wrong. Only the database is essential."""
        found = {"feed": "ok" if self._feed.connected else "not connected"}
        for name, question in (("database", self.database.ping), ("valkey", self._ping_valkey)):
            try:
                await question()
                found[name] = "ok"
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, readiness names it
                found[name] = f"not answering ({type(error).__name__})"
        return found

    async def _ping_valkey(self) -> None:
        try:
            await self.valkey.ping()
        except ValkeyError as error:
            raise OSError(str(error)) from None


def _valkey(settings: Settings, password: str) -> Valkey:
    """At most 16 connections, and half a second for an answer: who does not get an answer goes on without."""
    pool = BlockingConnectionPool(
        max_connections=16,
        timeout=1,
        host=settings.valkey_host,
        port=settings.valkey_port,
        connection_class=SSLConnection if settings.valkey_tls else Connection,
        password=password,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
    )
    return Valkey.from_pool(pool)


async def build(
    settings: Settings,
    config: GatewayConfig,
    secrets: SecretStore,
    database: Database,
    *,
    events: EventDocuments,
    changed: Callable[[], None] = lambda: None,
    watch: SecretWatch | None = None,
) -> Station:
    """The guard of this process. `changed` is called whenever the policy's `version` has risen.

    `events` is where the transcript of others' tools goes; `watch` reads secrets again, and is started with the station.

    `database` is a pool of the role dot_gateway. Raises `BaselineError` for a damaged baseline file, and what the secret store
    raises.
    """
    watch = watch or SecretWatch(settings.secrets_seconds)
    signing = await SigningKeys.open(secrets, issuer=settings.public_url, watch=watch)
    client_keys, internal_keys = signing.ring(mcp_audience(settings.public_url)), signing.ring(INTERNAL_AUDIENCE)
    valkey = _valkey(settings, await secrets.get("valkey_password"))
    registry = Registry(database)
    needs_github = frozenset(one.name for one in config.upstream if one.credential == "github")
    built_in = [one.name for one in config.upstream if one.trust == "built-in"]

    def rise() -> None:
        policy.changed()
        changed()

    pins = Pins(registry.pins, Baseline.load(settings.gateway_config.parent / "baseline"), built_in, rise)
    credentials = StoredCredentials(internal_keys, secrets, rise, wanted=bool(needs_github))
    policy = ToolPolicy(pins, needs_github, credentials.has_github)
    feed = Feed(valkey)
    verdicts = Verdicts(client_keys, registry, lambda: feed.connected, presence=credentials)
    signing.on_change(lambda: verdicts.forget(None))
    feed.on(signals.ENDED, verdicts.forget)
    feed.on(signals.CATALOGUE, pins.stale)
    feed.on(signals.CREDENTIALS, credentials.forget)
    endings = SharedEndings(valkey, config.session_seconds)
    feed.on(CHANNEL, endings.heard)
    spool = settings.gateway_spool or settings.home / "gateway" / "calls"
    kept = Transcript(events, Clock(), settings.assistant_transcript)
    transcript = UpstreamTranscript(kept, [*built_in, OWN])
    calls = Calls(spool, settings.part, registry.audit_calls, transcript=transcript, limit_bytes=settings.gateway_spool_mb << 20)
    reports = PostgresReports(registry, pins, settings.part)
    guard = Guard(
        gatekeeper=verdicts,
        policy=policy,
        limits=LeasedLimits(RedisStore(valkey), settings.gateway_calls_per_minute),
        calls=calls,
        credentials=credentials,
        reports=reports,
        endings=endings,
    )
    doors = Doors(settings.public_url, config.hosts, config.origins)
    return Station(guard, doors, valkey, database, feed, pins, calls, reports, endings, transcript, signing, watch)
