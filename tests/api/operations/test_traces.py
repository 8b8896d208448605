"""Traces that were kept: the list, one as a waterfall with its log lines, and whose they are."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.operations.conftest import Watched, span

pytestmark = pytest.mark.asyncio(loop_scope="session")
ONE, TWO, THREE = "a" * 32, "b" * 32, "c" * 32
THEIRS = str(uuid.uuid4())


async def listed(watched: Watched, **params: Any) -> dict[str, Any]:
    answer = await (await watched.world.as_role(Role.ADMIN)).get("/operations/traces", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def opened(watched: Watched, trace_id: str) -> tuple[int, dict[str, Any]]:
    answer = await (await watched.world.as_role(Role.ADMIN)).get(f"/operations/traces/{trace_id}")
    return answer.status_code, answer.json()


async def test_a_trace_is_told_by_its_first_span(watched: Watched) -> None:
    own = str(watched.world.carrier_id)
    watched.trace("gateway-1", span(ONE, 1, "POST /mcp", duration_ms=50, carrier_id=own))
    watched.trace(
        "api-2",
        span(ONE, 2, "GET /api/v1/drivers", parent_id=f"{1:016x}", after_ms=5, carrier_id=own),
        span(ONE, 3, "SELECT", parent_id=f"{2:016x}", after_ms=6, status="error", attributes={"error.type": "Timeout"}),
    )
    (one,) = (await listed(watched))["items"]
    assert (one["name"], one["part"], one["parts"], one["spans"]) == ("POST /mcp", "gateway-1", ["gateway-1", "api-2"], 3)
    assert (one["failed"], one["duration_ms"]) == (True, 50)


async def test_the_list_is_filtered_and_paged(watched: Watched) -> None:
    for number in range(1, 8):
        failed, slow = number % 2 == 0, number == 5
        one = span(f"{number:032x}", number, after_ms=number, status="error" if failed else "ok")
        watched.trace("api-1" if number < 6 else "worker", one | {"duration_ms": 1500 if slow else 10})
    numbers: list[int] = []
    page = await listed(watched, limit=3)
    while True:
        numbers += [int(one["trace_id"], 16) for one in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await listed(watched, limit=3, cursor=page["next_cursor"])
    assert numbers == [7, 6, 5, 4, 3, 2, 1]
    for params, wanted in (
        ({"failed": True}, {2, 4, 6}),
        ({"slow": True}, {5}),
        ({"part": "worker"}, {6, 7}),
        ({"part": "api"}, {1, 2, 3, 4, 5}),
        ({"part": "api", "failed": True}, {2, 4}),
        ({"part": "nobody"}, set()),
    ):
        assert {int(one["trace_id"], 16) for one in (await listed(watched, **params))["items"]} == wanted, params
    admin = await watched.world.as_role(Role.ADMIN)
    cursor = (await listed(watched, limit=1))["next_cursor"]
    assert (await admin.get("/operations/traces", params={"cursor": cursor, "failed": True})).status_code == 400


async def test_one_trace_is_a_waterfall_with_its_log_lines(watched: Watched) -> None:
    own = str(watched.world.carrier_id)
    driver = str(uuid.uuid4())
    watched.trace(
        "api-1",
        span(ONE, 3, "COMMIT", parent_id=f"{1:016x}", after_ms=9, duration_ms=1),
        span(ONE, 1, duration_ms=12, carrier_id=own, attributes={"http.route": "/api/v1/drivers"}),
        span(ONE, 2, "SELECT", parent_id=f"{1:016x}", after_ms=2, duration_ms=5),
        span(TWO, 9, "another request"),
    )
    watched.log("api-1", {"at": "2026-11-28T03:00:00", "level": "warning", "logger": "x", "message": "late", "trace_id": ONE})
    watched.log("worker", {"at": "2026-11-28T03:00:00", "level": "info", "logger": "x", "message": f"not {ONE}"})
    entry = {"time": "2026-11-28T03:00:01+00:00", "client": "203.0.113.9", "method": "GET", "path": f"/api/v1/drivers/{driver}"}
    watched.log("nginx-access", entry | {"status": "200", "seconds": "0.012", "agent": "Firefox", "trace": ONE})
    status, body = await opened(watched, ONE)
    assert status == 200
    assert [(one["name"], one["depth"]) for one in body["spans"]] == [("GET /api/v1/drivers", 0), ("SELECT", 1), ("COMMIT", 1)]
    assert body["spans"][1]["offset_ms"] == pytest.approx(2, abs=1)
    assert [(line["part"], line["message"]) for line in body["logs"]] == [
        ("api-1", "late"),
        ("nginx", f"GET /api/v1/drivers/{driver} 200 0.012 s"),  # of the own carrier, so its ids are shown
    ]
    assert "203.0.113.9" not in str(body)
    assert "Firefox" not in str(body)


async def test_another_carriers_trace_does_not_exist(watched: Watched) -> None:
    """Neither where a span says whose it is, nor where only a log line does; and none of its unsigned spans is shown."""
    watched.trace("nginx", span(ONE, 1, "unsigned"), span(TWO, 4, "unsigned, logged for them"))
    watched.trace("api-1", span(ONE, 2, "theirs", parent_id=f"{1:016x}", carrier_id=THEIRS))
    watched.log(
        "api-1", {"at": "2026-11-28T03:00:00", "level": "info", "message": "theirs", "trace_id": TWO, "carrier_id": THEIRS}
    )
    assert ONE not in [one["trace_id"] for one in (await listed(watched))["items"]]
    for trace_id in (ONE, TWO, THREE):
        status, body = await opened(watched, trace_id)
        assert (status, body["type"].rsplit("/", 1)[1]) == (404, "trace-not-found")
        assert "theirs" not in str(body)


async def test_a_trace_of_the_platform_is_everybodys_but_its_ids_are_masked(watched: Watched) -> None:
    driver = str(uuid.uuid4())
    watched.trace("api-1", span(ONE, 1, f"GET /x/{driver}", status="error", attributes={"url.path": f"/x/{driver}"}))
    watched.log(
        "nginx-access", {"time": "2026-11-28T03:00:01Z", "method": "GET", "path": f"/x/{driver}", "status": "401", "trace": ONE}
    )
    status, body = await opened(watched, ONE)
    assert status == 200
    assert driver not in str(body)
    assert "/x/{id} 401" in body["logs"][0]["message"]


@pytest.mark.parametrize(
    "trace_id", ["x", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "..%2f..%2fetc%2fpasswd", "%00" * 32, "a" * 5000]
)
async def test_an_id_that_is_none_is_refused(watched: Watched, trace_id: str) -> None:
    assert (await opened(watched, trace_id))[0] in (404, 422)


async def test_hostile_files_show_what_is_good_in_them(watched: Watched) -> None:
    own = str(watched.world.carrier_id)
    folder = watched.home / "traces"
    watched.trace("api-1", span(ONE, 1, "good", carrier_id=own))
    strange: list[Any] = [
        span("A" * 32, 1),
        span(ONE, 1) | {"span_id": "short"},
        span(TWO, 2) | {"start": "yesterday"},
        span(TWO, 2) | {"start": -1},
        span(TWO, 2) | {"duration_ms": None},
        span(THREE, 7, "x" * 100_000),
    ]
    watched.trace("worker", *strange)
    watched.trace("api-2", span(THREE, 8, "late", start=10**30, duration_ms=10**300, attributes=["no", "object"]))
    with (folder / "api-1.jsonl").open("ab") as file:
        file.write(
            b"\x00\xff\xfe binary \xed\xa0\x80\n[]\nnull\n7\n{\n" + b'{"trace_id": "' + b"9" * 200_000 + b'"}\n{"torn": tr'
        )
    (folder / "link.jsonl").symlink_to("/etc/passwd")
    (folder / "Up.jsonl").write_bytes(b"{}\n")
    (folder / "folder.jsonl").mkdir()
    body = await listed(watched)
    assert {one["name"] for one in body["items"]} == {"good", "late"}
    assert (await opened(watched, THREE))[0] == 200


async def test_spans_that_claim_each_other_as_parents_are_shown_once(watched: Watched) -> None:
    watched.trace(
        "api-1", span(ONE, 1, "a", parent_id=f"{2:016x}"), span(ONE, 2, "b", parent_id=f"{1:016x}"), span(ONE, 1, "again")
    )
    status, body = await opened(watched, ONE)
    assert status == 200
    assert len(body["spans"]) <= 3


async def test_of_a_file_without_end_only_the_end_is_read(watched: Watched) -> None:
    """One of 100 MB, most of it one line: the last spans are there, and it says that there may be more."""
    folder = watched.home / "traces"
    folder.mkdir()
    with (folder / "api-1.jsonl").open("wb") as file:
        file.truncate(100 << 20)
        file.seek(0, 2)
        file.write(b"\n")
    watched.trace("api-1", span(ONE, 1, "after the flood"))
    assert [one["name"] for one in (await listed(watched))["items"]] == ["after the flood"]
    assert (await opened(watched, ONE))[1]["complete"] is False
