"""What the application may do in a real OpenBao, in a new home and in one of an earlier release."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dot_copilot.adapters.secrets.openbao import OpenBaoSecretStore
from dot_copilot.core.ports import SecretsUnavailable
from dot_copilot.stack import binaries, secrets, state, wire
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.openbao import OpenBaoHooks
from dot_copilot.stack.vault import Vault
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio
EARLIER = 'path "kv/data/dot-copilot/*" { capabilities = ["read"] }'


@contextlib.asynccontextmanager
async def openbao(home: Home) -> AsyncIterator[tuple[Vault, int]]:
    """A server with the contents of the home, opened as the stack opens it."""
    port = free_port()
    vault = Vault(home, port)
    hooks = OpenBaoHooks(home, vault, port, free_port())
    await hooks.prepare()
    server = await asyncio.create_subprocess_exec(
        str(binaries.openbao()), "server", f"-config={home.run / 'openbao.hcl'}", stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            await hooks.settle()
        yield vault, port
    finally:
        server.terminate()
        await server.wait()


def store_of(home: Home, port: int) -> OpenBaoSecretStore:
    """As an application process has it."""
    return OpenBaoSecretStore(f"http://127.0.0.1:{port}", (home.secrets / "app-role-id").read_text(), home.secret_id_file)


async def as_supervisor(home: Home, port: int, method: str, path: str, body: object = None) -> wire.Answer:
    """One request with the supervisor's own credentials."""
    credentials = json.loads((home.secrets / "supervisor.json").read_text())
    token = (await wire.request(port, "POST", "/v1/auth/approle/login", body=credentials)).json()["auth"]["client_token"]
    return await wire.request(port, method, f"/v1/{path}", body=body, headers={"X-Vault-Token": token})


async def test_the_application_keeps_peoples_secrets_and_changes_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    async with openbao(home) as (vault, port):
        store = store_of(home, port)
        await store.put("people/1/github-token", "one")
        await store.put("people/1/github-token", "two")
        assert await store.get("people/1/github-token") == "two"
        await store.delete("people/1/github-token")
        await store.delete("people/1/github-token")
        with pytest.raises(KeyError):
            await store.get("people/1/github-token")
        old = await as_supervisor(home, port, "GET", "kv/data/dot-copilot/people/1/github-token?version=1")
        assert old.status == 404, "no version is left to be undeleted"
        await store.put("upstreams/elsewhere/grant", "a token of the gateway")
        assert await store.get("upstreams/elsewhere/grant") == "a token of the gateway"
        await store.put("carriers/1/telematics/2/1", "a signing secret")
        await store.delete("carriers/1/telematics/2/1")
        with pytest.raises(KeyError):
            await store.get("carriers/1/telematics/2/1")
        for name in ("valkey_password", "anything", "people", "carriers", "upstreams/elsewhere/client-secret", "upstreams/grant"):
            with pytest.raises(SecretsUnavailable):
                await store.put(name, "mine now")
            with pytest.raises(SecretsUnavailable):
                await store.delete(name)
        assert await store.get("valkey_password") == vault.secret("valkey_password")
        await store.close()


async def test_an_operator_keeps_a_secret_and_replaces_none_of_the_stacks(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    async with openbao(home) as (vault, port):
        for value in ("mongodb://one", "mongodb://two"):
            await Vault(home, port).put("mongodb_url", value)
        store = store_of(home, port)
        assert await store.get("mongodb_url") == "mongodb://two"
        for name in ("valkey_password", "../other", "a//b", "/a", "A b"):
            with pytest.raises(StackError):
                await Vault(home, port).put(name, "mine now")
        assert await store.get("valkey_password") == vault.secret("valkey_password")
        await store.close()
    state.save(home, "ready", "", [])
    with pytest.raises(StackError, match="dot-copilot up"):
        secrets.put(home, "mongodb_url", "x")
    with pytest.raises(StackError, match="empty"):
        secrets.put(home, "mongodb_url", "")


async def test_a_home_of_an_earlier_release_gets_the_policy_at_its_next_start(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    async with openbao(home) as (_, port):
        written = await as_supervisor(home, port, "PUT", "sys/policies/acl/dot-app", {"policy": EARLIER})
        assert written.status == 204
        store = store_of(home, port)
        with pytest.raises(SecretsUnavailable):
            await store.put("people/1/github-token", "one")
        await store.close()
    async with openbao(home) as (_, port):
        store = store_of(home, port)
        await store.put("people/1/github-token", "one")
        assert await store.get("people/1/github-token") == "one"
        await store.close()
    gone = store_of(home, port)
    with pytest.raises(SecretsUnavailable):
        await gone.put("people/1/github-token", "two")
    await gone.close()
