"""Runs the background worker: `python -m dot_copilot.worker --health-port 8100`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import logging.config
import os
import signal
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import psycopg
from procrastinate import PsycopgConnector, jobs

from dot_copilot.compose import build_platform, mail, sign_in, telemetry_running
from dot_copilot.core import audit
from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.database import Password
from dot_copilot.core.platform import Platform
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.settings import Settings
from dot_copilot.discovery import modules
from dot_copilot.logs import log_configuration
from dot_copilot.worker_telemetry import around_job, beat, watch_backlog, watch_figures

log = logging.getLogger(__name__)
_HEARTBEAT = 2.0
_STALLED_AFTER = 12.0
_SWEEP_EVERY = 4.0
_SEAL_EVERY = 1.0


def create_worker_app(settings: Settings, password: Password) -> procrastinate.App:
    """The task application with every feature's tasks; psycopg is procrastinate's own driver."""
    connector = PsycopgConnector(
        kwargs=_connecting(settings, password),
        connection_class=_turning(password) if isinstance(password, RolePassword) else psycopg.AsyncConnection,
        min_size=1,
        max_size=6,
    )
    app = procrastinate.App(connector=connector, worker_defaults={"worker_middleware": [around_job]})
    for module in modules("tasks"):
        app.add_tasks_from(module.tasks, namespace=module.__name__.split(".")[-2])
    return app


def _connecting(settings: Settings, password: Password) -> dict[str, Any] | Callable[[], Awaitable[dict[str, Any]]]:
    """What psycopg connects with; asked anew for each connection where the password is a token that ends."""
    words = {
        "host": settings.database_host,
        "port": settings.database_port,
        "dbname": settings.database_name,
        "user": settings.database_login or "dot_worker",
    }
    if settings.database_login:
        words["options"] = "-c role=dot_worker"
    if settings.database_tls == "verify-full":
        trusted = ssl.get_default_verify_paths()
        words |= {"sslmode": "verify-full", "sslrootcert": trusted.cafile or trusted.openssl_cafile}
    if isinstance(password, RolePassword):
        return words
    if isinstance(password, str):
        return words | {"password": password}
    token = password

    async def with_token() -> dict[str, Any]:
        return words | {"password": await token()}

    return with_token


def _turning(password: RolePassword) -> type[psycopg.AsyncConnection[Any]]:
    """Connections that ask which password is good. libpq does not say why it was refused, so any refusal is taken for that."""

    class Turning(psycopg.AsyncConnection[Any]):
        @classmethod
        async def connect(cls, conninfo: str = "", **more: Any) -> Turning:
            connect = super().connect
            return await password.opening(lambda word: connect(conninfo, password=word, **more), psycopg.OperationalError)

    return Turning


async def rescue_stalled_jobs(app: procrastinate.App) -> None:
    """Puts back the jobs of workers that died in the middle; every task of ours may be run again safely."""
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER):
                log.warning("job %s (%s) lost its worker; running it again", job.id, job.task_name)
                await app.job_manager.retry_job(job)
            await app.job_manager.prune_stalled_workers(_STALLED_AFTER)
        except Exception:
            log.exception("looking for stalled jobs failed; trying again")
        await asyncio.sleep(_SWEEP_EVERY)


async def seal_audit_logs(platform: Platform) -> None:
    """Chains the entries of the audit log a moment after they were committed."""
    while True:
        try:
            await audit.seal_everywhere(platform.database)
        except Exception as error:  # noqa: BLE001 - the database is away; readers and writers seal too
            log.warning("the audit log can't be chained (%s); trying again", type(error).__name__)
        await asyncio.sleep(_SEAL_EVERY)


async def serve_health(port: int, platform: Platform, state: dict[str, float]) -> asyncio.Server:
    """A small HTTP answer for the supervisor: 200 while the loop turns and the database answers."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readline(), 2)
            await platform.database.ping()
            good = time.monotonic() - state["beat"] < 10
        except Exception:  # noqa: BLE001 - any trouble means "not well"
            good = False
        body = b"ok" if good else b"not ready"
        status = b"200 OK" if good else b"503 Service Unavailable"
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body))
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except OSError:
            return

    return await asyncio.start_server(handle, "127.0.0.1", port)


async def _beat(state: dict[str, float]) -> None:
    while True:
        state["beat"] = time.monotonic()
        beat()
        await asyncio.sleep(1)


async def run(health_port: int) -> None:
    """Works until SIGTERM or SIGINT; a job in progress gets ten seconds to reach its next safe point."""
    settings = Settings(part=os.environ.get("DOT_PART", "worker"))
    modules("subscribers")
    platform = await build_platform(settings, "worker")
    core_tasks.bind(platform, await mail(settings, platform.secrets))
    app = create_worker_app(settings, (await sign_in(settings, platform.secrets, "worker", platform.secret_watch)).password)
    state = {"beat": time.monotonic()}
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with telemetry_running(settings, platform.keys), app.open_async():
        endless = (
            _beat(state),
            rescue_stalled_jobs(app),
            seal_audit_logs(platform),
            watch_backlog(platform),
            watch_figures(platform),
        )
        helpers: list[asyncio.Task[None]] = [asyncio.create_task(work) for work in endless]
        working = asyncio.create_task(_work(app))
        server = await serve_health(health_port, platform, state)
        await asyncio.wait({working, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        server.close()
        core_tasks.stopping.set()
        working.cancel()
        await asyncio.wait({working}, timeout=10)
        for helper in helpers:
            helper.cancel()
    await core_tasks.mail().close()
    await platform.close()
    if working.done() and not working.cancelled() and (error := working.exception()):
        raise error


async def _work(app: procrastinate.App) -> None:
    await app.run_worker_async(
        concurrency=2,
        install_signal_handlers=False,
        listen_notify=True,
        fetch_job_polling_interval=1.0,
        shutdown_graceful_timeout=8,
        delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
        update_heartbeat_interval=_HEARTBEAT,
        stalled_worker_timeout=_STALLED_AFTER,
    )


def main() -> None:
    """Parses the options and works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--health-port", type=int, required=True)
    options = parser.parse_args()
    logging.config.dictConfig(log_configuration())
    asyncio.run(run(options.health_port))


if __name__ == "__main__":
    main()
