"""Which password a connection is opened with, while one is being replaced."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.core.role_password import RolePassword

pytestmark = pytest.mark.asyncio


class Refused(Exception):
    """The server's."""


class Store:
    """The two secrets of dot_app."""

    def __init__(self, present: str, coming: str | None = None) -> None:
        self.values = {"database_app_password": present}
        if coming is not None:
            self.values["database_app_password_next"] = coming
        self.asked, self.silent = 0, False

    async def fresh(self, name: str) -> str:
        self.asked += 1
        if self.silent:
            raise ConnectionError("silent")
        return self.values[name]


class Server:
    """Takes one password."""

    def __init__(self, good: str) -> None:
        self.good = good
        self.tried: list[str] = []

    async def connect(self, word: str) -> str:
        self.tried.append(word)
        if word != self.good:
            raise Refused(word)
        return f"connected with {word}"


async def password(store: Any) -> RolePassword:
    return await RolePassword.read(store, "app")


async def test_the_present_password_is_tried_first_and_the_store_is_not_asked_again() -> None:
    store, server = Store("a", "b"), Server("a")
    held = await password(store)
    asked = store.asked
    assert await held.opening(server.connect, Refused) == "connected with a"
    assert server.tried == ["a"]
    assert store.asked == asked


async def test_the_moment_the_server_has_the_next_one_it_is_taken_and_stays_the_first() -> None:
    store, server = Store("a", "b"), Server("b")
    held = await password(store)
    store.silent = True
    for _ in range(2):
        assert await held.opening(server.connect, Refused) == "connected with b"
    assert server.tried == ["a", "b", "b"], "both are in memory: a silent store costs nobody a connection"


async def test_a_process_that_has_missed_everything_asks_the_store() -> None:
    store, server = Store("a"), Server("c")
    held = await password(store)
    store.values = {"database_app_password": "b", "database_app_password_next": "c"}
    assert await held.opening(server.connect, Refused) == "connected with c"
    assert server.tried == ["a", "b", "c"]


async def test_a_password_that_nobody_knows_is_the_servers_refusal() -> None:
    store, server = Store("a", "b"), Server("z")
    with pytest.raises(Refused):
        await (await password(store)).opening(server.connect, Refused)
    assert server.tried == ["a", "b"]


async def test_a_silent_store_does_not_hide_the_servers_refusal() -> None:
    store, server = Store("a"), Server("z")
    held = await password(store)
    store.silent = True
    with pytest.raises(Refused):
        await held.opening(server.connect, Refused)


async def test_other_errors_are_nobodys_password() -> None:
    held = await password(Store("a", "b"))

    async def down(_word: str) -> str:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        await held.opening(down, Refused)
