"""The transcript of calls: noted at once, written later, bounded, without secrets, and never in the way of a call."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.event_documents import EventDocument, storable
from dot_copilot.mcp import transcript
from dot_copilot.mcp.server.transcript import Transcript
from dot_copilot.mcp.transcript import Mode

pytestmark = pytest.mark.asyncio
CALLER = Caller(uuid4(), uuid4(), uuid4(), Role.ADMIN, 1, 0, via="mcp:Claude")
RESULT = {"content": [{"type": "text", "text": "2 drivers"}], "structuredContent": {"total": 2}, "isError": False}
FAILED = {"content": [{"type": "text", "text": "No such driver"}], "isError": True}


class Store:
    """Keeps documents in a list; fails, or waits, as long as it is told to."""

    def __init__(self) -> None:
        self.documents: list[EventDocument] = []
        self.failing = False
        self.open, self.took = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def append(self, documents: list[EventDocument]) -> list[bool]:
        await self.open.wait()
        if self.failing:
            raise ConnectionError("gone")
        self.documents += storable(documents)
        self.took.set()
        return [True] * len(documents)


async def written(mode: Mode, *calls: tuple[dict[str, Any], dict[str, Any]]) -> list[EventDocument]:
    """What is stored of calls with these arguments and answers."""
    store = Store()
    kept = Transcript(store, Clock(), mode)  # type: ignore[arg-type]
    async with kept.running():
        for arguments, answer in calls:
            kept.note(CALLER, "search_drivers", arguments, answer, 0.25)
    return store.documents


async def test_by_default_the_answer_is_told_by_its_size_and_hash_alone() -> None:
    (document,) = await written("arguments", ({"query": "Ruiz"}, RESULT))
    told = msgspec.json.encode({"total": 2})
    assert document.body == {
        "arguments": {"query": "Ruiz"},
        "result_bytes": len(told),
        "result_sha256": hashlib.sha256(told).hexdigest(),
    }
    assert (document.carrier_id, document.kind, document.keep.days) == (CALLER.carrier_id, "assistant.call", 30)
    assert document.about["outcome"] == "ok"
    assert (document.about["client"], document.about["user"]) == ("Claude", str(CALLER.user_id))
    assert 0.2 <= (document.received_at - document.at).total_seconds() < 5


async def test_in_full_the_answer_is_there_or_the_words_of_an_error() -> None:
    good, bad = await written("full", ({}, RESULT), ({}, FAILED))
    assert (good.body["result"], good.about["outcome"]) == ({"total": 2}, "ok")
    assert (bad.body["result"], bad.about["outcome"]) == ("No such driver", "tool_error")


async def test_switched_off_nothing_is_kept() -> None:
    assert await written("off", ({"query": "Ruiz"}, RESULT)) == []


async def test_secrets_do_not_get_into_it() -> None:
    arguments = {"note": "use ghp_" + "a" * 36, "Password": "hunter22", "list": [{"token": "t0ps3cret"}], "x": "Bearer abcdef123"}
    answer = {**RESULT, "structuredContent": {"text": "password=hunter22"}}
    (document,) = await written("full", (arguments, answer))
    text = msgspec.json.encode(document.body).decode()
    for secret in ("ghp_", "hunter22", "t0ps3cret", "abcdef123"):
        assert secret not in text
    assert "[redacted]" in text


async def test_what_is_too_large_is_told_by_its_size() -> None:
    large = {"content": [], "structuredContent": {"text": "x" * 300_000}, "isError": False}
    (document,) = await written("full", ({"note": "y" * 20_000}, large))
    assert document.body["arguments"] == {"omitted": "it takes 20,011 bytes"}
    assert document.body["result"] == {"omitted": "it takes 300,011 bytes"}


async def test_a_call_that_no_store_takes_costs_the_others_nothing() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    documents = await written("arguments", ({"n": 1}, RESULT), ({"deep": deep}, RESULT), ({"n": 2}, RESULT))
    assert [document.body["arguments"] for document in documents] == [{"n": 1}, {"n": 2}]


async def test_a_store_that_hangs_holds_up_no_call_and_what_is_too_much_is_dropped() -> None:
    store = Store()
    store.open.clear()
    kept = Transcript(store, Clock(), "arguments")  # type: ignore[arg-type]
    async with kept.running():
        kept.note(CALLER, "search_drivers", {"n": -1}, RESULT, 0)
        await asyncio.sleep(0.05)
        for number in range(transcript.MOST_WAITING + 500):
            kept.note(CALLER, "search_drivers", {"n": number}, RESULT, 0)
        store.open.set()
    assert [document.body["arguments"]["n"] for document in store.documents] == [-1, *range(transcript.MOST_WAITING)]


async def test_what_the_store_did_not_take_is_written_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "_EVERY_SECONDS", 0.01)
    store = Store()
    store.failing = True
    kept = Transcript(store, Clock(), "arguments")  # type: ignore[arg-type]
    async with kept.running():
        for number in range(3):
            kept.note(CALLER, "search_drivers", {"n": number}, RESULT, 0)
        await asyncio.sleep(0.05)
        assert store.documents == []
        store.failing = False
        async with asyncio.timeout(5):
            await store.took.wait()
    assert [document.body["arguments"]["n"] for document in store.documents] == [0, 1, 2]


async def test_a_process_that_stops_does_not_wait_for_a_store_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "_PATIENCE_SECONDS", 0.1)
    store = Store()
    store.open.clear()
    kept = Transcript(store, Clock(), "arguments")  # type: ignore[arg-type]
    async with asyncio.timeout(2), kept.running():
        kept.note(CALLER, "search_drivers", {}, RESULT, 0)
        await asyncio.sleep(0.01)
    assert store.documents == []
