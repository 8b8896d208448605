"""Deploying to Azure against the rest of the product: its names, its paths, and its migrations on a real database."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from dot_copilot import migrate
from dot_copilot.deploy.azure import database, package
from dot_copilot.deploy.azure.front import SMOKE, Front, over_https
from dot_copilot.deploy.azure.place import ENVIRONMENTS, SLOT, Place
from dot_copilot.deploy.azure.site import _DATABASE, _SECRETS
from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.model import Release
from dot_copilot.version import of_commit
from tests.support.api_process import api_environment
from tests.support.servers import Servers

ROOT = Path(__file__).resolve().parents[2]


def packed(directory: Path) -> Release:
    """The last commit, with the migrations as they are here: the tests' database has those."""
    version = of_commit(ROOT, "HEAD")
    files = package.contents(version, "HEAD", ROOT)
    ours = [path for path in (ROOT / "migrations/versions").iterdir() if path.is_file()]
    files |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in ours}
    package.write(directory / "site.zip", files)
    return Release(version, "HEAD", str(directory / "site.zip"))


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_the_names_are_the_platforms(env: str) -> None:
    resources = json.loads((ROOT / f"docs/azure/{env}.json").read_text())["resources"]
    graph = {name: one["inputs"] for name, one in resources.items()}
    where = Place(env, "dotcopilot", ROOT)
    assert graph["site"]["name"] == where.site
    assert graph["group"]["resourceGroupName"] == where.group
    assert ("slot" in graph) == (env == "prod")
    if "slot" in graph:
        assert graph["slot"]["slot"] == SLOT
    told = {one["name"] for one in graph["site"]["siteConfig"]["appSettings"]}
    assert set(_SECRETS) <= told
    assert set(_DATABASE) - {"DOT_DATABASE_PORT"} <= told


@pytest.mark.asyncio
async def test_the_smoke_test_asks_what_the_api_answers(api: httpx.ASGITransport) -> None:
    """But `/mcp`, which is the gateway's, behind the same door."""
    async with httpx.AsyncClient(transport=api, base_url="http://test") as client:
        for path, status, holds in SMOKE:
            if path != "/mcp":
                said = await client.get(path)
                assert said.status_code == status, path
                assert holds in said.text.replace('": "', '":"'), path


@pytest.mark.asyncio
async def test_migrations_run_from_the_package(servers: Servers, tmp_path: Path) -> None:
    release = packed(tmp_path)
    said: list[str] = []
    found = await database.migrate(release, api_environment(servers), said.append)
    assert said == [f"the database is at revision {found}"]
    assert found <= migrate.newest_revision()


@pytest.mark.asyncio
async def test_a_database_that_takes_no_calls_is_said_with_the_remedy(servers: Servers, tmp_path: Path) -> None:
    release = packed(tmp_path)
    settings = {**api_environment(servers), "DOT_DATABASE_PORT": "1"}
    with pytest.raises(StepFailedError, match="add this one to operatorAddresses") as why:
        await database.migrate(release, settings, lambda _text: None)
    assert "migrate.log" in why.value.evidence
    assert servers.secrets["database_owner_password"] not in str(why.value.evidence)


def test_a_start_is_given_the_time_that_app_service_needs() -> None:
    assert Front(over_https).start_s >= 600, "it installs a hundred packages first"
