"""Who may knock at the API's inner door: this machine, and the neighbours that are named."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from dot_copilot.core.errors import NotFound, Unavailable
from dot_copilot.mcp.server.mount import InternalMcp


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never asked."""


def knock(address: str | None, *networks: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> type[Exception]:
    """What the door says. A server that is not running yet says so to those it would let in."""
    door = InternalMcp(nothing)
    door._neighbours = tuple(ipaddress.ip_network(one) for one in networks)
    client = None if address is None else (address, 50_000)
    with pytest.raises(Exception) as said:  # noqa: PT011 - the type is the answer
        door._admit({"type": "http", "method": "POST", "client": client, "headers": list(headers)})
    return said.type


def test_this_machine_may() -> None:
    assert knock("127.0.0.1") is Unavailable
    assert knock("::1") is Unavailable


@pytest.mark.parametrize("address", ["172.18.0.5", "10.0.0.1", "203.0.113.9", "nobody", "", None])
def test_nobody_else_may_unless_named(address: str | None) -> None:
    assert knock(address) is NotFound


def test_a_neighbour_that_is_named_may() -> None:
    assert knock("172.18.0.5", "10.0.0.0/8", "172.16.0.0/12") is Unavailable
    assert knock("172.32.0.5", "10.0.0.0/8", "172.16.0.0/12") is NotFound


def test_what_came_through_the_door_is_refused_whoever_is_named() -> None:
    forwarded = ((b"x-forwarded-for", b"203.0.113.9"),)
    assert knock("172.18.0.5", "172.16.0.0/12", headers=forwarded) is NotFound
    assert knock("127.0.0.1", headers=forwarded) is NotFound
