"""Reads a file back from the store and looks at it: whole, of a kind that we take, small enough, harmless, without a virus."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from msgspec import Struct

from dot_copilot.core import jobs, telemetry
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import ScanRefused
from dot_copilot.features.documents import kinds, upload_repository
from dot_copilot.features.documents.bounded.parent import TookTooMuch, bounded
from dot_copilot.features.documents.errors import StorageUnavailable
from dot_copilot.features.documents.inspection import Inspected, Refused, inspect
from dot_copilot.features.documents.models import Part, Upload

log = logging.getLogger(__name__)
PREVIEW = "documents:make_upload_preview"
PREVIEW_PAGES = 3
_SECONDS = 20.0
_CHUNK = 1 << 20
_FOUND = telemetry.counter("dot_scans_total", "Files given to the virus scanner, by what it said.", ("outcome",))
_inspections = asyncio.Semaphore(4)


class Checked(Struct, frozen=True):
    """What a check found; `refusal` None: it is taken. Not `scanned`: the scanner has not answered yet."""

    media_type: str | None = None
    sha256: bytes | None = None
    scanned: bool = False
    refusal: str | None = None


def blobs_of(blob_name: str) -> list[str]:
    """Everything the store may hold of a file: itself and its pictures."""
    return [blob_name, f"{blob_name}.thumb", *(f"{blob_name}.{page}" for page in range(1, PREVIEW_PAGES + 1))]


def file_of(blob_name: str) -> str:
    """The file that a name of `blobs_of` belongs to."""
    return blob_name.partition(".")[0]


async def look_into(path: str, inspected: Inspected) -> None:
    """What only a real parser sees; `Refused` says what it is."""
    if inspected.media_type != "application/pdf":
        return
    try:
        answer = await bounded.ask("pdf", path, seconds=_SECONDS)
    except TookTooMuch:
        raise Refused("is a PDF that takes too much to be opened; print it to a new PDF, and send that one") from None
    if "failed" in answer:
        raise Refused("is a PDF that is damaged: no reader can open it")
    if found := answer.get("refused"):
        raise Refused(found)


async def check_received(file: BinaryIO) -> Inspected:
    """A file that came whole and lies in a temporary file; `Refused` says what is wrong with it."""
    async with _inspections:
        inspected = await asyncio.to_thread(inspect, file)
        if inspected.media_type == "application/pdf":
            with _named() as (copy, path):
                await asyncio.to_thread(shutil.copyfileobj, file, copy)
                copy.flush()
                await look_into(path, inspected)
            file.seek(0)
    return inspected


@contextmanager
def _named() -> Iterator[tuple[BinaryIO, str]]:
    """A temporary file that has a name, so that another process can open it; gone afterwards."""
    with tempfile.NamedTemporaryFile(prefix="dot-copilot-") as file:
        yield cast("BinaryIO", file), file.name


async def check(platform: Platform, upload: Upload, parts: list[Part]) -> Checked:
    """Looks at an upload whose parts are put together. `StorageUnavailable` when the store does not answer."""
    with _named() as (file, path):
        try:
            whole = await _read_back(platform, upload, parts, file)
        except OSError:
            raise StorageUnavailable from None
        if not whole:
            return Checked(refusal="arrived damaged; send it again")
        try:
            async with _inspections:
                inspected = await asyncio.to_thread(inspect, file, films=True)
                _check_size(platform, inspected)
                await look_into(path, inspected)
        except Refused as refused:
            return Checked(refusal=refused.found)
        found = Checked(inspected.media_type, inspected.sha256)
        try:
            virus = await scan(platform, _chunks(file))
        except ConnectionError as error:
            log.warning("an upload was not scanned yet: %s", error)
            return found
        if virus:
            return Checked(inspected.media_type, inspected.sha256, scanned=True, refusal=virus)
        return Checked(inspected.media_type, inspected.sha256, scanned=True)


async def scan(platform: Platform, chunks: AsyncIterator[bytes]) -> str | None:
    """Why the scanner refuses a file, None if it does not. `ConnectionError` when it does not answer."""
    try:
        virus = await platform.scanner.scan(chunks)
    except ScanRefused as refused:
        _FOUND.labels("refused").add()
        return f"{refused}; ask your administrator"
    except ConnectionError:
        _FOUND.labels("not_answering").add()
        raise
    if platform.scanner.name != "none":
        _FOUND.labels("infected" if virus else "clean").add()
    return f"holds a virus ({virus}); clean the machine it comes from" if virus else None


def _check_size(platform: Platform, inspected: Inspected) -> None:
    kind = kinds.kind_of(inspected.media_type)
    if inspected.size > kinds.limit(platform.settings, kind):
        most = kinds.limit(platform.settings, kind) >> 20
        raise Refused(f"is a {kind} of more than {most} MB; send a smaller one")


async def _read_back(platform: Platform, upload: Upload, parts: list[Part], file: BinaryIO) -> bool:
    """Copies the file out of the store; False unless each part is as it was counted, and nothing else is there."""
    waiting = list(reversed(parts))
    digest, left = hashlib.sha256(), 0

    def take(chunk: bytes) -> bool:
        nonlocal digest, left
        file.write(chunk)
        view = memoryview(chunk)
        while view:
            if left == 0:
                if not waiting:
                    return False
                digest, left = hashlib.sha256(), waiting[-1].size
            piece = view[:left]
            digest.update(piece)
            view, left = view[len(piece) :], left - len(piece)
            if left == 0 and digest.digest() != waiting.pop().sha256:
                return False
        return True

    async for chunk in platform.blobs.stream(upload.blob_name):
        if not await asyncio.to_thread(take, chunk):
            return False
    file.flush()
    return not waiting and left == 0


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while chunk := await asyncio.to_thread(file.read, _CHUNK):
        yield chunk


async def settle(door: Door, upload: Upload, found: Checked) -> None:
    """Writes what a check found, once, and has a picture made of what is taken."""
    first = await upload_repository.settle(
        door, upload.id, media_type=found.media_type, sha256=found.sha256, scanned=found.scanned, refusal=found.refusal
    )
    if first and found.refusal is None:
        await jobs.defer(door, PREVIEW, upload_id=str(upload.id))
