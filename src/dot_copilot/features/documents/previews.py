"""Pictures of documents: made by the worker in a bounded process, kept beside the file, handed out under its rights."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from dot_copilot.core.platform import Platform
from dot_copilot.features.documents.bounded.parent import TookTooMuch, bounded
from dot_copilot.features.documents.errors import NoPreview, StorageUnavailable
from dot_copilot.features.documents.kinds import VIDEOS

log = logging.getLogger(__name__)
_SECONDS = 30.0
_MOST = 8 << 20


async def make(platform: Platform, blob_name: str, media_type: str) -> int:
    """Makes and stores the pictures of a file; how many pages there are, 0: none can be shown. Raises as the store."""
    if media_type in VIDEOS:
        return 0
    with tempfile.TemporaryDirectory(prefix="dot-copilot-") as folder:
        path = Path(folder, "file")
        with path.open("wb") as file:  # noqa: ASYNC230 - it is made, not waited for
            async for chunk in platform.blobs.stream(blob_name):
                await asyncio.to_thread(file.write, chunk)
        try:
            answer = await bounded.ask("preview", str(path), seconds=_SECONDS, media_type=media_type, out=folder)
        except TookTooMuch:
            answer = {"failed": "takes too much"}
        if "failed" in answer:
            log.info("no preview of %s: %s", blob_name, answer["failed"])
            return 0
        pages = int(answer["pages"])
        for name in ["thumb", *(str(page) for page in range(1, pages + 1))]:
            await platform.blobs.put(f"{blob_name}.{name}", _of(Path(folder, name)), media_type="image/jpeg")
    return pages


async def _of(path: Path) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(path.read_bytes)


async def read(platform: Platform, blob_name: str, pages: int | None, page: str) -> bytes:
    """A picture: `page` is a number or "thumb". `NoPreview` when there is none."""
    if not pages or (page != "thumb" and not (page.isdecimal() and 1 <= int(page) <= pages)):
        raise NoPreview
    try:
        return await platform.blobs.read(f"{blob_name}.{page}", 0, _MOST)
    except FileNotFoundError:
        raise NoPreview from None
    except OSError:
        raise StorageUnavailable from None
