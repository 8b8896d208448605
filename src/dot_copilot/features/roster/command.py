"""What `dot-copilot import roster FILE --carrier USDOT [--dry-run]` does: the same import, asked for from the shell."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from dot_copilot.core.errors import NotFound
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.roster import schemas, service
from dot_copilot.features.roster.errors import MAX_FILE_BYTES, RosterTooLarge
from dot_copilot.features.roster.upload import Upload

_ENDED = ("preview", "done", "failed", "cancelled")
_POLL = 0.3


class CarrierNotFound(NotFound):
    """No carrier has that USDOT number."""

    slug, title = "carrier-not-found", "There is no such carrier"


async def import_file(
    platform: Platform,
    usdot: str,
    path: Path,
    *,
    dry_run: bool,
    on_progress: Callable[[schemas.RosterImport], None] = lambda _: None,
) -> schemas.RosterImport:
    """Queues the import of `path` for the carrier and waits for its end; the worker does it, even when this process ends.

    `platform` is one of the role `worker`. `on_progress` hears of each change. Raises what an upload over HTTP raises
    (`Problem`), `CarrierNotFound` or `FileNotFoundError`.
    """
    row = await platform.database.lookup("select app.find_carrier($1) as id", usdot)
    if row is None or row["id"] is None:
        raise CarrierNotFound(f"No carrier has the USDOT number {usdot}.")
    carrier_id: UUID = row["id"]
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise RosterTooLarge
    upload = Upload(
        path=path,
        file_name=safe_file_name(path.name),
        size=size,
        sha256=await asyncio.to_thread(lambda: hashlib.sha256(path.read_bytes()).digest()),
        dry_run=dry_run,
        mapping={},
    )
    begin = service.Beginning(carrier_id, lambda: platform.database.job_door(carrier_id, via="cli"))
    present = await service.begin_import(platform, begin, "en", upload)
    while present.state not in _ENDED:
        on_progress(present)
        await asyncio.sleep(_POLL)
        async with platform.database.job_door(carrier_id, via="cli") as door:
            present = await service.read_import(door, "en", present.id)
    on_progress(present)
    return present
