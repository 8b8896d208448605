"""kill -9 of each real server: it comes back, nothing it had acknowledged is lost, and nobody else is disturbed."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.stacks import StackUnderTest, new_stack, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.asyncio]


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack() as found:
        found.up()
        yield found


def kill_and_wait(stack: StackUnderTest, name: str) -> None:
    """Kill a part, wait until it is ready again, and see that only it was started again."""
    before = stack.parts()
    os.kill(before[name]["pid"], signal.SIGKILL)
    wait_for(f"{name} is ready again", lambda: stack.parts()[name]["restarts"] > before[name]["restarts"] and stack.ready())
    after = stack.parts()
    assert after[name]["pid"] != before[name]["pid"]
    assert {other: part["pid"] for other, part in after.items() if other != name} == {
        other: part["pid"] for other, part in before.items() if other != name
    }


async def test_postgresql_keeps_what_it_committed(stack: StackUnderTest) -> None:
    await stack.sql("CREATE TABLE IF NOT EXISTS drill (id int PRIMARY KEY)")
    for number in range(2):
        await stack.sql(f"INSERT INTO drill VALUES ({number})")
        kill_and_wait(stack, "postgres")
    assert [row["id"] for row in await stack.sql("SELECT id FROM drill ORDER BY id")] == [0, 1]


async def test_valkey_keeps_what_it_answered(stack: StackUnderTest) -> None:
    with stack.cache() as cache:
        for number in range(100):
            cache.set(f"drill:{number}", number)
    kill_and_wait(stack, "valkey")
    with stack.cache() as cache:
        assert cache.get("drill:99") == b"99"


async def test_azurite_keeps_every_upload_it_acknowledged(stack: StackUnderTest) -> None:
    with stack.blobs() as blobs:
        for number in range(20):
            blobs.upload_blob(f"file-{number}", b"%d" % number * 1000)
    kill_and_wait(stack, "azurite")
    with stack.blobs() as blobs:
        for number in range(20):
            assert blobs.download_blob(f"file-{number}").readall() == b"%d" % number * 1000


async def test_openbao_opens_itself_again_with_the_same_secrets(stack: StackUnderTest) -> None:
    before = stack.secret("link_key")
    kill_and_wait(stack, "openbao")
    assert stack.secret("link_key") == before


async def test_nginx_takes_its_port_again(stack: StackUnderTest) -> None:
    kill_and_wait(stack, "nginx")
    assert stack.page() == 200


async def test_a_frozen_server_is_noticed(stack: StackUnderTest) -> None:
    pid = stack.parts()["valkey"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for("valkey is unhealthy", lambda: stack.parts()["valkey"]["state"] == "unhealthy", 20)
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for("valkey is ready", stack.ready, 20)
    assert stack.parts()["valkey"]["pid"] == pid, "it came to before its time was up"


async def test_the_application_may_read_its_secrets_and_nothing_else(stack: StackUnderTest) -> None:
    keys = json.loads(stack.secret("jwt_signing_keys"))
    assert "PRIVATE KEY" in keys[0]["private_pem"]
    from urllib.error import HTTPError

    login = {name: (stack.home / f"secrets/app-{name.replace('_', '-')}").read_text() for name in ("role_id", "secret_id")}
    token = stack._openbao("auth/approle/login", json.dumps(login).encode())["auth"]["client_token"]
    for path, body in (
        ("kv/data/dot-copilot/link_key", b'{"data": {"value": "mine"}}'),
        ("kv/data/other/x", None),
        ("sys/policies/acl/dot-app", None),
    ):
        with pytest.raises(HTTPError, match="403"):
            stack._openbao(path, body, token)


async def test_the_roles_have_no_more_power_than_they_need(stack: StackUnderTest) -> None:
    rows = await stack.sql("SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolcanlogin")
    powers = {row["rolname"]: any(row[name] for name in list(row.keys())[1:]) for row in rows}
    ours = dict.fromkeys(("dot_owner", "dot_app", "dot_worker", "dot_gateway", "dot_monitor"), False)
    assert powers == {"postgres": True, **ours}
    settings = "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'fsync', 'synchronous_commit', 'jit')"
    assert {row["name"]: row["setting"] for row in await stack.sql(settings)} == {
        "listen_addresses": "127.0.0.1",
        "fsync": "on",
        "synchronous_commit": "on",
        "jit": "off",
    }
    port = stack.parts()["postgres"]["port"]
    assert f".s.PGSQL.{port}" not in Path("/proc/net/unix").read_text(), "no socket that every local user could try"


async def test_no_secret_is_where_others_can_see_it(stack: StackUnderTest) -> None:
    names = ("database_superuser_password", "database_app_password", "valkey_password", "blob_account_key", "link_key")
    values = [stack.secret(name).encode() for name in names]
    commands = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in stack.processes())
    logs = b"".join(path.read_bytes() for path in (stack.home / "logs").iterdir())
    assert not [value for value in values if value in commands + logs]
    for path in stack.home.rglob("*"):
        if (
            path.is_file()
            and (stack.home / "postgres") not in path.parents
            and any(value in path.read_bytes() for value in values)
        ):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
