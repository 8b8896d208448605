"""Files in the store: quarantine, damage, and what is left after a crash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.telemetry import parse_carried
from dot_copilot.features.documents import files as stored_files
from dot_copilot.features.documents.tasks import verify_document
from tests.support import files
from tests.support.uploads import blobs_of, send, send_pdf
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def state_of(world: World, document_id: str) -> str:
    """The document's state in the database."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        state: str = await door.fetchval(
            "select state from documents where carrier_id = $1 and id = $2", world.carrier_id, UUID(document_id)
        )
    return state


async def test_the_worker_ends_the_quarantine_of_what_was_stored_right(world: World) -> None:
    core_tasks.bind(world.worker)
    document = await send_pdf(world, await world.add_driver())
    assert await state_of(world, document["id"]) == "quarantined"
    async with world.worker.database.job_door(world.carrier_id) as door:
        job = await door.fetchrow(
            "select task_name, args from procrastinate_jobs where args ->> 'document_id' = $1", document["id"]
        )
    assert job is not None
    assert job["task_name"] == stored_files.VERIFY
    args = job["args"]
    assert parse_carried(args.pop("trace")), "the worker goes on with the trace of the request"
    for _ in range(2):
        await verify_document(**args)
        assert await state_of(world, document["id"]) == "clean"


@pytest.mark.parametrize("damage", ["other bytes", "gone"])
async def test_a_file_that_changed_in_the_store_is_locked(world: World, damage: str) -> None:
    core_tasks.bind(world.worker)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    document = await send_pdf(world, await world.add_driver())
    [blob] = await blobs_of(world)
    if damage == "gone":
        await world.worker.blobs.delete(blob)
    else:
        await world.worker.blobs.put(blob, chunks(files.pdf("Forged")), media_type="application/pdf")
    refused = await manager.get(f"/documents/{document['id']}/content")
    assert refused.json()["type"].endswith("/document-rejected")
    assert await state_of(world, document["id"]) == "rejected"
    await verify_document(str(world.carrier_id), document["id"])
    assert await state_of(world, document["id"]) == "rejected"


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    """The bytes in one piece."""
    yield content


class _Tomorrow(Clock):
    def now(self) -> Any:
        return super().now() + timedelta(days=2)


async def test_the_sweep_removes_only_what_has_no_row_and_is_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    document = await send_pdf(world, await world.add_driver())
    orphan = f"{world.carrier_id}/documents/{uuid4()}/{uuid4()}"
    other = f"{world.carrier_id}/rosters/{uuid4()}"
    for name in (orphan, other):
        await world.worker.blobs.put(name, chunks(b"left over"), media_type="application/pdf")
    assert await stored_files.sweep(world.worker, world.carrier_id) == 0
    monkeypatch.setattr(world.worker, "clock", _Tomorrow())
    assert await stored_files.sweep(world.worker, world.carrier_id) == 1
    left = await blobs_of(world)
    assert orphan not in left
    assert other in left
    assert any(name.endswith(document["id"]) for name in left)


async def test_a_crash_before_the_commit_leaves_no_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(*_: object) -> None:
        raise RuntimeError("the process dies here")

    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    monkeypatch.setattr("dot_copilot.features.documents.service.audit.record", crash)
    assert (await send(manager, driver, files.pdf())).status_code == 500
    assert len(await blobs_of(world)) == 1
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await door.fetchval("select count(*) from documents where carrier_id = $1", world.carrier_id) == 0


async def test_a_store_that_does_not_answer_is_a_503_and_saves_nothing(
    world: World, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        async def put(self, *_: object, **__: object) -> int:
            raise ConnectionError("no store")

    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    monkeypatch.setattr(api.platform, "blobs", Gone())
    refused = await send(manager, driver, files.pdf())
    assert refused.status_code == 503
    assert "document store" in refused.json()["detail"]
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []
