"""The parts that watch the others: Prometheus, Alertmanager, and the exporters that translate for them.

They are no parts of the product: it works without them, so they start late and never fail a start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from dot_copilot.stack import binaries
from dot_copilot.stack.model import HttpProbe, Part, Sealed
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.parts.postgres import DATABASE
from dot_copilot.stack.plan import Plan

MONITORING = ("postgres-exporter", "valkey-exporter", "alertmanager", "prometheus")
RETENTION_TIME, RETENTION_SIZE = "14d", "512MB"
"""What Prometheus keeps on this machine, whichever is less."""


def _prometheus(plan: Plan) -> Part:
    return _watcher(
        "prometheus",
        plan,
        f"--config.file={plan.home.run / 'prometheus.yml'}",
        f"--storage.tsdb.path={plan.home.prometheus}",
        f"--storage.tsdb.retention.time={RETENTION_TIME}",
        f"--storage.tsdb.retention.size={RETENTION_SIZE}",
        "--enable-feature=exemplar-storage",
        # Its default lets every web page that is open in a browser on this machine read along.
        "--web.cors.origin=",
        path="/-/ready",
        live="/-/healthy",
        guarded=True,
    )


def _alertmanager(plan: Plan) -> Part:
    return _watcher(
        "alertmanager",
        plan,
        f"--config.file={plan.home.run / 'alertmanager.yml'}",
        f"--storage.path={plan.home.alertmanager}",
        "--data.retention=120h",
        "--cluster.listen-address=",
        path="/-/ready",
        live="/-/healthy",
        guarded=True,
    )


def _postgres_exporter(plan: Plan) -> Part:
    environment: dict[str, str | Sealed] = {
        "DATA_SOURCE_URI": f"127.0.0.1:{plan.inner['postgres']}/{DATABASE}?sslmode=disable",
        "DATA_SOURCE_USER": "dot_monitor",
        "DATA_SOURCE_PASS": Sealed("database_monitor_password"),
    }
    return _watcher("postgres-exporter", plan, after=("postgres",), environment=environment)


def _valkey_exporter(plan: Plan) -> Part:
    environment: dict[str, str | Sealed] = {
        "REDIS_ADDR": f"redis://127.0.0.1:{plan.inner['valkey']}",
        "REDIS_PASSWORD": Sealed("valkey_password"),
        "REDIS_EXPORTER_LOG_FORMAT": "json",
    }
    return _watcher("valkey-exporter", plan, after=("valkey",), environment=environment, log_options=())


def _watcher(
    name: str,
    plan: Plan,
    *options: str,
    after: tuple[str, ...] = (),
    environment: Mapping[str, str | Sealed] | None = None,
    path: str = "/",
    live: str = "/",
    log_options: tuple[str, ...] = ("--log.level=warn", "--log.format=json"),
    guarded: bool = False,
) -> Part:
    """A program that listens where it is told, on this machine only; one that is `guarded` to those who know the password."""
    port = plan.inner[name]
    asked = partial(HttpProbe, port, user=watchword.USER, secret=watchword.SECRET) if guarded else partial(HttpProbe, port)
    closed = (f"--web.config.file={watchword.web_configuration(plan.home, name)}",) if guarded else ()
    return Part(
        name=name,
        command=(str(binaries.monitoring(name)), f"--web.listen-address=127.0.0.1:{port}", *closed, *options, *log_options),
        after=after,
        environment=environment or {},
        port=port,
        ready=(asked(path),),
        live=asked(live),
        essential=False,
        late=True,
        # Long downtimes leave Prometheus a log to read again.
        start_timeout_s=120,
    )


MAKERS: Mapping[str, Callable[[Plan], Part]] = {
    "postgres-exporter": _postgres_exporter,
    "valkey-exporter": _valkey_exporter,
    "alertmanager": _alertmanager,
    "prometheus": _prometheus,
}
