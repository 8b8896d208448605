"""A packet as a job: one driver after the other, then the archive. Killed anywhere, it goes on where it stood.

What has been done is known from the database alone: a driver is done in the transaction that notes the PDF, after the PDF is in
the store. The same data make the same bytes under the same name, so two workers at the same driver do no harm either.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import tempfile
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

from dot_copilot.core import audit, telemetry
from dot_copilot.core.database import Door, Row
from dot_copilot.features.packets import names, repository, sheets
from dot_copilot.features.packets.binding import bind
from dot_copilot.features.packets.models import PacketFile
from dot_copilot.features.packets.press.child import Press, PressDied
from dot_copilot.features.packets.press.model import Sheet, SheetDocument
from dot_copilot.features.packets.press.problem import NotPrintable
from dot_copilot.features.packets.sheets import Source
from dot_copilot.features.packets.work import Cancelled, Job

_CHUNK = 1 << 20
TURN = 20.0
"""Seconds of building before a packet lets others go first: somebody who wants one driver does not wait for two thousand."""
_BUILT = telemetry.counter("dot_packets_total", "Audit packets: how their building ended.", ("outcome",))
DONE, FAILED, CANCELLED = (_BUILT.labels(outcome) for outcome in ("done", "failed", "cancelled"))
_DIFFERS = "The file in the store is not the one that was sent: its SHA-256 differs."
_LOST = "The file is missing from the store."
_LOCKED = "The file was locked when it was checked: the store holds something else than what was sent."
_PURGED = "The file was removed after the time for which it had to be kept; the record of it stays."
_WAITS = "The file had not been checked yet when the packet was built."


async def run(job: Job) -> bool:
    """Does what is left to do, for a turn; True when it is another packet's turn first. `Interrupted` when the worker stops."""
    until = time.monotonic() + TURN
    async with job.door() as door:
        row = await _begin(door, job)
        if row is None or row["state"] != "building":
            return False
        waiting = await repository.waiting_drivers(door, job.packet_id)
    origin = sheets.Origin(row["code"], row["as_of"], job.platform.settings.pages_url)
    try:
        async with Press() as press:
            for driver in waiting:
                await job.check()
                await _driver(job, press, row, origin, driver)
                if time.monotonic() > until and driver is not waiting[-1]:
                    return True
        await bind(job, row)
    except Cancelled:
        await end(job, "cancelled", "packet.cancelled")
        CANCELLED.add()
        return False
    DONE.add()
    return False


async def _begin(door: Door, job: Job) -> Row | None:
    """The packet, with its state moved on from `queued`, and the place in the audit log noted at which it was begun."""
    row = await repository.read_packet(door, job.packet_id, lock=True)
    if row is None or row["state"] != "queued":
        return row
    await audit.seal(door)
    seq, head = await repository.audit_head(door)
    now = job.platform.clock.now()
    await repository.update_packet(door, job.packet_id, state="building", started_at=now, audit_seq=seq, audit_hash=head)
    return await repository.read_packet(door, job.packet_id)


async def _driver(job: Job, press: Press, row: Row, origin: sheets.Origin, driver: Row) -> None:
    driver_id: UUID = driver["driver_id"]
    async with job.door() as door:
        draft = await sheets.draft(door, job.platform.clock, driver_id, origin)
    with tempfile.TemporaryDirectory(prefix="packet-") as directory:
        folder = Path(directory)
        made = _Making(job, press, folder, driver_id, names.of_driver(driver["position"], draft.sheet))
        files = await made.pdf("pdf", draft.sheet, draft.sources, originals=row["originals"])
        if row["sph"] and draft.sph:
            files += await made.pdf("sph", sheets.sph_sheet(draft.sheet, draft.sph), draft.sph, originals=row["originals"])
    async with job.door() as door:
        await repository.finish_driver(door, job.packet_id, driver_id, draft.sheet.version, files)


class _Making:
    """One driver's PDFs, in a folder of their own."""

    def __init__(self, job: Job, press: Press, folder: Path, driver_id: UUID, name: str) -> None:
        self._job, self._press, self._folder = job, press, folder
        self._driver_id, self._name = driver_id, name
        self._parts = 0

    async def pdf(self, kind: Literal["pdf", "sph"], sheet: Sheet, sources: list[Source], *, originals: bool) -> list[PacketFile]:
        """Makes one PDF and stores it; returns it and the documents in it."""
        documents, files = [], []
        for source in sources:
            document, crc = await self._document(source)
            documents.append(document)
            path = names.of_original(self._name, kind, document)
            stored = source.stored
            files.append(
                PacketFile(
                    self._driver_id,
                    document.number if kind == "pdf" else 1000 + document.number,
                    "document",
                    path,
                    stored.size,
                    stored.sha256,
                    crc,
                    len(document.sizes),
                    stored.blob_name if originals and crc is not None else None,
                    stored.id,
                    source.requirement,
                    document.problem,
                )
            )
        target = self._folder / f"{kind}.pdf"
        pages = await self._assemble(msgspec.structs.replace(sheet, documents=documents), target)
        blob = self._job.blob(f"{self._driver_id}.{kind}.pdf")
        size, digest, crc32 = await asyncio.to_thread(_measure, target)
        await self._job.platform.blobs.put(blob, _read(target), media_type="application/pdf")
        name = f"{self._name}{'' if kind == 'pdf' else ' - safety performance history 391.53'}.pdf"
        return [PacketFile(self._driver_id, 0, kind, name, size, digest, crc32, pages, blob), *files]

    async def _document(self, source: Source) -> tuple[SheetDocument, int | None]:
        """The document with its pages, or with why there are none; and the CRC of its bytes, if they are what was sent."""
        await self._job.check()
        if source.stored.purged:
            return _left_out(source, _PURGED), None
        if source.stored.state != "clean":
            return _left_out(source, _LOCKED if source.stored.state == "rejected" else _WAITS), None
        file, part = self._folder / "source", self._folder / f"{self._parts}.part"
        self._parts += 1
        try:
            size, digest, crc = await self._fetch(source.stored.blob_name, file)
        except FileNotFoundError:
            return _left_out(source, _LOST), None
        if (size, digest) != (source.stored.size, source.stored.sha256):
            return _left_out(source, _DIFFERS), None
        try:
            sizes = await self._press.convert(file, source.stored.media_type, part)
        except NotPrintable as problem:
            return _left_out(source, problem.why), crc
        finally:
            file.unlink(missing_ok=True)
        return msgspec.structs.replace(source.document, part=str(part), sizes=sizes), crc

    async def _fetch(self, blob: str, file: Path) -> tuple[int, bytes, int]:
        digest, size, crc = hashlib.sha256(), 0, 0
        with file.open("wb") as written:
            async for chunk in self._job.platform.blobs.stream(blob):
                digest.update(chunk)
                size, crc = size + len(chunk), zlib.crc32(chunk, crc)
                await asyncio.to_thread(written.write, chunk)
        return size, digest.digest(), crc

    async def _assemble(self, sheet: Sheet, target: Path) -> int:
        """The PDF. A part that brings the press down is left out, and the packet goes on."""
        with contextlib.suppress(PressDied):
            return await self._try(sheet, target)
        kept = []
        for document in sheet.documents:
            try:
                await self._try(msgspec.structs.replace(sheet, documents=[document], items=[]), target)
            except PressDied:
                problem = "The file could not be processed: putting it on pages fails."
                kept.append(msgspec.structs.replace(document, part=None, sizes=[], problem=problem))
            else:
                kept.append(document)
        return await self._try(msgspec.structs.replace(sheet, documents=kept), target)

    async def _try(self, sheet: Sheet, target: Path) -> int:
        written = self._folder / "sheet.json"
        written.write_bytes(msgspec.json.encode(sheet))
        return await self._press.assemble(written, target)


def _left_out(source: Source, why: str) -> SheetDocument:
    return msgspec.structs.replace(source.document, problem=why)


def _measure(file: Path) -> tuple[int, bytes, int]:
    digest, size, crc = hashlib.sha256(), 0, 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return size, digest.digest(), crc


async def _read(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while chunk := await asyncio.to_thread(opened.read, _CHUNK):
            yield chunk


async def end(job: Job, state: Literal["failed", "cancelled"], action: str, problem: str | None = None) -> None:
    """Ends the building early, once, with a reason for people; what was made is swept."""
    async with job.door() as door:
        row = await repository.read_packet(door, job.packet_id, lock=True)
        if row is None or row["state"] not in ("queued", "building"):
            return
        await repository.update_packet(door, job.packet_id, state=state, problem=problem, finished_at=job.platform.clock.now())
        told = {"problem": problem} if problem else {}
        await audit.record(door, action, "packet", job.packet_id, told)
