"""How clients make themselves known: registration, and documents about themselves."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.features.assistants import tasks
from tests.api.assistants.flow import CALLBACK, ROOT, Assistant, assistant, error_of
from tests.api.identity.people import device, other_api, owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Site:
    """A web server of a client's maker, on this machine. `answer` is what it says to every request."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    answer: bytes = b""
    wait: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/client.json"

    def say(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        self.answer = "\r\n".join([*head, "", ""]).encode() + body

    def publish(self, *headers: str, **members: Any) -> None:
        document = {"client_id": self.url, "client_name": "Inspector", "redirect_uris": [CALLBACK], **members}
        self.say(json.dumps(document).encode(), "200 OK", *headers)


@contextlib.asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """Runs one."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            made.asked.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(made.wait)
            writer.write(made.answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    made = Site(server.sockets[0].getsockname()[1])
    made.publish()
    async with server:
        yield made


async def register(world: World, **metadata: Any) -> httpx.Response:
    """One registration."""
    return await device(world).post(f"{ROOT}/oauth/register", json={"redirect_uris": [CALLBACK], **metadata})


async def test_registration_answers_what_was_registered(world: World) -> None:
    answer = await register(
        world, client_name="  Clau\u202ede\n  Desktop ", client_uri="https://claude.example", grant_types=["authorization_code"],
        token_endpoint_auth_method="none", logo_uri="https://claude.example/logo.png", unknown={"a": 1},
    )  # fmt: skip
    assert answer.status_code == 201
    body = answer.json()
    assert body["client_name"] == "Clau de Desktop", "what steers the display is gone"
    assert (body["grant_types"], body["client_uri"]) == (["authorization_code"], "https://claude.example")
    assert "client_secret" not in body
    assert "logo_uri" not in body
    confidential = (await register(world)).json()
    assert confidential["token_endpoint_auth_method"] == "client_secret_basic", "the default of RFC 7591"
    assert len(confidential["client_secret"]) >= 40
    assert confidential["client_secret_expires_at"] == 0
    assert confidential["client_name"] == "A client at this computer"


@pytest.mark.parametrize(
    "uri",
    [
        "https://claude.ai/api/mcp/auth_callback", "http://localhost/cb", "http://127.0.0.1:8000/", "http://[::1]:9/cb?a=b",
        "cursor://anysphere.cursor-retrieval/oauth/callback", "com.example.app:/oauth2redirect", "vscode://vscode.github-authentication/did-authenticate",
    ],
)  # fmt: skip
async def test_redirects_that_clients_really_have(world: World, uri: str) -> None:
    assert (await register(world, redirect_uris=[uri])).status_code == 201


@pytest.mark.parametrize(
    "uris",
    [
        [], None, "https://a.example/cb", [1], ["/relative"], ["https://a.example/cb#x"], ["http://a.example/cb"], ["https:///cb"],
        ["javascript:alert(1)"], ["data:text/html,x"], ["https://u:p@a.example/cb"], ["https://a.example/c b"], ["https://a.example\\@b/"],
        ["https://a.example/" + "x" * 3000], ["https://a.example:99999/"], ["http://localhost@evil.example/"], ["myapp:"],
        ["https://a.example/cb?code=1"], [f"https://a.example/{n}" for n in range(30)], ["https://ok.example/cb", "file:///etc/passwd"],
    ],
)  # fmt: skip
async def test_redirects_that_nobody_may_have(world: World, uris: Any) -> None:
    assert error_of(await register(world, redirect_uris=uris)) == (400, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint_auth_method": "private_key_jwt"}, {"token_endpoint_auth_method": ["none"]},
        {"grant_types": ["implicit"]}, {"grant_types": "authorization_code"}, {"response_types": ["token"]},
        {"client_name": 5}, {"client_uri": "javascript:alert(1)"}, {"client_uri": "http://claude.example"},
    ],
)  # fmt: skip
async def test_metadata_that_cant_be(world: World, wrong: dict[str, Any]) -> None:
    assert error_of(await register(world, **wrong)) == (400, "invalid_client_metadata")


async def test_bodies_that_are_no_registration(world: World) -> None:
    client, url = device(world), f"{ROOT}/oauth/register"
    kind = {"Content-Type": "application/json"}
    for body in (b"", b"[]", b"null", b"{", b"\xff", b"[" * 20_000):
        assert error_of(await client.post(url, content=body, headers=kind)) == (400, "invalid_client_metadata")
    assert error_of(await client.post(url, content=b" " * 40_000, headers=kind)) == (413, "invalid_request")
    assert error_of(await client.post(url, data={"a": "b"})) == (400, "invalid_request")


async def test_registrations_are_limited_by_address(world: World, servers: Servers) -> None:
    async with other_api(servers, oauth_registrations_per_minute=3, oauth_requests_per_minute=3) as app:
        client = device(world, app)
        made = Assistant(client)
        for _ in range(3):
            await made.register()
        answer = await client.post(f"{ROOT}/oauth/register", json={"redirect_uris": [CALLBACK]})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
        for _ in range(3):
            assert (await made.redeem("x")).status_code == 400
        assert (await made.redeem("x")).status_code == 429
        assert (await device(world, app).post(f"{ROOT}/oauth/register", json={"redirect_uris": [CALLBACK]})).status_code == 201


async def test_a_document_is_a_client(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    async with site() as maker:
        client = Assistant(device(world), client_id=maker.url)
        maker.publish("Cache-Control: max-age=600", grant_types=["authorization_code", "refresh_token"])
        request = await client.ask()
        shown = (await manager.get(f"/assistants/requests/{request}")).json()["client"]
        assert (shown["id"], shown["name"], shown["verified"]) == (maker.url, "Inspector", False)
        tokens = await client.connect(manager)
        assert tokens["refresh_token"]
        assert len(maker.asked) == 1, "what was read is kept"
        assert b"Host: 127.0.0.1:" in maker.asked[0]


async def test_a_document_is_read_again_when_it_has_aged(world: World, servers: Servers) -> None:
    async with site() as maker:
        client = Assistant(device(world), client_id=maker.url)
        await client.ask()
        maker.publish(redirect_uris=["https://moved.example/cb"])
        await client.ask()
        async with owner(servers) as connection:
            await connection.execute("update oauth_clients set fresh_until = now() where id = $1", maker.url)
        assert error_of(await client.authorize()) == (400, "invalid_request"), "the old address is not registered any more"
        await client.ask(redirect_uri="https://moved.example/cb")
        assert len(maker.asked) == 2


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"client_id": "https://another.example/client.json"}, "names another client_id"),
        ({"client_secret": "x"}, "public one"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "public one"),
        ({"redirect_uris": ["http://evil.example/cb"]}, "redirect URI"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"client_name": "x" * 20_000}, "more than 10,240 bytes"),
    ],
)
async def test_documents_that_are_refused(world: World, members: dict[str, Any], why: str) -> None:
    async with site() as maker:
        maker.publish(**members)
        answer = await Assistant(device(world), client_id=maker.url).authorize()
        assert answer.status_code == 400
        assert why in answer.json()["error_description"]


async def test_sites_that_misbehave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with site() as maker:
        client = Assistant(device(world), client_id=maker.url)
        maker.say(b"", "302 Found", "Location: http://127.0.0.1:1/other")
        assert "redirects are not followed" in (await client.authorize()).json()["error_description"]
        maker.say(b"not json")
        assert "not a JSON object" in (await client.authorize()).json()["error_description"]
        maker.say(b"no", "404 Not Found")
        assert "answered 404" in (await client.authorize()).json()["error_description"]
        maker.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"
        assert "can't be reached" in (await client.authorize()).json()["error_description"]
        monkeypatch.setattr("dot_copilot.adapters.outside.http._SECONDS", 0.3)
        maker.publish()
        maker.wait = 2
        answer = await client.authorize()
        assert error_of(answer) == (400, "invalid_client")
    assert "can't be reached" in (await client.authorize()).json()["error_description"], "gone"


@pytest.mark.parametrize(
    "client_id",
    [
        "https://127.0.0.1/client.json", "https://localhost/client.json", "https://10.0.0.1/client.json", "https://[::1]/c.json",
        "https://169.254.169.254/latest/meta-data", "https://192.168.1.1/c.json", "https://[fd00::1]/c.json", "https://[::ffff:10.0.0.1]/c",
        "https://0.0.0.0/c.json", "https://[64:ff9b::a00:1]/c.json", "https://[2002:7f00:1::]/c.json", "https://100.64.0.1/c",
    ],
)  # fmt: skip
async def test_nobody_makes_us_ask_inside_a_network(world: World, servers: Servers, client_id: str) -> None:
    async with other_api(servers, public_url="https://fleet.example") as app:
        answer = await Assistant(device(world, app), client_id=client_id).authorize()
        assert error_of(answer) == (400, "invalid_client")
        assert "inside a private network" in answer.json()["error_description"]


@pytest.mark.parametrize(
    "client_id",
    ["https://claude.example", "https://claude.example/", "https://claude.example/a/../b", "https://claude.example/c#d",
     "https://u@claude.example/c", "http://claude.example/c"],
)  # fmt: skip
async def test_addresses_that_are_no_client_id(world: World, client_id: str) -> None:
    assert error_of(await Assistant(device(world), client_id=client_id).authorize()) == (400, "invalid_client")


async def test_away_from_this_machine_plain_http_is_refused(world: World, servers: Servers) -> None:
    async with other_api(servers, public_url="https://fleet.example") as app, site() as maker:
        assert error_of(await Assistant(device(world, app), client_id=maker.url).authorize()) == (400, "invalid_client")
        assert maker.asked == []


async def test_clients_that_nobody_uses_are_swept_and_no_others(world: World, servers: Servers) -> None:
    fresh, idle, used = await assistant(world), await assistant(world), await assistant(world)
    await used.connect(await world.as_role(Role.SAFETY_MANAGER))
    async with owner(servers) as connection:
        await connection.execute(
            "update oauth_clients set created_at = now() - interval '8 days' where id = any($1)", [idle.client_id, used.client_id]
        )
        await connection.execute("update oauth_clients set used_at = now() - interval '200 days' where id = $1", used.client_id)
        core_tasks.bind(world.worker)
        await tasks.sweep_oauth(0)
        ids = [fresh.client_id, idle.client_id, used.client_id]
        rows = await connection.fetch("select id from oauth_clients where id = any($1)", ids)
    assert {row["id"] for row in rows} == {fresh.client_id, used.client_id}
