"""The roles of deploy/azure/roles.sql, made by an administrator who is no superuser, as nobody is on Azure; then migrations run.

`pgaadauth_create_principal` is Azure's own and stood in for: it makes a login of that name.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dot_copilot import migrate
from dot_copilot.core.settings import Settings
from dot_copilot.stack import binaries
from tests.support.servers import NOBODY, free_port

SQL = Path(__file__).resolve().parents[2] / "deploy/azure/roles.sql"
PASSWORDS = {f"DOT_{role}_PASSWORD": f"it's {role.lower()}" for role in ("OWNER", "APP", "WORKER", "GATEWAY")}
IDENTITIES = ("id-dotcopilot-prod", "id-dotcopilot-prod-slot")
STAND_IN = """
create role azuresu nologin;
create role dot_administrator login createrole createdb password 'a';
create database dot_copilot owner dot_administrator;
create function public.pgaadauth_create_principal(name text, admin boolean, mfa boolean) returns text language plpgsql as
$$ begin execute format('create role %I login password %L', name, 'token of ' || name); return name; end $$;
"""


class Server:
    def __init__(self, port: int) -> None:
        self.port = port

    def psql(self, user: str, password: str, *words: str, database: str = "dot_copilot") -> str:
        command = [str(binaries.postgres("psql")), "-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-qtAX"]
        environment = {"PGPASSWORD": password, "PATH": os.environ["PATH"], **PASSWORDS}
        done = subprocess.run(
            [*command, "-v", "ON_ERROR_STOP=1", *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def make_roles(self) -> None:
        words = ("--set", f"identities={' '.join(IDENTITIES)}", "--file", str(SQL))
        self.psql("dot_administrator", "a", *words, database="postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    directory = Path(tempfile.mkdtemp(prefix="dot-copilot-roles-"))
    directory.chmod(0o777)
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    secret, data, port = directory / "password", directory / "data", free_port()
    secret.write_text("s")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": directory}
    init = [str(binaries.postgres("initdb")), "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", "--no-sync"]
    subprocess.run([*init, "--locale=C", "-E", "UTF8", f"--pwfile={secret}"], check=True, **quiet, **user)  # type: ignore[call-overload]
    command = [
        str(binaries.postgres("postgres")),
        "-D",
        str(data),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        "",
        "-c",
        "fsync=off",
    ]
    process = subprocess.Popen(command, **quiet, **user)  # type: ignore[call-overload]
    found = Server(port)
    for _ in range(100):
        try:
            found.psql("postgres", "s", "-c", "select 1", database="postgres")
            break
        except RuntimeError:
            time.sleep(0.05)
    for statement in (part for part in STAND_IN.split(";\n") if part.strip()):
        found.psql("postgres", "s", "-c", statement, database="postgres")
    found.make_roles()
    yield found
    process.send_signal(signal.SIGINT)
    process.wait(10)
    shutil.rmtree(directory, ignore_errors=True)


def test_the_owner_migrates_and_twice_is_once(server: Server, tmp_path: Path) -> None:
    server.make_roles()
    secrets = tmp_path / "secrets.json"
    secrets.touch(0o600)
    secrets.write_text('{"database_owner_password": "it\'s owner"}')
    settings = Settings(database_port=server.port, secrets_backend="file", secrets_file=secrets)
    assert asyncio.run(migrate.run(settings)) == migrate.newest_revision()


@pytest.mark.parametrize("identity", IDENTITIES)
@pytest.mark.parametrize("role", ["dot_app", "dot_worker", "dot_gateway"])
def test_an_identity_takes_on_the_applications_roles(server: Server, identity: str, role: str) -> None:
    assert server.psql(identity, f"token of {identity}", "-c", f"set role {role}; select current_user") == role


def test_an_identity_has_no_rights_of_its_own_and_never_the_owners(server: Server) -> None:
    identity, token = IDENTITIES[0], f"token of {IDENTITIES[0]}"
    with pytest.raises(RuntimeError, match="permission denied to set role"):
        server.psql(identity, token, "-c", "set role dot_owner")
    with pytest.raises(RuntimeError, match="permission denied"):
        server.psql(identity, token, "-c", "select * from drivers")


def test_nobody_else_gets_in(server: Server) -> None:
    server.psql("postgres", "s", "-c", "create role stranger login password 'x'", database="postgres")
    with pytest.raises(RuntimeError, match="permission denied for database"):
        server.psql("stranger", "x", "-c", "select 1")
