"""What people see and may call."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.guard.pins import Baseline, BaselineError, Pins, Row
from dot_copilot.mcp.gateway.guard.policy import ToolPolicy
from dot_copilot.mcp.gateway.guard.registry import Registry
from dot_copilot.mcp.gateway.guard.reports import PostgresReports
from dot_copilot.mcp.gateway.ports import Refused, Verdict, Withheld
from tests.mcp.guard.people import Person, offer
from tests.mcp.guard.test_feed import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _pins(rows: list[Row], baseline: Baseline | None = None) -> Pins:
    async def read() -> list[Row]:
        return rows

    pins = Pins(read, baseline or Baseline({}), ["dot-copilot"])
    assert await pins.refresh()
    return pins


def _with_role(verdict: Verdict, role: Role) -> Verdict:
    return msgspec.structs.replace(verdict, caller=msgspec.structs.replace(verdict.caller, role=role))


async def test_a_scope_that_is_missing_is_asked_for_with_all_the_others(person: Person) -> None:
    policy = ToolPolicy(await _pins([]), frozenset(), lambda _user: True)
    item = offer("record_evidence", "dot-copilot", "evidence:write")
    verdict = person.verdict("drivers:read")
    assert not policy.sees(verdict, item)
    refused = policy.refusal(verdict, item)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.error) == (403, "insufficient_scope")
    assert refused.scopes == ("drivers:read", "evidence:write")
    granted = person.verdict("drivers:read", "evidence:write")
    assert policy.sees(granted, item)
    assert policy.refusal(granted, item) is None


async def test_a_scope_the_role_no_longer_holds_does_not_help(person: Person) -> None:
    policy = ToolPolicy(await _pins([]), frozenset(), lambda _user: True)
    item = offer("audit_trail", "dot-copilot", "audit:read")
    driver = _with_role(person.verdict("audit:read"), Role.DRIVER)
    assert not policy.sees(driver, item)
    answer = policy.refusal(driver, item)
    assert isinstance(answer, Withheld), "asking for the scope again would not help either"
    assert "role driver" in answer.text


async def test_a_tool_of_ours_may_be_for_some_roles_only(person: Person) -> None:
    policy = ToolPolicy(await _pins([]), frozenset(), lambda _user: True)
    item = offer("import_status", "dot-copilot", "drivers:read", roles=["admin", "safety_manager"])
    assert policy.sees(person.verdict("drivers:read"), item)
    supervisor = _with_role(person.verdict("drivers:read"), Role.SUPERVISOR)
    assert not policy.sees(supervisor, item)
    assert isinstance(policy.refusal(supervisor, item), Withheld)
    assert policy.view(supervisor) != policy.view(person.verdict("drivers:read"))


async def test_new_and_changed_definitions_are_held_back(person: Person) -> None:
    known, changed, new = offer("known"), offer("changed", text="Now it does something else."), offer("new")
    baseline = Baseline({"github": {"tool": {"known": known.hash, "changed": offer("changed").hash}}})
    policy = ToolPolicy(await _pins([], baseline), frozenset(), lambda _user: True)
    verdict = person.verdict()
    assert policy.sees(verdict, known)
    for item in (changed, new, offer("known", kind=Kind.PROMPT)):
        assert not policy.sees(verdict, item)
        answer = policy.refusal(verdict, item)
        assert isinstance(answer, Withheld)
        assert "held back" in answer.text
    assert policy.sees(verdict, offer("anything", "dot-copilot")), "our own tools come with the release"


async def test_a_carrier_decides_for_itself_alone(person: Person) -> None:
    new, known = offer("new"), offer("known")
    mine, other = person.caller.carrier_id, uuid4()
    rows: list[Row] = [
        (mine, "github", "tool", "new", new.hash, "approved"),
        (mine, "github", "tool", "known", known.hash, "rejected"),
        (other, "github", "tool", "elsewhere", offer("elsewhere").hash, "approved"),
    ]
    pins = await _pins(rows, Baseline({"github": {"tool": {"known": known.hash}}}))
    policy = ToolPolicy(pins, frozenset(), lambda _user: True)
    verdict = person.verdict()
    assert policy.sees(verdict, new)
    assert not policy.sees(verdict, known), "a rejection outweighs the release"
    assert not policy.sees(verdict, offer("elsewhere"))
    assert not policy.sees(verdict, offer("new", text="Changed since.")), "exactly this definition was approved"
    neighbour = msgspec.structs.replace(verdict, caller=msgspec.structs.replace(verdict.caller, carrier_id=uuid4()))
    assert policy.sees(neighbour, known)
    assert policy.view(verdict) != policy.view(neighbour)


async def test_github_tools_are_absent_without_a_token(person: Person) -> None:
    attached: set[UUID] = set()
    item = offer("get_me", scope="github")
    pins = await _pins([], Baseline({"github": {"tool": {"get_me": item.hash}}}))
    policy = ToolPolicy(pins, frozenset({"github"}), attached.__contains__)
    verdict = person.verdict("github")
    assert not policy.sees(verdict, item)
    answer = policy.refusal(verdict, item)
    assert isinstance(answer, Withheld)
    assert "GitHub token" in answer.text
    before = policy.view(verdict)
    attached.add(person.caller.user_id)
    assert policy.sees(verdict, item)
    assert policy.view(verdict) != before


async def test_people_of_many_carriers_share_a_view_while_none_has_decided_anything(person: Person) -> None:
    policy = ToolPolicy(await _pins([]), frozenset(), lambda _user: False)
    one = person.verdict("drivers:read", "audit:read")
    two = msgspec.structs.replace(
        one, caller=msgspec.structs.replace(one.caller, carrier_id=uuid4(), user_id=uuid4()), token_id=b"x"
    )
    assert policy.view(one) == policy.view(two)
    assert policy.view(one) != policy.view(person.verdict("drivers:read"))
    driver = _with_role(one, Role.DRIVER)
    assert policy.view(driver) == policy.view(_with_role(person.verdict("drivers:read"), Role.DRIVER)), (
        "audit:read is no driver's"
    )


async def test_approvals_come_from_the_database_and_raise_the_version(
    registry: Registry, worker: Platform, person: Person
) -> None:
    item = offer(f"tool_{uuid4().hex[:8]}")
    changes: list[int] = []
    pins = Pins(registry.pins, Baseline({}), [], lambda: changes.append(1))
    policy = ToolPolicy(pins, frozenset(), lambda _user: True)
    reports = PostgresReports(registry, pins, "gateway-test", every_s=0)
    reports.start()
    reports.offered("github", [item])
    pins.start()
    carrier = person.caller.carrier_id

    async def offered() -> str | None:
        async with worker.database.job_door(carrier) as door:
            row = await door.fetchrow("select hash, trust, baseline_hash from mcp_offered where name = $1", item.name)
        return None if row is None else f"{row['hash']} {row['trust']} {row['baseline_hash']}"

    for _ in range(100):
        if await offered():
            break
        await pins.refresh()
    assert await offered() == f"{item.hash} none None"
    assert not policy.sees(person.verdict(), item)
    before = len(changes)
    async with worker.database.job_door(carrier) as door:
        await door.execute(
            """insert into mcp_pins (carrier_id, upstream, kind, name, hash, approved_by)
               values ($1, 'github', 'tool', $2, $3, $4)""",
            carrier,
            item.name,
            item.hash,
            person.caller.user_id,
        )
    pins.stale(b"news")
    await until(lambda: policy.sees(person.verdict(), item))
    assert len(changes) > before
    await reports.stop()
    await pins.stop()


async def test_pins_that_cannot_be_read_stay_as_they_were(person: Person) -> None:
    item = offer("new")
    rows: list[Row] | None = [(person.caller.carrier_id, "github", "tool", "new", item.hash, "approved")]

    async def read() -> list[Row]:
        if rows is None:
            raise OSError("silent")
        return rows

    pins = Pins(read, Baseline({}), [])
    assert not pins.allows(person.caller.carrier_id, item), "nothing is read yet"
    assert await pins.refresh()
    rows = None
    assert not await pins.refresh()
    assert pins.allows(person.caller.carrier_id, item)


async def test_a_damaged_baseline_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "github.json").write_text(json.dumps({"tool": {"get_me": "abc"}}))
    with pytest.raises(BaselineError, match=r"github\.json"):
        Baseline.load(tmp_path)
    (tmp_path / "github.json").write_text("{")
    with pytest.raises(BaselineError, match=r"github\.json"):
        Baseline.load(tmp_path)
    (tmp_path / "github.json").write_text(json.dumps({"tool": {"get_me": "a" * 64}}))
    assert Baseline.load(tmp_path).hash("github", "tool", "get_me") == "a" * 64
    assert Baseline.load(tmp_path).hash("github", "prompt", "get_me") is None


async def test_the_health_of_upstreams_is_the_worst_word_of_the_gateways(registry: Registry, worker: Platform) -> None:
    name = f"up-{uuid4().hex[:6]}"
    await registry.report_upstream(name, "gateway-1", "ready", "", 12)
    await registry.report_upstream(name, "gateway-2", "down", "connection refused", 0)
    question = "select state, detail, gateway from mcp_upstream_health where name = $1"
    row = await worker.database.lookup(question, name)
    assert row is not None
    assert tuple(row) == ("down", "connection refused", "gateway-2")
    await registry.report_upstream(name, "gateway-2", "ready", "", 12)
    await registry.report_upstream(name, "gateway-1", "off", "the gateway was stopped", 0)
    row = await worker.database.lookup(question, name)
    assert row is not None
    assert row["state"] == "ready", "a gateway that was stopped has no say"
