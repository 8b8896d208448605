"""What compose would start works: the containers' own commands, secrets and configuration, without an engine."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dot_copilot.containers.place import Place
from dot_copilot.containers.prepare import prepare
from dot_copilot.stack import binaries
from tests.support import plain_http
from tests.support.rehearsal import PORTS, Rehearsal, rehearsed
from tests.support.servers import free_port


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[Rehearsal]:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine, which nginx' container asks itself with")
    # Not pytest's own directory: PostgreSQL's user must reach it.
    directory = Path(tempfile.mkdtemp(prefix="dot-copilot-rehearsal-"))
    directory.chmod(0o755)
    ports = {name: free_port() for name in PORTS}
    place = Place(directory / "compose", f"https://localhost:{ports['nginx']}")
    list(prepare(place))
    try:
        with rehearsed(place, directory, ports) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def client(rehearsal: Rehearsal) -> Iterator[httpx.Client]:
    """Trusts the authority that 'compose prepare' has made."""
    trust = ssl.create_default_context(cafile=str(rehearsal.place.certificates.authority))
    with httpx.Client(base_url=rehearsal.place.url, verify=trust, trust_env=False, timeout=30) as client:
        yield client


def test_every_part_says_that_it_works(rehearsal: Rehearsal, client: httpx.Client) -> None:
    assert {name: rehearsal.healthy(name) for name in rehearsal.running if name != "redis"} == {
        name: True for name in rehearsal.running if name != "redis"
    }
    ready = client.get("/readyz").json()
    assert set(ready["parts"].values()) == {"ok"}, ready


def test_a_health_check_hears_when_nobody_works(rehearsal: Rehearsal) -> None:
    """With an address where nobody listens each says no; one that cannot would say nothing."""
    somewhere = Rehearsal(
        rehearsal.place,
        rehearsal.directory,
        rehearsal.configuration,
        {name: free_port() for name in PORTS},
        rehearsal.metrics,
        free_port(),
    )
    checked = ("vault", "postgres", "azurite", "api", "worker", "mcp-gateway", "nginx")
    assert {name: somewhere.healthy(name) for name in checked} == dict.fromkeys(checked, False)


def test_people_sign_in_and_work(rehearsal: Rehearsal, client: httpx.Client) -> None:
    """A carrier and its first person, made as docs/runbooks/compose.md says, in the worker's container."""
    done = subprocess.run(
        ["python", "-m", "dot_copilot.commands", "seed-demo"],
        env=rehearsal.environment("worker"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    accounts = httpx.Response(200, content=(rehearsal.directory / "homes/worker/demo-accounts.json").read_bytes()).json()
    account = next(one for one in accounts if one["role"] == "safety_manager")
    answer = client.post("/api/v1/auth/login", json={"email": account["email"], "password": account["password"]})
    assert answer.status_code == 200, answer.text
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"] == "max-age=600"
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert client.get("/api/v1/drivers", headers=bearer).json()["items"]


def test_the_gateway_reaches_our_tools_as_a_neighbour(rehearsal: Rehearsal, client: httpx.Client) -> None:
    ready = httpx.get(f"http://127.0.0.1:{rehearsal.ports['mcp-gateway']}/readyz", trust_env=False).json()
    assert "dot-copilot" in str(ready)
    refused = client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert refused.status_code == 401
    assert f'resource_metadata="{rehearsal.place.url}/' in refused.headers["www-authenticate"]


def test_port_80_sends_everybody_to_tls(rehearsal: Rehearsal) -> None:
    for host, place in (("localhost", rehearsal.place.url), ("evil.example", rehearsal.place.url)):
        answer = plain_http.send(rehearsal.plain_port, plain_http.get("/drivers?x=1", host=host)).decode()
        assert answer.startswith("HTTP/1.1 308 ")
        assert f"\r\nLocation: {place}/drivers?x=1\r\n" in answer


def test_prometheus_takes_its_configuration_and_finds_everybody(rehearsal: Rehearsal) -> None:
    try:
        promtool = binaries.monitoring("promtool")
    except binaries.BinaryMissingError as missing:
        pytest.skip(str(missing))
    directory = rehearsal.place.root / "prometheus"
    text = (directory / "prometheus.yml").read_text().replace("/etc/prometheus/rendered", str(directory))
    own = rehearsal.directory / "prometheus.yml"
    own.write_text(text.replace("/etc/prometheus/rules", str(binaries.repository_root() / "deploy/prometheus/rules")))
    done = subprocess.run([promtool, "check", "config", str(own)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("api", "worker", "nginx"):
        assert "# TYPE" in httpx.get(f"http://127.0.0.1:{rehearsal.metrics[name]}/metrics", trust_env=False).text, name


def test_the_secret_store_gives_each_what_is_its_own(rehearsal: Rehearsal) -> None:
    """It has filled itself; the application reads everything and changes what people entrust to it, nothing else."""
    url, secrets = f"http://127.0.0.1:{rehearsal.ports['vault']}/v1", rehearsal.place.secrets
    with httpx.Client(trust_env=False, timeout=10) as vault:
        login = {"role_id": "dot-app", "secret_id": (secrets / "vault_secret_id").read_text()}
        token = vault.post(f"{url}/auth/approle/login", json=login).json()["auth"]["client_token"]
        vault.headers["X-Vault-Token"] = token
        for name in ("database_app_password", "jwt_signing_keys", "mongodb_url", "valkey_password"):
            value = vault.get(f"{url}/kv/data/dot-copilot/{name}").json()["data"]["data"]["value"]
            assert value == (secrets / name).read_text()
        change = {"data": {"value": "mine"}}
        assert vault.post(f"{url}/kv/data/dot-copilot/database_app_password", json=change).status_code == 403
        assert vault.post(f"{url}/kv/data/dot-copilot/people/1/github", json=change).status_code == 200
        assert vault.get(f"{url}/sys/mounts").status_code == 403
        assert vault.post(f"{url}/auth/approle/login", json={**login, "secret_id": "guessed"}).status_code == 400
        assert "vault_" in vault.get(f"{url}/sys/metrics?format=prometheus").text


def test_an_upgrade_adds_what_is_new_and_keeps_what_is_in_use(rehearsal: Rehearsal) -> None:
    """The steps of docs/runbooks/compose.md: policies and secrets in the store, roles in the database; and again, for nothing."""
    url, environment = f"http://127.0.0.1:{rehearsal.ports['vault']}/v1", rehearsal.environment("vault")
    script = (rehearsal.place.root / "vault/renew.sh").read_text().replace("link_key ", "link_key a_new_secret ")
    (rehearsal.place.secrets / "a_new_secret").write_text("of this release")
    for added in (["a_new_secret added"], []):
        command = ["sh", "-c", rehearsal.here(script, "vault")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert [line for line in done.stdout.splitlines() if line.endswith(" added")] == added
    with httpx.Client(trust_env=False, timeout=10) as vault:
        login = {"role_id": "dot-app", "secret_id": (rehearsal.place.secrets / "vault_secret_id").read_text()}
        vault.headers["X-Vault-Token"] = vault.post(f"{url}/auth/approle/login", json=login).json()["auth"]["client_token"]
        for name in ("a_new_secret", "cursor_key"):
            value = vault.get(f"{url}/kv/data/dot-copilot/{name}").json()["data"]["data"]
            assert value["value"] == (rehearsal.place.secrets / name).read_text()
    rehearsal.make_roles()
    assert rehearsal.healthy("postgres")


def test_the_database_has_exactly_our_roles(rehearsal: Rehearsal) -> None:
    query = "select rolname, rolsuper, rolbypassrls from pg_roles where rolcanlogin order by 1"
    command = [
        "psql",
        "-h",
        "127.0.0.1",
        "-p",
        str(rehearsal.ports["postgres"]),
        "-U",
        "dot_app",
        "-d",
        "dot_copilot",
        "-qtAc",
        query,
    ]
    password = {"PGPASSWORD": (rehearsal.place.secrets / "database_app_password").read_text()}
    said = subprocess.run(
        command, env=rehearsal.environment("postgres") | password, capture_output=True, text=True, check=True
    ).stdout
    ours = [f"dot_{name}|f|f" for name in ("app", "gateway", "monitor", "owner", "worker")]
    assert said.split() == [*ours, "postgres|t|t"]
    wrong = rehearsal.environment("postgres") | {"PGPASSWORD": "guessed"}
    assert subprocess.run(command, env=wrong, capture_output=True, check=False).returncode != 0
