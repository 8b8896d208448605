"""The password that PostgreSQL is asked with is read anew when it is refused: a rotation has replaced it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dot_copilot.stack import environment, probes
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.errors import ProbeError, StalePasswordError
from dot_copilot.stack.home import Home
from dot_copilot.stack.model import PostgresProbe, Probe, State
from tests.support.servers import Servers
from tests.unit.stack.fakes import QUICK, server
from tests.unit.stack.test_vault import as_supervisor, openbao

pytestmark = pytest.mark.asyncio
NAME = "database_app_password"


async def write(home: Home, port: int, name: str, value: str) -> None:
    answer = await as_supervisor(home, port, "POST", f"kv/data/dot-copilot/{name}", {"data": {"value": value}})
    assert answer.status == 200


async def test_the_present_and_the_coming_password_are_tried_turn_and_turn_about(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    async with openbao(home) as (vault, port):
        await write(home, port, NAME, "present")
        await vault.reread()
        assert vault.secret(NAME) == "present"
        await write(home, port, f"{NAME}_next", "coming")
        found = []
        for _ in range(3):
            await vault.reread()
            found.append(vault.secret(NAME))
        assert found == ["coming", "present", "coming"]
        await write(home, port, NAME, "coming")
        await vault.reread()
        assert vault.secret(NAME) == "coming", "the rotation has come to its end"


async def test_a_store_that_is_gone_is_a_probe_that_failed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    async with openbao(home) as (vault, _):
        pass
    with pytest.raises(ProbeError, match="can't be read anew"):
        await vault.reread()


def postgres(servers: Servers, *, merely_alive: bool = False) -> PostgresProbe:
    return PostgresProbe(servers.settings.database_port, "dot_app", "dot_copilot", NAME, merely_alive=merely_alive)


def always(password: str) -> Callable[[str], str]:
    return lambda _name: password


async def test_a_server_with_another_password_is_alive_and_must_not_be_restarted(servers: Servers) -> None:
    await probes.check((postgres(servers, merely_alive=True),), always("of yesterday"), 5)
    with pytest.raises(StalePasswordError):
        await probes.check((postgres(servers),), always("of yesterday"), 5)


async def test_a_part_whose_password_was_replaced_becomes_ready_with_the_new_one(servers: Servers, tmp_path: Path) -> None:
    known = {NAME: "of yesterday"}

    async def reread() -> None:
        known[NAME] = servers.secrets[NAME]

    surroundings = Surroundings(
        directory=tmp_path,
        logs=tmp_path,
        secret=known.__getitem__,
        base_environment=environment.base(),
        timing=QUICK,
        renew=reread,
    )
    asked: tuple[Probe, ...] = (postgres(servers),)
    supervisor = Supervisor([replace(server("one"), ready=asked)], surroundings, lambda _: None)
    try:
        await asyncio.wait_for(supervisor.start(), 20)
        assert supervisor.runners["one"].state is State.READY
        known[NAME] = "of yesterday"
        await asyncio.sleep(5 * QUICK.watch_s)
        assert supervisor.runners["one"].state is State.READY
        assert known[NAME] == servers.secrets[NAME]
    finally:
        await supervisor.stop()
