"""The drawings, the containers and the local stack are one architecture; and a mistake in it does not pass."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.containers.place import Place
from dot_copilot.containers.prepare import prepare
from dot_copilot.features.operations.drawing import ARROWS, place_of
from dot_copilot.stack import topology
from dot_copilot.stack.colours import BLUE, NAMES, Standing
from dot_copilot.stack.home import Home
from dot_copilot.stack.model import Part, Sealed
from dot_copilot.stack.parts.nginx import NginxHooks, Upstreams
from dot_copilot.stack.parts.prometheus import targets
from dot_copilot.stack.parts.switch import Switch
from dot_copilot.stack.plan import Plan
from tests.contract import containers as checked
from tests.contract import drawing
from tests.contract.containers import Containers, edges, load, problems
from tests.contract.drawing import Edge


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The files for an installation, made as a user makes them."""
    place = Place(tmp_path_factory.mktemp("compose"))
    list(prepare(place))
    return place


@pytest.fixture(scope="module")
def containers(place: Place) -> Containers:
    return load(place)


@pytest.fixture
def broken(containers: Containers) -> Containers:
    """A copy to put mistakes in."""
    return Containers(copy.deepcopy(containers.configuration), containers.place)


def test_the_containers_are_as_drawn(containers: Containers) -> None:
    assert problems(containers) == []


def test_each_arrow_is_one_that_somebody_uses(containers: Containers) -> None:
    assert edges(containers) == drawing.EDGES


def test_the_drawing_is_consistent() -> None:
    """Every further network of a part is one that an arrow needs, and every exception is one that is made."""
    homes = {part: network for network, parts in drawing.NETWORKS.items() for part in parts}
    for part, attached in drawing.ATTACHED.items():
        assert homes[part] in attached
        for further in attached - {homes[part]}:
            assert any(part in edge and homes[other] == further for edge in drawing.EDGES for other in set(edge) - {part}), (
                f"{part} needs nobody on {further}"
            )
    for pair in drawing.NEIGHBOURS:
        one, other = sorted(pair)
        assert drawing.ATTACHED[one] & drawing.ATTACHED[other]
        assert not {(one, other), (other, one)} & drawing.EDGES


def test_no_service_is_in_a_profile_so_that_up_starts_all(containers: Containers) -> None:
    assert not [name for name, service in containers.services.items() if service.get("profiles")]


def test_secrets_are_files_of_those_who_need_them(containers: Containers, place: Place) -> None:
    for name, service in containers.services.items():
        text = json.dumps([service.get("environment"), service.get("command")])
        for secret in place.secrets.iterdir():
            if len(content := secret.read_bytes()) > 20:
                assert content.decode("latin-1") not in text, f"{secret.name} is written out in {name}"
    told = {name: {one["source"] for one in service.get("secrets") or []} for name, service in containers.services.items()}
    application = {name: secrets for name, secrets in told.items() if name in ("api", "worker", "mcp-gateway")}
    assert all(secrets == {"vault_secret_id"} for secrets in application.values()), "everything else is in the secret store"
    assert told["github-mcp"] == set(), "people's tokens come with their requests"
    assert {name for name, secrets in told.items() if "vault_seal_key" in secrets} == {"vault"}
    assert {name for name, secrets in told.items() if "tls_key" in secrets} == {"nginx"}
    for secret in containers.configuration["secrets"].values():
        assert Path(secret["file"]).exists(), f"'compose prepare' does not make {secret['file']}"


# The local stack


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    ports = {name: 20_000 + number for number, name in enumerate(topology.PORT_NAMES)}
    return Plan(Home(tmp_path_factory.mktemp("home")), 8080, ports)


@pytest.fixture(scope="module")
def parts(plan: Plan) -> tuple[Part, ...]:
    return topology.build(plan)


def drawn(name: str) -> str:
    """A part's name in the drawings."""
    return drawing.LOCAL.get(name, name)


def test_the_local_stack_has_the_same_parts(parts: tuple[Part, ...]) -> None:
    names = {drawn(part.name) for part in parts} - drawing.LOCAL_TASKS - drawing.LOCAL_ONLY
    assert names == drawing.PARTS - drawing.NOT_LOCAL
    assert {part.name for part in parts if part.task} <= drawing.LOCAL_TASKS


def local_edges(parts: tuple[Part, ...], plan: Plan) -> set[Edge]:
    """Who is told the port of whom, in environment and command; nginx and Prometheus by what is rendered for them."""
    owners = {str(port): name.removesuffix("-metrics") for name, port in plan.inner.items() if name != "openbao-cluster"}
    found = {(part.name, owners[port]) for part in parts for port in _ports(part) if port in owners}
    found |= {("nginx", name) for name in (*topology.API, *topology.GATEWAYS)}
    found |= {("prometheus", str(one["labels"]["part"])) for one in targets(parts, plan)}  # type: ignore[index]
    return {(drawn(source), drawn(target)) for source, target in found if drawn(source) != drawn(target)}


def _ports(part: Part) -> Iterator[str]:
    values = [value.template if isinstance(value, Sealed) else value for value in part.environment.values()]
    for text in (*values, *part.command):
        yield from "".join(letter if letter.isdigit() else " " for letter in text).split()


def test_the_local_stack_has_the_same_arrows(parts: tuple[Part, ...], plan: Plan) -> None:
    apart = drawing.LOCAL_TASKS | drawing.LOCAL_ONLY
    found = {edge for edge in local_edges(parts, plan) if not apart & set(edge)}
    expected = {edge for edge in drawing.EDGES if not drawing.NOT_LOCAL & set(edge)}
    assert found == expected


@pytest.mark.parametrize("colour", NAMES)
def test_each_colour_has_the_arrows_of_the_application_and_keeps_to_itself(plan: Plan, colour: str) -> None:
    """While a deploy lasts both stand beside each other: neither is told where the other's processes are."""
    others = {name for other, names in NAMES.items() if other != colour for name in names.all}
    parts = topology.of_colour(plan, colour, NAMES[colour].all)
    assert {part.name for part in parts} == set(NAMES[colour].all)
    owners = {str(port): name.removesuffix("-metrics") for name, port in plan.inner.items() if name != "openbao-cluster"}
    told = {(part.name, owners[port]) for part in parts for port in _ports(part) if port in owners}
    assert not [edge for edge in told if edge[1] in others]
    found = {(drawn(source), drawn(target)) for source, target in told if drawn(source) != drawn(target)}
    application = {"api", "worker", "mcp-gateway"}
    expected = {edge for edge in drawing.EDGES if edge[0] in application and not drawing.NOT_LOCAL & set(edge)}
    assert {edge for edge in found if edge[1] not in drawing.LOCAL_ONLY} == expected
    asked = {one["labels"]["part"] for one in targets(parts, plan)}  # type: ignore[index]
    assert asked == {*NAMES[colour].all, "supervisor"}, "Prometheus asks each of them"


def test_the_door_leads_to_the_doors_of_both_colours_and_nowhere_else(plan: Plan, tmp_path: Path) -> None:
    plan.home.create()
    switch = Switch(plan.home, plan.inner, Standing, lambda: tmp_path)
    blue = NAMES[BLUE]
    upstreams = Upstreams([plan.inner[name] for name in blue.api], [plan.inner[name] for name in blue.gateways])
    hooks = NginxHooks(
        plan.home, plan.port, upstreams, plan.gateway, tmp_path, metrics_port=plan.inner["nginx-metrics"], switch=switch
    )
    with contextlib.suppress(StopIteration):  # it awaits nothing
        hooks.prepare().send(None)
    text = (plan.home.nginx / "nginx.conf").read_text()
    owners = {port: name for name, port in plan.inner.items()}
    places = {int(port) for port in re.findall(r"server 127\.0\.0\.1:(\d+)", text)}
    assert {owners[port] for port in places} == {name for names in NAMES.values() for name in names.doors}


def test_what_only_the_local_stack_has_is_asked_by_few(parts: tuple[Part, ...], plan: Plan) -> None:
    """The supervisor and Alertmanager are asked by the Operations page and by Prometheus, which tells Alertmanager."""
    asked = {edge for edge in local_edges(parts, plan) if edge[1] in drawing.LOCAL_ONLY}
    assert {edge for edge in asked if edge[0] not in drawing.LOCAL_TASKS} == {
        ("api", "supervisor"),
        ("api", "alertmanager"),
        ("prometheus", "alertmanager"),
        ("prometheus", "supervisor"),
    }


def test_the_operations_page_draws_the_same_arrows() -> None:
    names = {place_of(drawn): drawn for drawn in drawing.PARTS}
    shown = {(names.get(one.source, one.source), names.get(one.target, one.target)) for one in ARROWS}
    ours = {edge for edge in shown if set(edge) <= drawing.PARTS}
    assert ours <= drawing.EDGES, "the page shows an arrow that is not drawn"
    documents = {("worker", "mongo"), ("mcp-gateway", "mongo")}  # the API's stands for all three
    assert drawing.EDGES - drawing.SCRAPES - ours - documents - {("api", "prometheus")} == set()


# Mistakes

Mistake = Callable[[dict[str, Any]], None]


def a_service(configuration: dict[str, Any]) -> None:
    configuration["services"]["adminer"] = copy.deepcopy(configuration["services"]["grafana"]) | {"ports": []}


def no_mongo(configuration: dict[str, Any]) -> None:
    del configuration["services"]["mongo"]


def a_network(configuration: dict[str, Any]) -> None:
    configuration["networks"]["debug"] = {"driver": "bridge"}


def a_way_out(configuration: dict[str, Any]) -> None:
    configuration["networks"]["backend"].pop("internal")


def attach(service: str, network: str) -> Mistake:
    return lambda configuration: configuration["services"][service]["networks"].update({network: None})


def detach(service: str, network: str) -> Mistake:
    return lambda configuration: configuration["services"][service]["networks"].pop(network)


def tell(service: str, address: str, by: str = "THERE") -> Mistake:
    return lambda configuration: configuration["services"][service].setdefault("environment", {}).update({by: address})


def publish(service: str, port: int, host: str | None) -> Mistake:
    entry = {"target": port, "published": str(port), "protocol": "tcp", **({"host_ip": host} if host else {})}
    return lambda configuration: configuration["services"][service].setdefault("ports", []).append(entry)


def change(service: str, **members: Any) -> Mistake:
    return lambda configuration: configuration["services"][service].update(members)


def open_prometheus(configuration: dict[str, Any]) -> None:
    configuration["services"]["prometheus"]["ports"][0].pop("host_ip")


def forget_redis(configuration: dict[str, Any]) -> None:
    for name in ("api", "worker", "mcp-gateway"):
        configuration["services"][name]["environment"].pop("DOT_VALKEY_HOST")


def mount_socket(configuration: dict[str, Any]) -> None:
    socket = "/var/run/docker.sock"
    configuration["services"]["grafana"]["volumes"].append({"type": "bind", "source": socket, "target": socket})


MISTAKES: dict[str, tuple[Mistake, str]] = {
    "a service": (a_service, "the service adminer is not drawn"),
    "a service is missing": (no_mongo, "mongo is drawn, and there is no such service"),
    "a network": (a_network, "the networks are"),
    "a way out of the backend": (a_way_out, "the network backend has a way out"),
    "nginx beside the data": (attach("nginx", "backend"), "nginx and postgres can reach each other through ['backend']"),
    "Grafana beside the data": (attach("grafana", "backend"), "grafana is on the network backend, where no arrow takes it"),
    "the database at the door": (attach("postgres", "frontend"), "nginx and postgres can reach each other"),
    "GitHub's server beside the data": (attach("github-mcp", "backend"), "github-mcp and vault can reach each other"),
    "the gateway cannot reach GitHub's": (detach("mcp-gateway", "mcp"), "github-mcp and mcp-gateway share no network"),
    "the host's network": (change("api", network_mode="host"), "api gets around its networks by network_mode"),
    "a link": (change("nginx", links=["postgres"]), "nginx gets around its networks by links"),
    "an arrow": (tell("nginx", "postgres:5432"), "nginx is told where postgres is, and no arrow is drawn"),
    "an arrow to the outside's server": (tell("api", "http://github-mcp:8082"), "api is told where github-mcp is"),
    "a mail server": (
        tell("worker", "mail.example.com", "DOT_SMTP_HOST"),
        "worker is told of mail.example.com by DOT_SMTP_HOST",
    ),
    "a virus scanner": (tell("worker", "clamd:3310", "DOT_CLAMD"), "worker is told of clamd by DOT_CLAMD"),
    "an arrow is missing": (forget_redis, "mcp-gateway is not told where redis is"),
    "the database is published": (publish("postgres", 5432, None), "postgres publishes 5432 beyond this machine"),
    "the database is published here": (publish("postgres", 5432, "127.0.0.1"), "postgres publishes [5432]"),
    "the API is published": (publish("api", 8000, "0.0.0.0"), "api publishes 8000 beyond this machine"),
    "metrics are published": (publish("nginx", 9113, None), "nginx publishes"),
    "Prometheus is published": (open_prometheus, "prometheus publishes 9090 beyond this machine"),
    "root": (change("mongo", user="0:0"), "mongo runs as root"),
    "a file system that can be written": (change("api", read_only=False), "api has a file system that can be written"),
    "a capability": (change("nginx", cap_add=["NET_ADMIN"]), "nginx keeps capabilities"),
    "privileges": (change("worker", privileged=True), "worker is privileged"),
    "new privileges": (change("worker", security_opt=[]), "worker may get new privileges"),
    "no limits": (change("redis", deploy={}), "redis has no limit"),
    "no health check": (change("vault", healthcheck=None), "vault has no health check"),
    "Docker's own door": (mount_socket, "grafana mounts Docker's own door"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(broken: Containers, name: str) -> None:
    mistake, sentence = MISTAKES[name]
    mistake(broken.configuration)
    assert [problem for problem in problems(broken) if problem.startswith(sentence)], problems(broken)


def test_a_dockerfile_that_runs_as_root_is_found(broken: Containers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in checked.DOCKERFILES.glob("*.Dockerfile"):
        lines = path.read_text().splitlines(keepends=True)
        (tmp_path / path.name).write_text("".join(line for line in lines if not line.startswith("USER")))
    monkeypatch.setattr(checked, "DOCKERFILES", tmp_path)
    assert {"api runs as root", "postgres runs as root"} <= set(problems(broken))
