"""The parts of DOT-Copilot on one machine, as data."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from dot_copilot.stack import binaries, monitoring, tls
from dot_copilot.stack.colours import BLUE, GREEN, NAMES, Code
from dot_copilot.stack.model import HttpProbe, Part, PostgresProbe, Sealed, ValkeyProbe
from dot_copilot.stack.parts import archiving, watchword
from dot_copilot.stack.parts.postgres import DATABASE, is_set_up
from dot_copilot.stack.plan import Plan
from dot_copilot.stack.servant import hire

WARM = (
    "dot_copilot.app,dot_copilot.serve,dot_copilot.features.*,procrastinate,psycopg_pool,"
    "dot_copilot.mcp.gateway.app,dot_copilot.mcp.gateway.guard.build,dot_copilot.mcp.gateway.upstreams.make"
)
"""What the nursery imports: nearly all that any process of the application needs."""
BLOB_ACCOUNT = "dotcopilot"
API, GATEWAYS = NAMES[BLUE].api, NAMES[BLUE].gateways
"""What serves unless a deploy has changed it."""
APPLICATION = (*NAMES[BLUE].all, *NAMES[GREEN].all)
PARTS = ("openbao", "postgres", "valkey", "azurite", "migrate", *APPLICATION, "nginx", *monitoring.MONITORING)
PORT_NAMES = (
    *("postgres", "valkey", "azurite", "openbao", "openbao-cluster", *APPLICATION),
    *(f"{name}-metrics" for name in (*APPLICATION, "nginx")),
    *("supervisor", *monitoring.MONITORING),
)
"""Everything that needs an inner port."""


def application_environment(plan: Plan) -> dict[str, str | Sealed]:
    """What the application is told, in API, worker and commands alike; nothing in it opens anything by itself."""
    inner = plan.inner
    return {
        "DOT_HOME": str(plan.home.root),
        "DOT_DATABASE_HOST": "127.0.0.1",
        "DOT_DATABASE_PORT": str(inner["postgres"]),
        "DOT_DATABASE_NAME": DATABASE,
        "DOT_VALKEY_HOST": "127.0.0.1",
        "DOT_VALKEY_PORT": str(inner["valkey"]),
        "DOT_BLOB_ENDPOINT": f"http://127.0.0.1:{inner['azurite']}/{BLOB_ACCOUNT}",
        "DOT_BLOB_ACCOUNT": BLOB_ACCOUNT,
        "DOT_SECRETS_BACKEND": "openbao",
        "DOT_OPENBAO_URL": f"http://127.0.0.1:{inner['openbao']}",
        "DOT_OPENBAO_ROLE_ID": Sealed("app_role_id"),
        "DOT_OPENBAO_SECRET_ID_FILE": str(plan.home.secret_id_file),
        "DOT_PUBLIC_URL": plan.url,
        "DOT_SECURE_COOKIES": str(plan.tls).lower(),
        "DOT_PROMETHEUS_URL": plan.local("prometheus", unless="prometheus"),
        "DOT_ALERTMANAGER_URL": plan.local("alertmanager", unless="alertmanager"),
        "DOT_WATCHING_SECRET": watchword.SECRET,
        "DOT_SUPERVISOR_URL": plan.local("supervisor"),
        "DOT_LOGS_DIR": str(plan.home.logs),
    }


_WATCHING = frozenset(["DOT_PROMETHEUS_URL", "DOT_ALERTMANAGER_URL", "DOT_WATCHING_SECRET", "DOT_SUPERVISOR_URL", "DOT_LOGS_DIR"])
_UNTOLD = {"worker": _WATCHING, "gateway": _WATCHING | {"DOT_BLOB_ENDPOINT", "DOT_BLOB_ACCOUNT"}}
"""What a kind of process has no business with, so that it is told where others are only if it is drawn to ask them."""


def build(plan: Plan) -> tuple[Part, ...]:
    """Every part that is not left out, in the order a reader expects; nobody waits for what is left out.

    Raises BinaryMissingError when a program is not installed.
    """
    makers: dict[str, Callable[[Plan], Part]] = {
        "openbao": _openbao,
        "postgres": _postgres,
        "valkey": _valkey,
        "azurite": _azurite,
        "migrate": _migrate,
        **_makers(plan.standing.serving),
        "nginx": _nginx,
        **({"backup": _backup} if archiving.directory() else {}),
        **({} if plan.home.accounts_file.exists() else {"demo": _demo}),
        **monitoring.MAKERS,
    }
    parts = [make(plan) for name, make in makers.items() if name not in plan.without]
    present = {part.name for part in parts}
    return tuple(replace(part, after=tuple(name for name in part.after if name in present)) for part in parts)


def _makers(colour: str) -> dict[str, Callable[[Plan], Part]]:
    names = NAMES[colour]
    return {
        **{name: partial(_api, colour, name) for name in names.api},
        **{name: partial(_gateway, colour, name) for name in names.gateways},
        names.worker: partial(_worker, colour),
    }


def of_colour(plan: Plan, colour: str, names: Collection[str]) -> tuple[Part, ...]:
    """The parts of a colour that are among `names`, as they are started beside a running stack."""
    return tuple(make(plan) for name, make in _makers(colour).items() if name in names and name not in plan.without)


def _openbao(plan: Plan) -> Part:
    probe = HttpProbe(plan.inner["openbao"], "/v1/sys/health")
    return Part(
        name="openbao",
        command=(str(binaries.openbao()), "server", f"-config={plan.home.run / 'openbao.hcl'}"),
        port=plan.inner["openbao"],
        ready=(probe,),
        live=HttpProbe(probe.port, probe.path, (200, 429, 472, 473, 501, 503)),
    )


def _postgres(plan: Plan) -> Part:
    port = plan.inner["postgres"]
    configuration = plan.home.run / "postgresql.conf"
    servant = hire(plan.home.root, archiving.ways())
    return Part(
        name="postgres",
        command=(*servant.prefix, str(binaries.postgres("postgres")), "-c", f"config_file={configuration}"),
        # Only setting a cluster up takes passwords; one that is set up starts at once.
        after=() if is_set_up(plan.home) else ("openbao",),
        port=port,
        ready=(PostgresProbe(port, "dot_app", DATABASE, "database_app_password"),),
        live=PostgresProbe(port, "dot_app", DATABASE, "database_app_password", merely_alive=True),
        user=servant.uid,
        stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, everything is written
        stop_timeout_s=30,
        start_timeout_s=300,  # a recovery after a crash may be long, and must not be cut short
    )


def _valkey(plan: Plan) -> Part:
    probe = ValkeyProbe(plan.inner["valkey"], "valkey_password")
    return Part(
        name="valkey",
        command=(str(binaries.valkey()), str(plan.home.run / "valkey.conf")),
        after=("openbao",),
        port=probe.port,
        ready=(probe,),
        live=probe,
    )


def _azurite(plan: Plan) -> Part:
    # Without credentials Azurite refuses, which it can only do when it works.
    probe = HttpProbe(plan.inner["azurite"], f"/{BLOB_ACCOUNT}?comp=list", (400, 403), server="Azurite-Blob")
    return Part(
        name="azurite",
        command=(
            str(binaries.node()),
            "--require",
            str(binaries.azurite_preload()),
            str(binaries.azurite()),
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            str(probe.port),
            "--location",
            str(plan.home.azurite),
            "--disableTelemetry",
            "--silent",
        ),
        after=("openbao",),
        held=True,
        environment={
            "DOT_HELD": "1",
            "AZURITE_ACCOUNTS": Sealed("blob_account_key", BLOB_ACCOUNT + ":{}"),
            "NODE_COMPILE_CACHE": str(plan.home.run / "node-cache"),
        },
        port=probe.port,
        ready=(probe,),
        live=probe,
    )


def _migrate(plan: Plan) -> Part:
    after = ("openbao", "postgres")
    return _python("migrate", plan, "dot_copilot.migrate", after=after, task=True, start_timeout_s=600)


def _api(colour: str, name: str, plan: Plan) -> Part:
    after = ("openbao", "migrate", "valkey")
    return _python(name, plan, "dot_copilot.serve", "--port", after=after, path="/readyz", colour=colour)


def _gateway(colour: str, name: str, plan: Plan) -> Part:
    # Not the API: a gateway whose upstream is not there yet starts, says so, and asks again.
    after = ("openbao", "migrate", "valkey")
    names = NAMES[colour]
    own = names.gateways.index(name)
    servers = [f"http://127.0.0.1:{plan.inner[api]}/internal/mcp" for api in (*names.api[own:], *names.api[:own])]
    part = _python(name, plan, "dot_copilot.gateway", "--port", after=after, path="/readyz", colour=colour)
    settings = {
        "DOT_GATEWAY_CONFIG": os.environ.get("DOT_GATEWAY_CONFIG")
        or str(plan.standing.code_of(colour).files / "deploy/gateway/gateway.toml"),
        "DOT_MCP_SERVERS": ",".join(servers),
    }
    return replace(part, environment={**part.environment, **settings})


def _worker(colour: str, plan: Plan) -> Part:
    after = ("openbao", "migrate", "valkey")
    return _python(NAMES[colour].worker, plan, "dot_copilot.worker", "--health-port", after=after, colour=colour)


def _backup(plan: Plan) -> Part:
    """The keeper of backups; a stack whose backups fail is still a stack, and says so by an alert."""
    place = archiving.directory()
    return Part(
        name="backup",
        command=(sys.executable, "-m", "dot_copilot.backup.keeper", str(plan.home.root), str(place)),
        after=("openbao", "postgres", "azurite", "migrate"),
        essential=False,
        late=True,
    )


def _demo(plan: Plan) -> Part:
    after = ("openbao", "migrate", "valkey", "azurite")
    # A stack without demo data is still a stack.
    return _python("demo", plan, "dot_copilot.commands", "seed-demo", after=after, task=True, essential=False)


def _python(
    name: str,
    plan: Plan,
    module: str,
    *arguments: str,
    after: tuple[str, ...],
    path: str = "/healthz",
    task: bool = False,
    essential: bool = True,
    start_timeout_s: float = 60,
    colour: str = "",
) -> Part:
    """A process of the application, of what serves if no colour is named; a service gets its port as the last argument."""
    code = plan.standing.code_of(colour or plan.standing.serving)
    port = None if task else plan.inner[name]
    measured = {} if task else {"DOT_METRICS_PORT": str(plan.inner[f"{name}-metrics"])}
    untold = _UNTOLD.get(name.partition("-")[0], ())
    told = {key: value for key, value in application_environment(plan).items() if key not in untold}
    words = (module, *arguments, *([] if port is None else [str(port)]))
    return Part(
        name=name,
        command=(code.interpreter, "-m", *words),
        module=words,
        code=code.directory,
        after=after,
        environment={**told, "DOT_PART": name, **measured, **_of_code(code, colour)},
        port=port,
        ready=() if port is None else (HttpProbe(port, path),),
        live=None if port is None else HttpProbe(port, "/healthz", (200, 503)),
        task=task,
        essential=essential,
        stop_timeout_s=20,
        start_timeout_s=start_timeout_s,
    )


def _of_code(code: Code, colour: str) -> dict[str, str]:
    """How a process finds its code, and what it says of itself; the supervisor's own code needs no telling."""
    found = {"PYTHONPATH": code.library} if code.library else {}
    return found | ({"DOT_COLOUR": colour} if colour else {}) | ({"DOT_VERSION": code.version} if code.version else {})


def _nginx(plan: Plan) -> Part:
    home, api = plan.home, NAMES[plan.standing.serving].api
    authority = str(tls.of(home).authority) if plan.tls else ""
    page, through = (HttpProbe(plan.port, path, authority=authority) for path in ("/", "/healthz"))
    return Part(
        name="nginx",
        command=(str(binaries.nginx()), "-p", f"{home.nginx}/", "-c", "nginx.conf", "-e", "stderr"),
        after=api,
        port=plan.port,
        ready=(page,) if set(api) <= set(plan.without) else (page, through),
        live=page,
        stop_signal=signal.SIGQUIT,  # requests in flight are finished
        stop_timeout_s=3,
    )
