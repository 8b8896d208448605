"""Attaching a GitHub token: asked of GitHub, kept in the secret store, and shown to nobody again."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import procrastinate
import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.core.ports import SecretsUnavailable, github_secret
from dot_copilot.core.signals import CREDENTIALS
from dot_copilot.features.assistants import tasks
from dot_copilot.features.assistants.repository import github_tokens
from dot_copilot.features.assistants.service import github
from tests.api.assistants.flow import problem_of
from tests.api.assistants.test_clients import Site, site
from tests.api.assistants.test_connections import listening
from tests.api.identity.people import actions, other_api, owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOKEN = "github_pat_11ABCDE0123456789"
PATH = "/assistants/github-token"


@contextlib.asynccontextmanager
async def manager_and_github(world: World, servers: Servers) -> AsyncIterator[tuple[httpx.AsyncClient, Site, Any]]:
    """A signed-in person of an application that takes a site of ours for GitHub, that site, and the application's platform."""
    known = await world.as_role(Role.SAFETY_MANAGER)
    async with site() as place, other_api(servers, github_api=f"http://127.0.0.1:{place.port}/") as app:
        place.say(json.dumps({"login": "octocat", "id": 1}).encode())
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": known.headers["Authorization"]}
        async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers, timeout=30) as client:
            yield client, place, app.state.platform


async def test_a_token_is_attached_replaced_and_detached(world: World, servers: Servers) -> None:
    async with manager_and_github(world, servers) as (manager, place, platform), listening(servers, CREDENTIALS) as ear:
        user_id = world.users[Role.SAFETY_MANAGER]
        assert (await manager.get(PATH)).json() == {"attached": False, "login": None, "attached_at": None, "checked": False}
        answer = await manager.put(PATH, json={"token": f" {TOKEN} "})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["login"], answer.json()["checked"]) == ("octocat", True)
        assert TOKEN not in answer.text
        assert (await manager.get(PATH)).json() == answer.json()
        assert await ear.hears() == str(user_id)
        assert f"Authorization: Bearer {TOKEN}".encode() in place.asked[0]
        assert place.asked[0].startswith(b"GET /user HTTP/1.1")
        assert await platform.secrets.get(github_secret(user_id)) == TOKEN
        assert await world.worker.secrets.get(github_secret(user_id)) == TOKEN, "every process sees it"
        place.say(json.dumps({"login": "hubot"}).encode())
        assert (await manager.put(PATH, json={"token": TOKEN + "x"})).json()["login"] == "hubot"
        assert await platform.secrets.get(github_secret(user_id)) == TOKEN + "x"
        assert await ear.hears() == str(user_id)
        for _ in range(2):
            assert (await manager.delete(PATH)).status_code == 204
        assert await ear.hears() == str(user_id)
        assert (await manager.get(PATH)).json()["attached"] is False
        with pytest.raises(KeyError):
            await platform.secrets.get(github_secret(user_id))
    entries = await actions(world, action="assistant.*")
    names = ["assistant.github_detached", "assistant.github_attached", "assistant.github_attached"]
    assert [entry["action"] for entry in entries] == names
    assert TOKEN not in json.dumps(entries)


async def test_a_token_that_github_refuses_is_not_stored_and_the_old_one_stays(world: World, servers: Servers) -> None:
    async with manager_and_github(world, servers) as (manager, place, platform):
        await manager.put(PATH, json={"token": TOKEN})
        place.say(b'{"message":"Bad credentials"}', "401 Unauthorized")
        answer = await manager.put(PATH, json={"token": "ghp_wrong"})
        assert problem_of(answer) == (422, "github-token-refused")
        assert "Make a new one on GitHub" in answer.json()["detail"]
        assert "ghp_wrong" not in answer.text
        assert (await manager.get(PATH)).json()["login"] == "octocat"
        assert await platform.secrets.get(github_secret(world.users[Role.SAFETY_MANAGER])) == TOKEN


async def test_a_token_is_stored_unchecked_when_github_does_not_tell(world: World, servers: Servers) -> None:
    async with manager_and_github(world, servers) as (manager, place, _):
        for body, status in (
            (b"busy", "503 Service Unavailable"),
            (b"{}", "200 OK"),
            (b"<html>", "200 OK"),
            (b"", "403 Forbidden"),
        ):
            place.say(body, status)
            answer = await manager.put(PATH, json={"token": TOKEN})
            assert (answer.json()["attached"], answer.json()["checked"], answer.json()["login"]) == (True, False, None)
    unreachable = await world.as_role(Role.SAFETY_MANAGER)
    async with other_api(servers, github_api="http://127.0.0.1:1") as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=unreachable.headers) as client:
            assert (await client.put(PATH, json={"token": TOKEN})).json()["checked"] is False


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\r\nX-Evil: 1", "tökén", "x" * 600, None, 7])
async def test_what_is_no_token_is_refused_before_anybody_is_asked(world: World, token: Any) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.put(PATH, json={"token": token})
    assert problem_of(answer) == (422, "invalid")


async def test_a_secret_that_a_dead_process_left_is_swept(
    world: World, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with manager_and_github(world, servers) as (manager, _, platform):
        user_id = world.users[Role.SAFETY_MANAGER]
        name = github_secret(user_id)

        async def dies(*_: object, **__: object) -> None:
            raise RuntimeError("killed between the secret and the record of it")

        with monkeypatch.context() as broken:
            broken.setattr(github_tokens, "finish", dies)
            assert (await manager.put(PATH, json={"token": TOKEN})).status_code == 500
        assert await platform.secrets.get(name) == TOKEN
        assert (await manager.get(PATH)).json()["attached"] is False
        assert await github.sweep(world.worker) == 0, "it may still be on its way"
        monkeypatch.setattr(github, "ABANDONED", timedelta(0))
        await asyncio.sleep(0.01)
        core_tasks.bind(world.worker)
        await tasks.sweep_github_tokens(0)
        with pytest.raises(KeyError):
            await platform.secrets.get(name)
        async with owner(servers) as connection:
            assert await connection.fetchval("select count(*) from github_tokens where user_id = $1", user_id) == 0
        assert (await manager.put(PATH, json={"token": TOKEN})).status_code == 200


async def test_a_silent_secret_store_is_told_of(world: World, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    async with manager_and_github(world, servers) as (manager, _, platform):

        async def silent(*_: object) -> None:
            raise SecretsUnavailable("nobody there")

        with monkeypatch.context() as broken:
            broken.setattr(platform.secrets, "put", silent)
            answer = await manager.put(PATH, json={"token": TOKEN})
            assert problem_of(answer) == (503, "unavailable")
            assert (await manager.get(PATH)).json()["attached"] is False
        assert (await manager.put(PATH, json={"token": TOKEN})).status_code == 200


async def test_two_at_once_leave_the_one_that_is_shown(world: World, servers: Servers) -> None:
    async with manager_and_github(world, servers) as (manager, _, platform):
        answers = await asyncio.gather(*(manager.put(PATH, json={"token": f"{TOKEN}{n}"}) for n in range(5)))
        assert {answer.status_code for answer in answers} == {200}
        stored = await platform.secrets.get(github_secret(world.users[Role.SAFETY_MANAGER]))
        assert stored in {f"{TOKEN}{n}" for n in range(5)}
        assert (await manager.get(PATH)).json()["attached"] is True


async def test_the_worker_sweeps_by_itself(worker_app: procrastinate.App) -> None:
    periodic = worker_app.periodic_registry.periodic_tasks
    assert {("assistants:sweep_oauth", ""), ("assistants:sweep_github_tokens", "")} <= set(periodic)
