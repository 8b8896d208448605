"""Log lines: whose they are, what is kept out of them, and that no file can hurt."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.operations.conftest import Watched

pytestmark = pytest.mark.asyncio(loop_scope="session")
THEIRS = str(uuid.uuid4())
TRACE = "d" * 32


def line(message: str, *, second: int = 0, level: str = "info", **more: Any) -> dict[str, Any]:
    return {"at": f"2026-11-28T03:00:{second:02}", "level": level, "logger": "dot_copilot", "message": message, **more}


async def read(watched: Watched, **params: Any) -> dict[str, Any]:
    answer = await (await watched.world.as_role(Role.ADMIN)).get("/operations/logs", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def messages(watched: Watched, **params: Any) -> list[str]:
    return [one["message"] for one in (await read(watched, **params))["items"]]


async def test_the_newest_come_first_by_part_level_and_trace(watched: Watched) -> None:
    watched.log("api-1", line("one"), line("three", second=3, level="error", trace_id=TRACE))
    watched.log("api-2", line("two", second=2, level="warning"))
    watched.log("worker", line("four", second=4, level="debug"))
    assert await messages(watched, level="debug") == ["four", "three", "two", "one"]
    assert await messages(watched) == ["three", "two", "one"]
    assert await messages(watched, level="warning") == ["three", "two"]
    assert await messages(watched, part="api") == ["three", "two", "one"]
    assert await messages(watched, part="api-2") == ["two"]
    assert await messages(watched, trace_id=TRACE) == ["three"]
    assert await messages(watched, part="nobody") == []


async def test_pages_leave_no_line_out_though_many_are_of_one_second(watched: Watched) -> None:
    watched.log("api-1", *(line(f"{number}", second=number // 4) for number in range(14)))
    seen: list[str] = []
    page = await read(watched, limit=3)
    while True:
        seen += [one["message"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await read(watched, limit=3, cursor=page["next_cursor"])
    assert sorted(seen, key=int) == [str(number) for number in range(14)]
    admin = await watched.world.as_role(Role.ADMIN)
    cursor = (await read(watched, limit=1))["next_cursor"]
    assert (await admin.get("/operations/logs", params={"cursor": cursor, "level": "error"})).status_code == 400


async def test_lines_of_another_carrier_and_of_its_requests_are_not_shown(watched: Watched) -> None:
    own = str(watched.world.carrier_id)
    watched.log(
        "api-1",
        line("ours", carrier_id=own),
        line("the platform's"),
        line("theirs", carrier_id=THEIRS, trace_id=TRACE),
        line("unsigned, of the same request", trace_id=TRACE),
    )
    watched.log(
        "nginx-access", {"time": "2026-11-28T03:00:01Z", "method": "GET", "path": "/theirs", "status": "200", "trace": TRACE}
    )
    items = (await read(watched))["items"]
    assert {(one["message"], one["own"]) for one in items} == {("ours", True), ("the platform's", False)}
    assert await messages(watched, trace_id=TRACE) == []


async def test_nobodys_address_secret_or_id_is_shown(watched: Watched) -> None:
    driver = str(uuid.uuid4())
    watched.log(
        "api-1",
        line("mail to dana.whitfield+x@lonestar.example failed"),
        line("Authorization: Bearer eyJhbGciOiJub25lIn0.e30.AAAA"),
        line(f"driver {driver} recounted"),
    )
    watched.log(
        "nginx-access", {"time": "2026-11-28T03:00:01Z", "client": "203.0.113.9", "method": "GET", "path": f"/d/{driver}"}
    )
    watched.log("openbao-audit", {"time": "2026-11-28T03:00:01Z", "message": "who asked for which secret"})
    told = "\n".join(await messages(watched))
    for secret in ("lonestar.example", "eyJ", driver, "203.0.113.9", "which secret"):
        assert secret not in told, secret
    assert "driver {id} recounted" in told


async def test_postgresql_tells_of_itself_and_never_of_values(watched: Watched) -> None:
    watched.log(
        "postgres",
        b"2026-11-28 03:00:00.123 UTC [7] LOG:  database system is ready to accept connections",
        b'2026-11-28 03:00:01.123 UTC [8] dot_app@dot_copilot ERROR:  invalid input syntax for type date: "Ana Ruiz"',
        b"2026-11-28 03:00:01.123 UTC [8] dot_app@dot_copilot DETAIL:  Key (email)=(ana@lonestar.example) already exists.",
        b"2026-11-28 03:00:01.123 UTC [8] dot_app@dot_copilot STATEMENT:  insert into drivers values ('Ana')",
        b"\tAna Ruiz, on a line of its own",
        b"2026-11-28 03:00:02.123 UTC [9] FATAL:  terminating connection due to administrator command",
    )
    items = (await read(watched))["items"]
    assert [(one["level"], one["message"]) for one in items] == [
        ("critical", "terminating connection due to administrator command"),
        ("info", "database system is ready to accept connections"),
    ]


async def test_other_programs_lines_have_their_time_and_level(watched: Watched) -> None:
    watched.log("valkey", b"99:M 28 Nov 2026 03:00:00.123 # Could not save")
    watched.log("prometheus", b'ts=2026-11-28T03:00:00.1Z caller=main.go:1 level=error msg="no space" err="disk full"')
    watched.log("alertmanager", b'{"ts":"2026-11-28T03:00:00.1Z","level":"warn","msg":"slow"}')
    watched.log("openbao", b'{"@level":"warn","@message":"sealed","@timestamp":"2026-11-28T03:00:00.123456Z"}')
    watched.log("azurite", b"a line that says nothing of itself")
    found = {one["part"]: (one["level"], one["message"], one["at"] is not None) for one in (await read(watched))["items"]}
    assert found == {
        "valkey": ("warning", "Could not save", True),
        "prometheus": ("error", "no space disk full", True),
        "alertmanager": ("warning", "slow", True),
        "openbao": ("warning", "sealed", True),
        "azurite": ("info", "a line that says nothing of itself", False),
    }


@pytest.mark.parametrize(
    "part", ["../secrets/x", "/etc/passwd", "api-1.log", "", "A", "a" * 41, "api\x00", "..", "api 1", "%2e%2e"]
)
async def test_a_name_that_is_no_parts_is_refused(watched: Watched, part: str) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    assert (await admin.get("/operations/logs", params={"part": part})).status_code == 422
    assert (await admin.get("/operations/logs", params={"level": part})).status_code == 422
    assert (await admin.get("/operations/logs", params={"trace_id": part})).status_code == 422


async def test_hostile_files_show_what_is_good_in_them(watched: Watched) -> None:
    logs = watched.home / "logs"
    watched.log("api-1", line("good"), b"\xff\xfe\x00 binary \x9f", b'{"message": "torn', b"[1, 2]", b"{}")
    with (logs / "api-1.log").open("ab") as file:
        file.write(b"x" * 300_000 + b"\n" + b'{"message": "without an end')
    (logs / "passwd.log").symlink_to("/etc/passwd")
    (logs / "folder.log").mkdir()
    os.mkfifo(logs / "pipe.log")
    told = await messages(watched)
    assert "good" in told
    assert not [one for one in told if "root:" in one or "torn" in one or "without an end" in one or len(one) > 4100]


async def test_of_a_file_without_end_only_the_end_is_read(watched: Watched) -> None:
    with (watched.home / "logs/api-1.log").open("wb") as file:
        file.truncate(100 << 20)
        file.seek(0, 2)
        file.write(b"\n")
    watched.log("api-1", line("after the flood"))
    assert await messages(watched) == ["after the flood"]


@pytest.mark.parametrize("watched", [{"logs_dir": None}], indirect=True)
async def test_where_logs_are_kept_elsewhere_it_says_so(watched: Watched) -> None:
    body = await read(watched)
    assert (body["items"], body["source"]["state"]) == ([], "off")
