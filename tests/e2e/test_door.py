"""The door of a running stack, plain and with TLS: nobody reads metrics through it, and everything works over HTTPS."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.journeys import sign_in
from tests.support import http2, plain_http
from tests.support.consent import Person
from tests.support.mcp_clients import Memory, connected, sdk_auth
from tests.support.stack import Stack, run, running_stack
from tests.support.ways_in import MARKS, PATHS, requests

pytestmark = [pytest.mark.e2e]


@pytest.fixture(scope="module")
def secure_stack() -> Iterator[Stack]:
    """`dot-copilot up --detach --tls` with demo data."""
    with running_stack("--tls") as running:
        yield running


# Metrics


def metrics_ports(stack: Stack) -> dict[str, int]:
    """Where metrics are told on this machine."""
    ports: dict[str, int] = json.loads((stack.home / "ports.json").read_text())
    return {name: port for name, port in ports.items() if name.endswith("-metrics") or name == "supervisor"}


def tells(port: int) -> bool:
    """Whether metrics are told where they should be."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    except httpx.ConnectError:
        return False
    return any(mark in answer.content for mark in MARKS)


@pytest.mark.parametrize("kind", ["plain", "tls"])
def test_metrics_are_never_told_through_the_door(kind: str, request: pytest.FixtureRequest) -> None:
    stack: Stack = request.getfixturevalue("stack" if kind == "plain" else "secure_stack")
    telling = {name for name, port in metrics_ports(stack).items() if tells(port)}
    assert {"nginx-metrics", "api-1-metrics", "worker-metrics", "supervisor"} <= telling, "or this test would prove nothing"
    ways = requests(metrics_ports(stack).values())
    told = [sent for sent in ways if any(mark in plain_http.send(stack.port, sent, stack.trust) for mark in MARKS)]
    assert told == []


def test_nor_over_http_2(secure_stack: Stack) -> None:
    trust = secure_stack.trust
    assert isinstance(trust, ssl.SSLContext)
    trust.set_alpn_protocols(["h2"])
    ports = list(metrics_ports(secure_stack).values())
    names = ["localhost", "127.0.0.1", "nginx", *(f"127.0.0.1:{port}" for port in ports)]
    asked = [(path, "localhost") for path in PATHS] + [("/metrics", name) for name in names]
    asked += [(f"http://127.0.0.1:{port}/metrics", "localhost") for port in ports]
    for path, authority in asked:
        headers = [(":method", "GET"), (":scheme", "https"), (":authority", authority), (":path", path)]
        status, body = http2.ask(secure_stack.port, trust, headers)
        assert not [mark for mark in MARKS if mark in body], (path, authority, status)
    control = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/healthz")]
    assert http2.ask(secure_stack.port, trust, control)[0] == 200


# HTTPS


def test_signing_in_works_and_the_cookie_stays_on_tls(secure_stack: Stack) -> None:
    account = secure_stack.account("safety_manager")
    login = {"email": account["email"], "password": account["password"]}
    origin = {"Origin": secure_stack.url}
    with httpx.Client(
        base_url=secure_stack.url, verify=secure_stack.trust, trust_env=False, headers=origin, timeout=30
    ) as client:
        answer = client.post("/api/v1/auth/login", json=login)
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].lower()
        assert {"secure", "httponly", "samesite=strict", "path=/api/v1/auth"} <= {one.strip() for one in cookie.split(";")}
        assert client.post("/api/v1/auth/refresh").status_code == 200, "the cookie comes back"
        assert answer.headers["strict-transport-security"] == "max-age=600"


def test_who_comes_plainly_is_sent_to_tls(secure_stack: Stack) -> None:
    answer = httpx.get(f"http://localhost:{secure_stack.port}/drivers?state=cannot_drive", trust_env=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{secure_stack.url}/drivers?state=cannot_drive"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_browser_signs_in_and_works(secure_stack: Stack, browser: Browser) -> None:
    """Begun at the plain address. The browser has not been told to trust the authority, which the other clients here are."""
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"http://localhost:{secure_stack.port}/")
    assert page.url.startswith(secure_stack.url)
    await sign_in(page, secure_stack)
    await page.reload()
    await expect(page.get_by_role("main")).to_be_visible()
    assert [cookie["secure"] for cookie in await context.cookies()] == [True]
    assert errors == []
    await context.close()


@pytest.mark.asyncio(loop_scope="session")
async def test_an_assistant_connects_and_works(secure_stack: Stack) -> None:
    """The SDK's client: metadata, registration, consent, tokens and calls, all of it over TLS it has checked."""
    person = Person.of(secure_stack.url, secure_stack.account("safety_manager"), secure_stack.trust)
    async with connected(sdk_auth(secure_stack, person, Memory()), secure_stack) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert "search_drivers" in tools
        found = await client.call_tool("search_drivers", {})
        assert not found.is_error


def test_its_addresses_follow(secure_stack: Stack) -> None:
    with httpx.Client(base_url=secure_stack.url, verify=secure_stack.trust, trust_env=False) as client:
        resource = client.get("/.well-known/oauth-protected-resource/mcp").json()
        server = client.get("/.well-known/oauth-authorization-server").json()
        assert resource["resource"] == f"{secure_stack.url}/mcp"
        assert resource["authorization_servers"] == [server["issuer"]] == [secure_stack.url]
        addresses = [value for value in server.values() if isinstance(value, str) and "://" in value]
        assert all(address.startswith(secure_stack.url) for address in addresses), addresses
        refused = client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        assert refused.status_code == 401
        assert f'resource_metadata="{secure_stack.url}/' in refused.headers["www-authenticate"]


def test_the_supervisor_tells_when_the_certificates_run_out(secure_stack: Stack) -> None:
    port = metrics_ports(secure_stack)["supervisor"]
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'dot_certificate_expires_timestamp_seconds{certificate="server"}' in text
    assert 'dot_certificate_expires_timestamp_seconds{certificate="authority"}' in text


def test_the_next_start_shows_the_same_authority(secure_stack: Stack) -> None:
    """Last, for it stops the stack: who has trusted the authority need not do it again."""
    files = {path.name: path.read_bytes() for path in (secure_stack.home / "tls").iterdir()}
    run("down", home=secure_stack.home)
    data_only = [word for part in ("api", "gateway", "worker", "migrate", "monitoring") for word in ("--without", part)]
    run("up", "--detach", "--tls", "--port", str(secure_stack.port), *data_only, home=secure_stack.home)
    assert {path.name: path.read_bytes() for path in (secure_stack.home / "tls").iterdir()} == files
    page = httpx.get(secure_stack.url, verify=secure_stack.trust, trust_env=False)
    assert page.status_code == 200
