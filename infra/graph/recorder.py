"""Runs the program against a monitor that answers as Azure would, and remembers what it was told.

Pulumi's own mocks do not see `protect`, `depends_on` and `ignore_changes`; the monitor below does.
"""

from __future__ import annotations

import asyncio
import gc
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.stack import run_pulumi_func

from infra.graph.model import OURS, PREFIX, SECRET, Graph, Node
from infra.options import Options
from infra.program import platform

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
TENANT = "00000000-0000-0000-0000-000000000002"
_SIGNATURE = "4dabf18193072939515e22adb298388d"  # Pulumi's mark of a value that is not plain
MARK = "\N{INVISIBLE SEPARATOR}secret "
"""What every secret of a recorded program contains, so that it is found wherever it goes."""
_ONE_AT_A_TIME = threading.Lock()
OUTBOUND = "20.0.0.1,20.0.0.2"


def record(options: Options, program: Callable[[], Mapping[str, Any]] | None = None) -> Graph:
    """The graph of an environment; `program` instead of the platform's own for tests of what watches it."""
    run = program or (lambda: platform(options, lambda key: pulumi.Output.secret(f"{MARK}{key}")))
    outputs: dict[str, Any] = {}

    def declare() -> None:
        for name, value in run().items():
            pulumi.Output.from_input(value).apply(lambda found, name=name: outputs.__setitem__(name, found))  # type: ignore[misc]

    with _ONE_AT_A_TIME:  # Pulumi's settings belong to the process
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        # Pulumi makes tens of thousands of objects beside the SDK's many: looking through them all is two thirds of the time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            monitor = Monitor(options)
            mocks.set_mocks(monitor.mocks, project="dot-copilot", stack=options.env, preview=False, monitor=monitor)
            loop.run_until_complete(run_pulumi_func(declare))
        finally:
            if collecting:
                gc.enable()
            asyncio.set_event_loop(None)
            loop.close()
    nodes = sorted(monitor.nodes, key=lambda node: (node.component, node.kind, node.name))
    return Graph(options.env, tuple(nodes), dict(sorted(outputs.items())))


class _Answers(mocks.Mocks):
    """What Azure would give back: the inputs, and the outputs that our program reads."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        if args.token.endswith(":getClientConfig"):
            return {"tenantId": TENANT, "subscriptionId": SUBSCRIPTION, "clientId": "", "objectId": ""}, []
        if args.token.endswith(":listDatabaseKeys"):
            return {"primaryKey": MARK, "secondaryKey": MARK}, []
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        name = _own_name(args)
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self._options.names.group}"
        kind = args.typ.removeprefix(PREFIX)
        given = {"name": name, **_outputs(kind, name)}
        identity = args.inputs.get("identity")
        if isinstance(identity, Mapping) and isinstance(identity.get("userAssignedIdentities"), list):
            given["identity"] = {**identity, "userAssignedIdentities": {key: {} for key in identity["userAssignedIdentities"]}}
        if kind == "resources:ResourceGroup":
            return group, {**args.inputs, **given}
        return f"{group}/{kind.replace(':', '/')}/{name}", {**args.inputs, **given}


def _own_name(args: mocks.MockResourceArgs) -> str:
    """Azure's name of a resource: one of its inputs, which each type calls otherwise."""
    last = args.typ.rpartition(":")[2]
    word = last[0].lower() + last[1:]
    keys: tuple[str, ...] = (
        f"{word}Name",
        "serverName",
        "accountName",
        "vaultName",
        "clusterName",
        "ruleName",
        "resourceName",
        "name",
    )
    if last in ("BlobContainer", "Database", "Secret", "Configuration", "FirewallRule"):
        keys = (f"{word}Name", "containerName", "name")
    return next((str(args.inputs[key]) for key in keys if isinstance(args.inputs.get(key), str)), args.name)


def _outputs(kind: str, name: str) -> dict[str, Any]:
    """Outputs that Azure makes up, for the kinds whose outputs we use."""
    made: dict[str, dict[str, Any]] = {
        "managedidentity:UserAssignedIdentity": {"principalId": f"principal of {name}", "clientId": f"client of {name}"},
        "keyvault:Vault": {"properties": {"vaultUri": f"https://{name}.vault.azure.net/"}},
        "dbforpostgresql:Server": {"fullyQualifiedDomainName": f"{name}.postgres.database.azure.com"},
        "storage:StorageAccount": {"primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"}},
        "web:StaticSite": {"defaultHostname": "made-up-by-azure.azurestaticapps.net"},
        "web:WebApp": {"possibleOutboundIpAddresses": OUTBOUND, "defaultHostName": f"{name}.azurewebsites.net"},
        "applicationinsights:Component": {"connectionString": f"InstrumentationKey={MARK}"},
        "redisenterprise:RedisEnterprise": {"hostName": f"{name}.redis.azure.net"},
    }
    return made.get(kind, {})


class Monitor(mocks.MockMonitor):
    """Notes every registration."""

    def __init__(self, options: Options) -> None:
        super().__init__(_Answers(options))
        self.nodes: list[Node] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if not request.type.startswith(("pulumi:", OURS)):
            self.nodes.append(_node(request, answer.urn))
        return answer


def _node(request: Any, urn: str) -> Node:
    found = _Plain()
    inputs = found.of(rpc.deserialize_properties(request.object, keep_unknowns=True))
    reads = {name: frozenset(urns.urns) for name, urns in request.propertyDependencies.items() if urns.urns}
    return Node(
        urn=urn,
        type=request.type,
        name=request.name,
        component=_component(request.parent),
        inputs=inputs,
        depends_on=frozenset(request.dependencies).union(*reads.values()) - {request.parent},
        reads=reads,
        protect=bool(request.protect),
        ignore_changes=tuple(request.ignoreChanges),
        secrets=frozenset(found.secrets),
        exposed=frozenset(found.exposed),
    )


def _component(parent: str) -> str:
    """The component that a URN is of; `root` for what belongs to none."""
    found = re.search(rf"{OURS}(\w+)::", parent)
    return found[1].lower() if found else "root"


@dataclass
class _Plain:
    """Turns what a resource was sent into plain values, and finds the secrets: wrapped as they should be, or not."""

    secrets: list[str] = field(default_factory=list)
    exposed: list[str] = field(default_factory=list)

    def of(self, value: Any, path: str = "", *, wrapped: bool = False) -> Any:
        """The value with `SECRET` for secrets. Pulumi wraps all that is around one, so the leaves are told by their mark."""
        if isinstance(value, Mapping) and _SIGNATURE in value:
            return self.of(value["value"], path, wrapped=True)
        if isinstance(value, Mapping):
            return {key: self.of(value[key], f"{path}.{key}" if path else key, wrapped=wrapped) for key in sorted(value)}
        if isinstance(value, list | tuple):
            return [self.of(one, f"{path}.{number}", wrapped=wrapped) for number, one in enumerate(value)]
        if isinstance(value, str) and MARK in value:
            (self.secrets if wrapped else self.exposed).append(path)
            return SECRET
        return int(value) if isinstance(value, float) and value.is_integer() else value
