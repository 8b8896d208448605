"""A preflight finds what Azure would refuse: from facts, from what is deployed, and from Azure (here one on this machine)."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from click.testing import CliRunner

from infra.cli import main
from infra.options import SECRETS
from infra.preflight.live import Azure, examine, signed_in
from tests.infra.graphs import options

SERVER = (
    "/subscriptions/s/resourceGroups/rg-dotcopilot-prod/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-dotcopilot-prod"
)
CAPABILITIES = {
    "geoBackupSupported": "Enabled",
    "supportedServerVersions": [{"name": "16"}],
    "supportedServerEditions": [
        {
            "name": "GeneralPurpose",
            "supportedServerSkus": [{"name": "Standard_D2s_v3", "supportedHaMode": ["ZoneRedundant", "SameZone"]}],
        }
    ],
}


class Cloud:
    """Answers by path; tests change them."""

    def __init__(self) -> None:
        place = "/subscriptions/s/providers/Microsoft.DBforPostgreSQL/locations/centralus"
        self.answers: dict[str, Any] = {
            "/subscriptions/s/providers/Microsoft.Authorization/permissions": {"value": [{"actions": ["*"], "notActions": []}]},
            f"{place}/capabilities": {"value": [CAPABILITIES]},
            f"{place}/resourceType/flexibleServers/usages": {
                "value": [{"name": {"value": "cores"}, "limit": 10, "currentValue": 2}],
            },
            "/subscriptions/s/providers/Microsoft.Web/locations/centralus/usages": {
                "value": [{"name": {"value": "P1v2 VMs"}, "limit": 3, "currentValue": 0}],
            },
        }
        self.taken: set[str] = set()
        self.tokens: set[str] = set()


@pytest.fixture
def cloud() -> Iterator[tuple[Cloud, str]]:
    found = Cloud()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self, status: int, body: Any) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            found.tokens.add(self.headers["Authorization"])
            path = urlsplit(self.path).path
            self._answer(
                200 if path in found.answers else 404, found.answers.get(path, {"error": {"code": "NotFound", "message": "no"}})
            )

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            free = asked["name"] not in found.taken
            self._answer(200, {"nameAvailable": free, "reason": None if free else "AlreadyExists"})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Signed:
    """A credential that has a token."""

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        assert scopes == ("https://management.azure.com/.default",)
        return AccessToken("a token", int(time.time()) + 3600)


class Unsigned:
    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        raise ClientAuthenticationError("run az login\nfirst")


def states(address: str, **values: Any) -> dict[str, tuple[str, str]]:
    return {one.what: (one.state, one.found) for one in examine(options("prod", **values), Azure("s", Signed(), address))}


def test_all_is_well(cloud: tuple[Cloud, str]) -> None:
    found = states(cloud[1])
    assert {state for state, _ in found.values()} == {"ok"}
    assert found["PostgreSQL quota"] == ("ok", "8 left, 4 needed")
    assert found["App Service quota"] == ("ok", "3 left, 1 needed")
    assert found["name kv-dotcopilot-prod"] == ("ok", "is free")
    assert cloud[0].tokens == {"Bearer a token"}


def test_each_refusal_says_why(cloud: tuple[Cloud, str]) -> None:
    answers = cloud[0].answers
    place = "/subscriptions/s/providers/Microsoft.DBforPostgreSQL/locations/centralus"
    size = {"name": "Standard_D2s_v3", "supportedHaMode": ["SameZone"]}
    answers[f"{place}/capabilities"]["value"][0] = {
        "geoBackupSupported": "Disabled",
        "supportedServerVersions": [{"name": "15"}],
        "supportedServerEditions": [{"name": "GeneralPurpose", "supportedServerSkus": [size]}],
    }
    answers[f"{place}/resourceType/flexibleServers/usages"]["value"][0]["currentValue"] = 8
    permissions = answers["/subscriptions/s/providers/Microsoft.Authorization/permissions"]
    permissions["value"] = [{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/write"]}]
    cloud[0].taken.add("stdotcopilotprod")
    found = states(cloud[1])
    assert {what for what, (state, _) in found.items() if state == "refused"} == {
        "rights",
        "PostgreSQL version",
        "high availability",
        "geo-redundant backup",
        "PostgreSQL quota",
    }
    assert "Microsoft.Authorization/roleAssignments/write" in found["rights"][1]
    assert found["name stdotcopilotprod"] == ("warning", "is taken (AlreadyExists); good when this environment is there already")


def test_a_size_that_the_region_lacks_is_refused(cloud: tuple[Cloud, str]) -> None:
    found = states(cloud[1], postgresSku="Standard_D2ds_v5")
    assert found["PostgreSQL size"] == ("refused", "centralus has no Standard_D2ds_v5 for you")


def test_what_azure_does_not_say_is_unknown_and_not_refused(cloud: tuple[Cloud, str]) -> None:
    del cloud[0].answers["/subscriptions/s/providers/Microsoft.Web/locations/centralus/usages"]
    found = states(cloud[1])
    assert found["plan quota"][0] == "unknown"


def test_geo_redundancy_is_chosen_when_a_server_is_created(cloud: tuple[Cloud, str]) -> None:
    cloud[0].answers[SERVER] = {"properties": {"backup": {"geoRedundantBackup": "Disabled"}}}
    assert states(cloud[1])["geo-redundant backup"][0] == "refused"
    assert states(cloud[1], geoRedundant="false")["geo-redundant backup"] == ("ok", "is as the server was created")


def test_who_is_not_signed_in_learns_what_was_not_asked(cloud: tuple[Cloud, str], monkeypatch: pytest.MonkeyPatch) -> None:
    refused = examine(options("prod"), Azure("s", Unsigned(), cloud[1]))
    assert [(one.what, one.state, one.found) for one in refused] == [
        ("Azure", "unknown", "does not let us in: run az login first")
    ]
    monkeypatch.delenv("AZURE_SUBSCRIPTION_ID", raising=False)
    monkeypatch.delenv("ARM_SUBSCRIPTION_ID", raising=False)
    assert signed_in() is None
    assert examine(options("prod"))[0].remedy == "az login, and set AZURE_SUBSCRIPTION_ID"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config: dict[str, Any] = {
        "dot-copilot:location": "centralus",
        "dot-copilot:databaseAdministrators": "00000000-0000-0000-0000-000000000009",
        "dot-copilot:alertEmails": "you@example.com",
        **{f"dot-copilot:{key}": {"secure": "v1:x"} for key in SECRETS},
    }
    (tmp_path / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))
    return tmp_path


def preflight(folder: Path, *words: str) -> tuple[int, dict[str, dict[str, str]], str]:
    result = CliRunner().invoke(main, ["preflight", "--env", "prod", "--offline", "--json", "--stacks", str(folder), *words])
    return result.exit_code, {one["what"]: one for one in json.loads(result.stdout or "[]")}, result.stderr


def test_a_stack_that_is_ready_passes_offline(folder: Path) -> None:
    code, found, _ = preflight(folder)
    assert code == 0
    assert {one["state"] for one in found.values()} == {"ok", "warning"}
    assert found["size Standard_D2s_v3"]["remedy"] == "Standard_D2ds_v5 costs about as much and is faster"


def test_what_is_missing_is_refused_with_the_command_that_mends_it(folder: Path) -> None:
    path = folder / "Pulumi.prod.yaml"
    path.write_text(
        yaml.safe_dump({"config": {"dot-copilot:location": "centralus", "dot-copilot:databaseAdministrators": str(0).zfill(32)}})
    )
    code, found, _ = preflight(folder)
    assert code == 2
    assert found["secrets"]["remedy"] == "dot-copilot azure secrets --env prod"
    assert "az ad group show" in found["databaseAdministrators"]["remedy"]


def test_what_is_deployed_is_compared(folder: Path, tmp_path: Path) -> None:
    def state(geo: str, location: str) -> Path:
        inputs = {"location": location, "backup": {"geoRedundantBackup": geo}}
        path = tmp_path / "state.json"
        path.write_text(
            json.dumps({"deployment": {"resources": [{"type": "azure-native:dbforpostgresql:Server", "inputs": inputs}]}})
        )
        return path

    code, found, _ = preflight(folder, "--state", str(state("Enabled", "centralus")))
    assert (code, found["geo-redundant backup"]["state"]) == (0, "ok")
    code, found, _ = preflight(folder, "--state", str(state("Disabled", "uksouth")))
    assert code == 2
    assert (
        "has no geo-redundant backup, and is to have it; that is chosen when a server is created"
        in found["geo-redundant backup"]["found"]
    )
    assert "a server does not move" in found["location"]["found"]
    (tmp_path / "state.json").write_text("{}")
    code, _, err = preflight(folder, "--state", str(tmp_path / "state.json"))
    assert code == 2
    assert "is not what 'pulumi stack export' writes" in err
