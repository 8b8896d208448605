"""An upstream that wants a token: connected once by a person, then refreshed, stepped up, and never shown another's token."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import orjson
import pytest
import pytest_asyncio
from valkey.asyncio import Valkey

from dot_copilot.adapters.secrets.file import FileSecretStore
from dot_copilot.core.settings import Settings
from dot_copilot.mcp.gateway.config import ConfigError, OAuthConfig, UpstreamConfig
from dot_copilot.mcp.gateway.oauth_client import __main__ as command
from dot_copilot.mcp.gateway.oauth_client.authorizer import _allowed
from dot_copilot.mcp.gateway.oauth_client.build import Person, authorizer
from dot_copilot.mcp.gateway.oauth_client.lock import turn
from dot_copilot.mcp.gateway.oauth_client.upstream import OAuthHttpUpstream
from dot_copilot.mcp.gateway.upstreams.base import Exchange, UpstreamError
from dot_copilot.mcp.gateway.upstreams.make import make
from tests.mcp.oauth_client.grantor import Grantor, config_of, consenting, running_grantor
from tests.support.servers import Servers, free_port

pytestmark = pytest.mark.timeout(60)
GRANT = "upstreams/elsewhere/grant"


@pytest_asyncio.fixture(loop_scope="session")
async def grantor() -> AsyncIterator[Grantor]:
    async with running_grantor() as running:
        yield running


@pytest.fixture
def secrets(tmp_path: Path) -> FileSecretStore:
    path = tmp_path / "secrets.json"
    path.touch(0o600)
    path.write_text("{}")
    return FileSecretStore(path)


@contextlib.asynccontextmanager
async def upstream(
    grantor: Grantor, secrets: FileSecretStore, person: Person | None = None, **members: object
) -> AsyncIterator[OAuthHttpUpstream]:
    config = config_of(grantor, **members)
    made = OAuthHttpUpstream(config, await authorizer(config, secrets, person=person))
    await made.start(lambda _: None)
    try:
        yield made
    finally:
        await made.stop()


async def call(made: OAuthHttpUpstream, tool: str) -> str:
    reply = await made.exchange(Exchange("tools/call", {"name": tool, "arguments": {}}))
    assert reply.result is not None, reply.error
    text: str = reply.result["content"][0]["text"]
    return text


async def connected(grantor: Grantor, secrets: FileSecretStore) -> None:
    async with upstream(grantor, secrets, consenting()) as made:
        await made.fetch()


@pytest.mark.asyncio
async def test_a_person_connects_it_once_and_a_new_process_needs_nobody(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    async with upstream(grantor, secrets) as made:
        assert [tool["name"] for tool in (await made.fetch()).tools] == ["read", "write"]
        assert await call(made, "read") == "done"
    assert grantor.grants == ["authorization_code"]
    assert grantor.asked[0]["resource"] == f"{grantor.base}/mcp"
    assert len(grantor.asked[0]["code_verifier"]) >= 43


@pytest.mark.asyncio
async def test_before_anybody_has_connected_it_the_error_says_how(grantor: Grantor, secrets: FileSecretStore) -> None:
    async with upstream(grantor, secrets) as made:
        with pytest.raises(UpstreamError, match=r"elsewhere is not connected: .*oauth_client elsewhere") as caught:
            await made.fetch()
        assert caught.value.reason == "refused"
        assert made.state == "down"


@pytest.mark.asyncio
async def test_a_token_about_to_expire_is_refreshed_where_it_came_from(grantor: Grantor, secrets: FileSecretStore) -> None:
    grantor.lifetime = 1
    await connected(grantor, secrets)
    await asyncio.sleep(1)
    grantor.asked.clear()
    grantor.lifetime = 3600
    async with upstream(grantor, secrets) as made:
        assert await call(made, "read") == "done"
        assert await call(made, "read") == "done"
    # The token endpoint is where the metadata said, which a new process has to remember.
    assert grantor.grants == ["refresh_token"]


@pytest.mark.asyncio
async def test_a_token_refused_early_is_refreshed_and_the_call_sent_again(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    async with upstream(grantor, secrets) as made:
        assert await call(made, "read") == "done"
        grantor.revoke_access()
        before = len(grantor.seen)
        assert await call(made, "read") == "done"
        assert len(grantor.seen) == before + 2
    assert grantor.grants == ["authorization_code", "refresh_token"]


@pytest.mark.asyncio
async def test_many_calls_that_find_out_at_once_refresh_once(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    async with upstream(grantor, secrets) as made:
        await made.fetch()
        grantor.revoke_access()
        assert await asyncio.gather(*(call(made, "read") for _ in range(10))) == ["done"] * 10
    assert grantor.grants == ["authorization_code", "refresh_token"]


@pytest.mark.asyncio
async def test_two_processes_do_not_use_one_refresh_token_twice(
    grantor: Grantor, secrets: FileSecretStore, servers: Servers
) -> None:
    await connected(grantor, secrets)
    settings, password = servers.settings, servers.secrets["valkey_password"]
    clients = [Valkey(host=settings.valkey_host, port=settings.valkey_port, password=password) for _ in range(2)]
    config = config_of(grantor)
    locks = [functools.partial(turn, client, "oauth:test") for client in clients]
    made = [OAuthHttpUpstream(config, await authorizer(config, secrets, lock=lock)) for lock in locks]
    for one in made:
        assert await call(one, "read") == "done"
    grantor.revoke_access()
    assert await asyncio.gather(*(call(one, "read") for one in made for _ in range(3))) == ["done"] * 6
    assert grantor.grants == ["authorization_code", "refresh_token"]
    for one in made:
        await one.stop()
    for client in clients:
        await client.aclose()


@pytest.mark.asyncio
async def test_without_valkey_tokens_are_refreshed_all_the_same(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    grantor.revoke_access()
    client = Valkey(host="127.0.0.1", port=free_port(), socket_connect_timeout=0.2)
    config = config_of(grantor)
    made = OAuthHttpUpstream(config, await authorizer(config, secrets, lock=lambda: turn(client, "oauth:test")))
    assert await call(made, "read") == "done"
    await made.stop()
    await client.aclose()


@pytest.mark.asyncio
async def test_a_grant_that_was_taken_back_has_to_be_given_again(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    grantor.revoke_access()
    grantor.refresh.clear()
    async with upstream(grantor, secrets) as made:
        for _ in range(3):
            with pytest.raises(UpstreamError, match="elsewhere is not connected"):
                await call(made, "read")
        assert grantor.grants == ["authorization_code", "refresh_token"], "what is dead is tried once"
        await connected(grantor, secrets)
        assert await call(made, "read") == "done", "the running process finds the new grant"


@pytest.mark.asyncio
async def test_a_tool_that_needs_more_is_stepped_up_to_and_keeps_what_was_granted(
    grantor: Grantor, secrets: FileSecretStore
) -> None:
    async with upstream(grantor, secrets, consenting()) as made:
        assert await call(made, "read") == "done"
        assert await call(made, "write") == "done"
    assert [set(scopes) for scopes in grantor.tokens.values()] == [{"read"}, {"read", "write"}]


@pytest.mark.asyncio
async def test_without_a_person_a_step_up_says_what_is_missing(grantor: Grantor, secrets: FileSecretStore) -> None:
    await connected(grantor, secrets)
    async with upstream(grantor, secrets) as made:
        with pytest.raises(UpstreamError, match=r"asks for more rights \(write\)"):
            await call(made, "write")
        assert await call(made, "read") == "done"


@pytest.mark.asyncio
async def test_an_answer_of_another_issuer_is_refused(grantor: Grantor, secrets: FileSecretStore) -> None:
    grantor.iss = "https://attacker.example"
    with pytest.raises(UpstreamError, match="could not be authorized"):
        await connected(grantor, secrets)
    assert grantor.grants == []


@pytest.mark.asyncio
async def test_a_registration_made_by_hand_is_used(grantor: Grantor, secrets: FileSecretStore) -> None:
    async with upstream(grantor, secrets, consenting(), oauth=OAuthConfig(client_id="by-hand")) as made:
        assert await call(made, "read") == "done"
    assert grantor.asked[0]["client_id"] == "by-hand"


@pytest.mark.asyncio
async def test_a_damaged_grant_counts_as_none(grantor: Grantor, secrets: FileSecretStore) -> None:
    for damaged in ("", "not JSON", "[]", '{"tokens": 7}'):
        await secrets.put(GRANT, damaged)
        async with upstream(grantor, secrets) as made:
            with pytest.raises(UpstreamError, match="is not connected"):
                await call(made, "read")


@pytest.mark.asyncio
async def test_the_command_connects_an_upstream(grantor: Grantor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "secrets.json"
    path.touch(0o600)
    path.write_text("{}")
    settings = Settings(secrets_backend="file", secrets_file=path)
    config = config_of(grantor, oauth=OAuthConfig(redirect_uri=f"http://127.0.0.1:{free_port()}/callback"))
    connecting = asyncio.create_task(command.connect(config, settings))
    async with httpx2.AsyncClient(follow_redirects=True) as browser:
        shown = ""
        while grantor.base + "/authorize" not in shown and not connecting.done():
            await asyncio.sleep(0.02)
            shown += capsys.readouterr().out
        address = next(line for line in shown.splitlines() if line.startswith("http"))
        assert (await browser.get(str(httpx2.URL(address)))).text.startswith("The gateway has the answer")
    assert await connecting == "elsewhere is connected and offers 2 tools."
    kept = orjson.loads(json.loads(path.read_text())[GRANT])
    assert kept["tokens"]["access_token"] in grantor.tokens


@pytest.mark.asyncio
async def test_only_an_upstream_that_wants_it_is_connected() -> None:
    config = UpstreamConfig(name="plain", transport="http", url="http://127.0.0.1:1/mcp")
    with pytest.raises(ConfigError, match="has credential 'none'"):
        await command.connect(config, Settings())
    with pytest.raises(ConfigError, match="cannot be authorized here"):
        make(UpstreamConfig(name="elsewhere", transport="http", url="http://127.0.0.1:1/mcp", credential="oauth"))


@pytest.mark.parametrize(
    ("url", "upstream_url", "allowed"),
    [
        ("https://login.example.com/token", "https://mcp.example.com/mcp", True),
        ("http://login.example.com/token", "https://mcp.example.com/mcp", False),
        ("https://127.0.0.1:8200/token", "https://mcp.example.com/mcp", False),
        ("https://localhost/token", "https://mcp.example.com/mcp", False),
        ("https://169.254.169.254/latest", "https://mcp.example.com/mcp", False),
        ("https://[::1]/token", "https://mcp.example.com/mcp", False),
        ("http://127.0.0.1:9000/token", "http://127.0.0.1:9000/mcp", True),
    ],
)
def test_an_upstream_cannot_send_the_gateway_to_places_of_its_own(url: str, upstream_url: str, allowed: bool) -> None:
    assert _allowed(httpx2.URL(url), upstream_url) is allowed
