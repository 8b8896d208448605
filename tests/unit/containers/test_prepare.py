"""`dot-copilot compose prepare`: what it makes, what it leaves alone, and who may read it."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from dot_copilot.cli import main
from dot_copilot.containers import secrets, vault
from dot_copilot.containers.place import Place, compose_file, default_root
from dot_copilot.containers.prepare import nginx_configuration, prepare
from dot_copilot.stack import generate
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.tls import Certificates


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "compose")
    list(prepare(made))
    return made


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def test_it_may_be_repeated_and_changes_nothing(place: Place) -> None:
    before = contents(place.root)
    said = list(prepare(place))
    assert contents(place.root) == before
    assert said[0].startswith("all secrets are there")


def test_a_secret_that_a_later_release_wants_is_added_and_the_others_stay(place: Place) -> None:
    before = contents(place.root)
    (place.secrets / "cursor_key").unlink()
    assert next(prepare(place)).startswith("1 secrets made")
    after = contents(place.root)
    assert {name for name in after if after[name] != before[name]} == {"secrets/cursor_key"}


def test_nobody_else_on_this_machine_comes_near(place: Place) -> None:
    """Containers' users must read the files, so they are readable; the directories around them are closed."""
    for directory in (place.root, place.secrets, place.root / "tls"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700, directory
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.secrets.iterdir()} == {0o444}
    assert stat.S_IMODE((place.root / "tls/ca.key").stat().st_mode) == 0o600, "no container needs it"


def test_secrets_end_without_a_line_break_and_differ(place: Place) -> None:
    values = {path.name: path.read_bytes() for path in place.secrets.iterdir() if path.name not in ("tls_key", "tls_certificate")}
    assert len(set(values.values())) == len(values)
    assert not [name for name, value in values.items() if value.endswith(b"\n") and name not in ("redis_users", "vault_seal_key")]
    assert len(values["vault_seal_key"]) == 32
    assert b"@mongo:27017/" in values["mongodb_url"]
    assert values["mongodb_password"] in values["mongodb_url"]
    assert values["valkey_password"] not in values["redis_users"], "its hash alone"


def test_the_store_is_filled_with_every_secret_of_a_home(place: Place) -> None:
    """But that of the watchers: here they have none."""
    text = (place.root / "vault/vault.hcl").read_text()
    assert watchword.SECRET not in text
    assert not (place.secrets / watchword.SECRET).exists()
    for name in (*(generate.SECRETS.keys() - {watchword.SECRET}), "mongodb_url"):
        assert f'path = "kv/data/dot-copilot/{name}"' in text
        assert f'path = "/run/secrets/{name}"' in text
    for path in place.secrets.iterdir():
        if len(value := path.read_bytes()) > 8:
            assert value.decode("latin-1") not in text, f"{path.name} is written out"
    assert vault.configuration(secrets.vault_names()) == text


def test_compose_is_told_the_address(tmp_path: Path) -> None:
    place = Place(tmp_path / "here", "https://fleet.example.com:8443")
    said = list(prepare(place))
    lines = (tmp_path / "here/.env").read_text().splitlines()
    assert {"DOT_PUBLIC_URL=https://fleet.example.com:8443", "DOT_HTTPS_PORT=8443"} <= set(lines)
    assert f"--env-file {tmp_path / 'here/.env'}" in said[-1]
    place.remember({"NGINX_IMAGE": "nginx@sha256:1"})
    list(prepare(place))
    assert "NGINX_IMAGE=nginx@sha256:1" in (tmp_path / "here/.env").read_text(), "pins stay"
    assert Place(default_root()).environment_file == compose_file().with_name(".env"), "which compose reads by itself"


def test_a_public_host_gets_its_own_name_and_a_year_of_hsts(tmp_path: Path) -> None:
    place = Place(tmp_path, "https://fleet.example.com")
    list(prepare(place))
    text = (tmp_path / "nginx/nginx.conf").read_text()
    assert 'on "max-age=31536000";' in text
    assert 'default "fleet.example.com";' in text
    assert place.certificates.names == ("fleet.example.com", "localhost", "127.0.0.1", "::1")
    with pytest.raises(StackError, match="may not sign for elsewhere"):
        list(prepare(Place(tmp_path, "https://elsewhere.example.com")))


def test_a_certificate_of_ones_own_is_shown(tmp_path: Path) -> None:
    own = Certificates(tmp_path / "own", ("fleet.example.com",))
    own.ensure()
    place = Place(tmp_path / "compose", "https://fleet.example.com")
    list(prepare(place, certificate=own.certificate, key=own.key))
    assert (place.secrets / "tls_certificate").read_bytes() == own.certificate.read_bytes()
    assert not (place.root / "tls").exists(), "no authority is needed"


@pytest.mark.parametrize("url", ["http://localhost", "localhost", "https://", "https://host/path", "https://host?x=1"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    said = CliRunner().invoke(main, ["compose", "prepare", "--url", url, "--directory", str(tmp_path / "x")])
    assert said.exit_code == 1
    assert "is not an address of the form https://host" in said.output
    assert not (tmp_path / "x").exists()


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.pem").write_text("")
    words = ["compose", "prepare", "--directory", str(tmp_path / "x"), "--certificate", str(tmp_path / "some.pem")]
    said = CliRunner().invoke(main, words)
    assert (said.exit_code, "belong together" in said.output) == (2, True)


def test_nginx_is_the_local_stacks_but_for_where_things_are(place: Place) -> None:
    text = nginx_configuration(place)
    assert "{{" not in text
    assert "server api:8000 resolve max_fails=0;" in text
    assert "server mcp-gateway:8000 resolve max_fails=0;" in text
    assert "listen 443 ssl" in text
    assert "listen 80 default_server;" in text
    for location in ("location /internal", "location /metrics", "location = /mcp", "location = /api/v1/auth/login"):
        assert location in text


def test_the_gateways_configuration_differs_in_one_thing() -> None:
    """How GitHub's server is reached: there a program, here a server; what it offers is the same."""
    local, here = (tomllib.loads((compose_file().parent / f"gateway/{name}.toml").read_text()) for name in ("gateway", "compose"))
    program, server = local["upstream"].pop(1), here["upstream"].pop(1)
    assert local == here
    command = json.dumps(program.pop("command"))
    assert program.pop("transport") == "stdio"
    assert server.pop("transport") == "http"
    assert server.pop("url") == "$DOT_GITHUB_MCP"
    assert program == server
    text = compose_file().read_text()
    assert "--read-only" in command
    assert "      - --read-only\n" in text
    toolsets = program_toolsets(command)
    assert f"      - --toolsets={toolsets}\n" in text


def program_toolsets(command: str) -> str:
    words: list[str] = json.loads(command)
    return words[words.index("--toolsets") + 1]
