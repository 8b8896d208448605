"""A home made by an earlier release gets the roles that came later."""

from __future__ import annotations

from pathlib import Path

from dot_copilot.stack import generate, topology
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.postgres import READY_MARKER, ROLES, is_set_up
from dot_copilot.stack.plan import Plan


def test_a_home_with_fewer_roles_is_set_up_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not is_set_up(home)
    home.postgres.mkdir(parents=True)
    marker = home.postgres / READY_MARKER
    marker.touch()
    assert not is_set_up(home), "what the first release left"
    marker.write_text("dot_owner dot_app dot_worker\n")
    assert not is_set_up(home)
    marker.write_text(" ".join(ROLES) + "\n")
    assert is_set_up(home)


def test_every_role_has_a_secret_and_every_gateway_its_own_api_first(tmp_path: Path) -> None:
    assert set(ROLES.values()) <= generate.SECRETS.keys()
    inner = {name: 20_000 + number for number, name in enumerate(topology.PORT_NAMES)}
    parts = {part.name: part for part in topology.build(Plan(Home(tmp_path), 8080, inner))}
    servers = [str(parts[name].environment["DOT_MCP_SERVERS"]).split(",") for name in topology.GATEWAYS]
    assert servers[0] == servers[1][::-1], "each has both, in another order"
    assert servers[0][0] == f"http://127.0.0.1:{inner['api-1']}/internal/mcp"
