"""What the Azure program and the application say of each other. They share names only, and here the names are compared.

The program's side is docs/azure/*.json, which its own tests keep current.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dot_copilot.core.settings import Settings
from dot_copilot.version import of_commit
from scripts.azure_package import pack

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS_OWN = {  # read by App Service, Azure's SDKs, Python or the launcher, not by Settings
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AZURE_CLIENT_ID",
    "DOT_CLOUD_PARTS",
    "DOT_SLOT",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "PYTHONPATH",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_HEALTHCHECK_MAXPINGFAILURES",
    "WEBSITE_SWAP_WARMUP_PING_PATH",
    "WEBSITE_SWAP_WARMUP_PING_STATUSES",
}


def resources(env: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"docs/azure/{env}.json").read_text())["resources"]
    return found


def variables(env: str, site: str = "site") -> dict[str, str]:
    return {one["name"]: one["value"] for one in resources(env)[site]["inputs"]["siteConfig"]["appSettings"]}


@pytest.mark.parametrize(("env", "site"), [("dev", "site"), ("staging", "site"), ("prod", "site"), ("prod", "slot")])
def test_every_variable_is_one_that_somebody_reads(env: str, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {f"DOT_{name.upper()}" for name in Settings.model_fields}
    assert not variables(env, site).keys() - known - PLATFORMS_OWN
    for name, value in variables(env, site).items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.secrets_backend == "keyvault"
    assert settings.blob_login == "entra"
    assert settings.database_tls == "verify-full"
    assert settings.database_login.startswith("id-dotcopilot-")
    assert settings.pages_url == "https://made-up-by-azure.azurestaticapps.net"
    assert not settings.is_local


def test_the_vault_has_every_secret_that_the_application_asks_for() -> None:
    from dot_copilot.adapters.secrets.keyvault import vault_name

    sources = "".join(
        (ROOT / "src/dot_copilot" / name).read_text() for name in ("compose.py", "gateway.py", "migrate.py", "cloud/__main__.py")
    )
    asked = set(re.findall(r'secrets\.get\("(\w+)"\)', sources)) - {"blob_account_key"}  # an identity opens the container
    asked -= {"smtp_password"}  # asked for only with DOT_SMTP_USER; whoever sets that brings it along (docs/adr/0025)
    asked |= {f"database_{role}_password" for role in ("app", "worker", "gateway", "owner")}
    kept = {one["inputs"]["secretName"] for one in resources("prod").values() if one["type"] == "keyvault:Secret"}
    assert {vault_name(name) for name in asked} <= kept


def test_the_start_command_and_the_paths_are_the_applications() -> None:
    config = resources("prod")["site"]["inputs"]["siteConfig"]
    words = config["appCommandLine"].split()
    assert words[:3] == ["python", "-m", "dot_copilot.cloud"]
    done = subprocess.run([sys.executable, *words[1:], "--help"], capture_output=True, text=True, check=True)
    assert "--host HOST" in done.stdout
    assert words[3:] == ["--host", "0.0.0.0", "--port", "8000"], "App Service asks port 8000"
    # `tests/contract/test_cloud.py` asks both through the door, and finds the version there.
    assert config["healthCheckPath"] == "/healthz"
    assert variables("prod")["WEBSITE_SWAP_WARMUP_PING_PATH"] == "/readyz"


def test_the_package_runs_from_where_it_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    assert pack(archive) < 20_000_000
    first = archive.read_bytes()
    pack(archive)
    assert archive.read_bytes() == first, "the same commit gives the same bytes"
    zipfile.ZipFile(archive).extractall(tmp_path / "site")
    assert "--hash=sha256:" in (tmp_path / "site/requirements.txt").read_text()
    program = "import dot_copilot, dot_copilot.cloud.door, dot_copilot.migrate as m; from dot_copilot.stack.parts import nginx; "
    program += "print(dot_copilot.__version__, dot_copilot.__file__, m.newest_revision(), nginx.templates())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "site",
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=True,
    )
    version, file, revision, templates = done.stdout.split()
    assert version == of_commit(ROOT, "HEAD")
    assert Path(file).resolve().is_relative_to(tmp_path)
    assert Path(templates).resolve() == (tmp_path / "site/deploy/nginx").resolve()
    assert revision.isdigit()
