"""Who hammers at a closed door is on record at once, fills no audit log, and not one attempt is missing in the count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from dot_copilot.core.platform import Platform
from dot_copilot.mcp.gateway.figures import CALLS
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.guard.refusals import ONE_BY_ONE, WINDOW_S, Refusals
from dot_copilot.mcp.gateway.guard.registry import Registry
from dot_copilot.mcp.gateway.ports import Refused
from tests.mcp.guard.people import Person
from tests.mcp.guard.test_calls import Sink
from tests.mcp.guard.test_feed import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Hour:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def refuse(to: Calls | Refusals, person: Person, times: int, tool: str = "record_evidence") -> None:
    """So many attempts, refused."""
    note = to.refused if isinstance(to, Calls) else to.note
    for _ in range(times):
        note(person.verdict(), "dot-copilot", tool, b"{}", "not allowed")


def counted(sink: Sink, tool: str = "record_evidence") -> int:
    """How many attempts the entries say there were."""
    return sum(entry.get("count", 1) for entry in sink.calls if entry["tool"] == tool)


async def test_the_first_have_an_entry_each_and_the_rest_one_with_their_number(person: Person, tmp_path: Path) -> None:
    sink = Sink()
    calls = Calls(tmp_path, "g", sink)
    refuse(calls, person, 5000)
    refuse(calls, person, 3, tool="driver_file")
    await calls.stop()
    hammered = [entry for entry in sink.calls if entry["tool"] == "record_evidence"]
    assert [entry.get("count") for entry in hammered] == [None] * ONE_BY_ONE + [4990]
    assert {(entry["outcome"], entry["error"]) for entry in hammered} == {("refused", "not allowed")}
    assert counted(sink, "driver_file") == 3, "another tool has a minute of its own"
    assert not list(tmp_path.glob("*/*.jsonl"))


async def test_after_a_minute_it_is_on_record_and_another_begins(person: Person, tmp_path: Path) -> None:
    sink, hour = Sink(), Hour()
    calls = Calls(tmp_path, "g", sink)
    refusals = Refusals(calls, hour)
    refuse(refusals, person, 25)
    hour.now += WINDOW_S - 1
    refusals.sweep()
    await calls.flush()
    assert len(sink.calls) == ONE_BY_ONE
    hour.now += 1
    refusals.sweep()
    await calls.flush()
    assert counted(sink) == 25
    refuse(refusals, person, 1)
    await calls.flush()
    assert len(sink.calls) == ONE_BY_ONE + 2
    await calls.stop()


async def test_a_running_gateway_tells_by_itself(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dot_copilot.mcp.gateway.guard.refusals.WINDOW_S", 0.05)
    sink = Sink()
    calls = Calls(tmp_path, "g", sink, every_s=0.01)
    calls.start()
    refuse(calls, person, 20)
    await until(lambda: counted(sink) == 20)
    await calls.stop()


async def test_a_process_that_is_killed_loses_none_of_the_count(
    person: Person, worker: Platform, registry: Registry, tmp_path: Path
) -> None:
    dead = Calls(tmp_path, "gateway-1", Sink())
    refuse(dead, person, 321)
    lines = b"".join(path.read_bytes() for path in (tmp_path / "gateway-1").glob("*.jsonl"))
    gone = tmp_path / "gateway-9"
    gone.mkdir()
    (gone / "calls-000000001.jsonl").write_bytes(lines + b'{"more":"half of a li')
    after = Calls(tmp_path, "gateway-2", registry.audit_calls, every_s=0.01)
    after.start()

    async def details() -> list[dict[str, Any]]:
        async with worker.database.job_door(person.caller.carrier_id) as door:
            rows = await door.fetch("select details from audit_log where action = 'assistant.call' order by seq")
        return [row["details"] for row in rows]

    await until(lambda: not (gone / "calls-000000001.jsonl").exists())
    await after.stop()
    found = await details()
    assert sum(one.get("count", 1) for one in found) == 321
    assert {one["outcome"] for one in found} == {"refused"}


async def test_the_count_survives_files_that_are_thinned_out(person: Person, tmp_path: Path) -> None:
    sink = Sink()
    calls = Calls(tmp_path, "g", sink, limit_bytes=40_000, every_s=0.001)
    calls.start()
    refuse(calls, person, ONE_BY_ONE + 7)
    for number in range(400):
        calls.begin(person.verdict(), "u", f"t{number}", b"{}").end("ok")
        if calls.waiting > 5:
            await until(lambda: calls.waiting == 0)
    lines = [orjson.loads(line) for path in sorted(tmp_path.glob("g/*.jsonl")) for line in path.read_bytes().splitlines()]
    assert [line["count"] for line in lines if "more" in line][-1] == 7
    await calls.stop()
    assert counted(sink) == ONE_BY_ONE + 7


async def test_each_attempt_is_in_the_figures_at_once(person: Person, tmp_path: Path) -> None:
    calls = Calls(tmp_path, "g", Sink())
    series = CALLS.labels("dot-copilot", "figured", "refused")
    before = series.value
    refuse(calls, person, 40, tool="figured")
    assert series.value - before == 40
    await calls.stop()


async def test_what_cannot_be_put_on_record_is_not_answered_as_if_it_were(person: Person, tmp_path: Path) -> None:
    sink = Sink()
    sink.silent = True
    calls = Calls(tmp_path, "g", sink, limit_bytes=4_000)

    def fill() -> None:
        for number in range(1000):
            refuse(calls, person, 1, tool=f"t{number}")

    with pytest.raises(Refused, match="cannot be recorded"):
        fill()
    sink.silent = False
    await calls.stop()
