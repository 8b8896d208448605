"""Reads scans of bulk uploads in the background."""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any
from uuid import UUID

import procrastinate

from dot_copilot.core.platform import Platform
from dot_copilot.core.tasks import platform
from dot_copilot.features.bulk import repository
from dot_copilot.features.bulk.matching.match import Matched, match, read
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.documents import upload_repository
from dot_copilot.features.documents.bounded.parent import TookTooMuch, bounded
from dot_copilot.features.documents.kinds import VIDEOS
from dot_copilot.features.documents.models import Upload

tasks = procrastinate.Blueprint()
_SECONDS = 30.0


class NotCheckedYet(Exception):
    """Its file is still being checked: the job comes again."""


@tasks.task(name="read_item", retry=procrastinate.RetryStrategy(max_attempts=60, wait=3))
async def read_item(carrier_id: str, item_id: str, actor_id: str | None = None) -> None:
    """Reads text and barcode of a scan, and notes whose it may be. Done again it finds the same."""
    del actor_id
    here, tenant = platform(), UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        item = await repository.read_item(door, UUID(item_id))
        upload = await upload_repository.read_upload(door, item["upload_id"]) if item else None
        if item is None or upload is None or item["state"] != "reading":
            return
        if upload.state == "refused":
            await repository.refuse_item(door, item["id"], upload.refusal or "was refused")
            return
    if upload.state == "checking":
        raise NotCheckedYet
    answer = await _read_file(here, upload)
    async with here.database.job_door(tenant) as door:
        scan = read(upload.file_name, answer.get("text", ""), answer.get("codes", []))
        candidates = await repository.candidates(door, scan.words)
        today = here.clock.today((await carriers.read_carrier(door))["default_time_zone"])
        await repository.write_found(door, item["id"], _told(match(scan, candidates, today)))


async def _read_file(here: Platform, upload: Upload) -> dict[str, Any]:
    """Text and barcodes; nothing of a file that can't be read, which a person then sorts."""
    if upload.media_type is None or upload.media_type in VIDEOS:
        return {}
    with tempfile.NamedTemporaryFile(prefix="dot-copilot-") as file:
        async for chunk in here.blobs.stream(upload.blob_name):
            await asyncio.to_thread(file.write, chunk)
        file.flush()
        try:
            return await bounded.ask("read", file.name, seconds=_SECONDS, media_type=upload.media_type)
        except TookTooMuch:
            return {}


def _told(found: Matched) -> dict[str, Any]:
    """As `schemas.Found` reads it."""
    return {
        "drivers": [
            {
                "id": str(each.candidate.id),
                "employee_id": each.candidate.employee_id,
                "name": f"{each.candidate.first_name} {each.candidate.last_name}",
                "by": each.by,
            }
            for each in found.drivers
        ],
        "requirement": found.requirement,
        "obtained_on": found.obtained_on.isoformat() if found.obtained_on else None,
        "expires_on": found.expires_on.isoformat() if found.expires_on else None,
        "licence_number": found.licence_number,
        "sure": found.sure,
    }
