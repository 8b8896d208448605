"""Calls of others' tools are kept with what was asked, under the id that they have in the audit log; ours are not kept twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from dot_copilot.adapters.documents.postgres import PostgresEventDocuments
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database
from dot_copilot.core.event_documents import ASSISTANT_CALL, EventDocument, EventQuery
from dot_copilot.core.platform import Platform
from dot_copilot.mcp import transcript
from dot_copilot.mcp.gateway.guard.calls import Calls
from dot_copilot.mcp.gateway.guard.registry import Registry
from dot_copilot.mcp.gateway.guard.upstream_transcript import UpstreamTranscript
from dot_copilot.mcp.transcript import Mode, Transcript
from tests.mcp.guard.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")
RESULT = {"content": [{"type": "text", "text": '{"login": "octocat", "token": "t0ps3cret"}'}], "isError": False}
ANSWER = orjson.dumps({"jsonrpc": "2.0", "id": 1, "result": RESULT})
TRACE = b"0af7651916cd43dd8448eb211c80319c"


class Kept:
    """The record of a gateway's calls with its transcript, as role dot_gateway; read by the worker."""

    def __init__(self, database: Database, registry: Registry, worker: Platform, place: Path, *, mode: Mode = "full") -> None:
        self._store = PostgresEventDocuments(database, Clock())
        self.transcript = UpstreamTranscript(Transcript(self._store, Clock(), mode), ["dot-copilot", "gateway"])
        self.calls = Calls(place, "gateway-1", registry.audit_calls, transcript=self.transcript)
        self._worker = worker

    async def after(self, person: Person, *calls: tuple[str, str, dict[str, Any], tuple[Any, ...]]) -> list[EventDocument]:
        """What is kept, the oldest first, once these calls (upstream, tool, arguments, how they ended) are over."""
        async with self.transcript.running():
            for upstream, tool, arguments, end in calls:
                entry = self.calls.enter(person.verdict(), upstream, tool, orjson.dumps(arguments), TRACE)
                self.calls.write()
                entry.end(*end)
        await self.calls.stop()
        carrier = person.caller.carrier_id
        async with self._worker.database.job_door(carrier) as door:
            heads = await self._worker.event_documents.page(door, EventQuery((ASSISTANT_CALL,)), limit=100)
            found = [await self._worker.event_documents.fetch(door, ASSISTANT_CALL, head.source_id) for head in reversed(heads)]
        return [one for one in found if one is not None]


@pytest.fixture
def kept(gateway_database: Database, registry: Registry, worker: Platform, tmp_path: Path) -> Kept:
    return Kept(gateway_database, registry, worker, tmp_path)


async def test_a_call_is_kept_whole_under_its_id_in_the_audit_log(kept: Kept, person: Person, worker: Platform) -> None:
    (document,) = await kept.after(person, ("github", "get_me", {"who": "me"}, ("ok", None, ANSWER)))
    assert document.body["arguments"] == {"who": "me"}
    assert document.body["result_bytes"] == len(orjson.dumps(RESULT))
    about = document.about
    assert (about["upstream"], about["tool"], about["outcome"]) == ("github", "get_me", "ok")
    assert (about["client"], about["user"]) == ("Test client", str(person.caller.user_id))
    assert about["trace"] == TRACE.decode()
    assert document.keep.days == 30
    async with worker.database.job_door(person.caller.carrier_id) as door:
        call = await door.fetchval("select details ->> 'call' from audit_log where action = 'assistant.call'")
    assert call == document.source_id


async def test_calls_of_our_own_tools_and_what_asked_nobody_are_not_kept_here(kept: Kept, person: Person) -> None:
    found = await kept.after(
        person,
        ("dot-copilot", "search_drivers", {}, ("ok", None, ANSWER)),
        ("gateway", "find_tools", {}, ("ok", None, ANSWER)),
        ("github", "get_me", {}, ("refused", "it is held back")),
        ("github", "completion/complete repo owner", {}, ("ok", None, ANSWER)),
        ("github", "prompts/get triage", {}, ("ok", None, ANSWER)),
    )
    assert [document.about["tool"] for document in found] == ["prompts/get triage"]


async def test_no_secret_gets_into_it_wherever_it_stood(kept: Kept, person: Person) -> None:
    token = "ghp_" + "a" * 36
    wrong = {"code": -32603, "message": f"Bearer {token} is not good"}
    found = await kept.after(
        person,
        ("github", "get_me", {"token": "hunter22", "note": f"use {token}"}, ("ok", None, ANSWER)),
        ("github", f"resources/read https://x/?access_token={token}", {}, ("error", f"password=hunter22 {token}")),
        ("github", "get_me", {}, ("error", None, orjson.dumps({"jsonrpc": "2.0", "id": 1, "error": wrong}))),
    )
    text = b"".join(orjson.dumps([document.body, dict(document.about)]) for document in found).decode()
    assert len(found) == 3
    assert not [secret for secret in ("ghp_", "hunter22", "t0ps3cret") if secret in text]
    assert "octocat" in text


async def test_what_failed_says_how(kept: Kept, person: Person) -> None:
    found = await kept.after(
        person,
        ("github", "get_me", {}, ("timeout", "It did not answer in time.")),
        ("github", "get_me", {}, ("cancelled",)),
        ("github", "get_me", {}, ("error", None, b"no JSON")),
    )
    assert [(one.about["outcome"], one.body["result"]) for one in found] == [
        ("timeout", "It did not answer in time."),
        ("cancelled", None),
        ("error", "what came is no message of JSON-RPC"),
    ]


async def test_a_large_answer_is_told_by_its_size(kept: Kept, person: Person) -> None:
    large = orjson.dumps({"jsonrpc": "2.0", "id": 1, "result": {"text": "x" * 400_000}})
    (document,) = await kept.after(person, ("github", "get_me", {"q": "y" * 20_000}, ("ok", None, large)))
    assert document.body["result"] == {"omitted": "it takes 400,011 bytes"}
    assert document.body["arguments"] == {"omitted": "it takes 20,008 bytes"}
    assert document.body["result_bytes"] == 400_011


async def test_answers_that_wait_take_no_more_memory_than_they_may(
    kept: Kept, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "MOST_WAITING_BYTES", 3 * len(orjson.dumps(RESULT)) + 10)
    found = await kept.after(person, *[("github", "get_me", {}, ("ok", None, ANSWER))] * 5)
    assert len(found) == 3, "the audit log has all five; the transcript those for which there was room"


@pytest.mark.parametrize(("mode", "documents"), [("off", 0), ("arguments", 1)])
async def test_an_installation_decides_what_is_kept(
    gateway_database: Database,
    registry: Registry,
    worker: Platform,
    person: Person,
    *,
    tmp_path: Path,
    mode: Mode,
    documents: int,
) -> None:
    kept = Kept(gateway_database, registry, worker, tmp_path, mode=mode)
    found = await kept.after(person, ("github", "get_me", {}, ("ok", None, ANSWER)))
    assert len(found) == documents
    assert not [document for document in found if "result" in document.body]
