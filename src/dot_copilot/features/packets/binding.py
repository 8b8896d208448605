"""The last step of a packet: the manifest, the index as a table, and the archive, streamed from the store into the store."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from dot_copilot.core import audit
from dot_copilot.core.database import Door, Row
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.packets import archive, repository
from dot_copilot.features.packets.codes import shown
from dot_copilot.features.packets.work import KEPT, Cancelled, Job

FORMAT = "dot-copilot-packet/1"
_COLUMNS = ("employee id", "driver", "kind", "file", "requirement", "pages", "size in bytes", "sha-256", "remark")


async def bind(job: Job, row: Row) -> None:
    """Makes manifest and archive of what is in the store, and declares the packet done."""
    async with job.door() as door:
        files = await repository.files_of(door, job.packet_id)
        told = manifest(row, await carriers.read_carrier(door), files)
    blob = job.blob("manifest.json")
    await job.platform.blobs.put(blob, _once(told), media_type="application/json")
    values: dict[str, object] = {"manifest_blob": blob, "manifest_sha256": hashlib.sha256(told).digest()}
    if row["total"] > 1 or row["originals"] or any(file["kind"] == "sph" for file in files):
        values |= await _archive(job, files, told)
    async with job.door() as door:
        await _finish(job, door, values)


async def _finish(job: Job, door: Door, values: dict[str, object]) -> None:
    row = await repository.read_packet(door, job.packet_id, lock=True)
    if row is None or row["cancel_requested"]:
        raise Cancelled
    if row["state"] != "building":
        return  # another worker was faster; its bytes are the same
    now = job.platform.clock.now()
    await repository.update_packet(door, job.packet_id, state="done", finished_at=now, files_until=now + KEPT, **values)
    digest = values["manifest_sha256"]
    told = {"code": row["code"], "drivers": row["total"], "manifest": digest.hex() if isinstance(digest, bytes) else None}
    await audit.record(door, "packet.built", "packet", job.packet_id, told)


async def _archive(job: Job, files: Sequence[Row], told: bytes) -> dict[str, object]:
    entries = [_own("index.csv", index(files)), _own("manifest.json", told)]
    entries += [_stored(job, file) for file in files if file["blob_name"] is not None]
    blob, digest = job.blob("packet.zip"), hashlib.sha256()

    async def chunks() -> AsyncIterator[bytes]:
        async for chunk in archive.stream(entries):
            digest.update(chunk)
            yield chunk

    size = await job.platform.blobs.put(blob, chunks(), media_type="application/zip")
    return {"archive_blob": blob, "archive_size": size, "archive_sha256": digest.digest()}


def _stored(job: Job, file: Row) -> archive.Entry:
    async def begin() -> AsyncIterator[bytes]:
        if file["kind"] != "document":
            await job.check()
        async for chunk in job.platform.blobs.stream(file["blob_name"]):
            yield chunk

    return archive.Entry(file["name"], file["size"], file["crc32"], begin)


def _own(name: str, content: bytes) -> archive.Entry:
    begin: Callable[[], AsyncIterator[bytes]] = lambda: _once(content)  # noqa: E731
    return archive.Entry(name, len(content), zlib.crc32(content), begin)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def manifest(row: Row, carrier: Row, files: Sequence[Row]) -> bytes:
    """What the packet holds and what it was made of, as JSON: the same for the same packet, whoever builds it."""
    drivers: dict[Any, dict[str, Any]] = {}
    for file in files:
        driver = drivers.setdefault(
            file["driver_id"],
            {"employee_id": file["employee_id"], "name": _name(file), "version": file["version"], "files": []},
        )
        driver["files"].append(
            {
                "kind": file["kind"],
                "name": file["name"],
                "size": file["size"],
                "sha256": file["sha256"].hex(),
                "pages": file["pages"],
                "requirement": file["requirement"],
                "remark": file["problem"],
            }
        )
    told = {
        "format": FORMAT,
        "code": shown(row["code"]),
        "carrier": {"name": carrier["name"], "usdot": carrier["usdot"]},
        "as_of": row["as_of"],
        "requested_at": row["created_at"],
        "audit_log": {"entries": row["audit_seq"], "hash": (row["audit_hash"] or b"").hex()},
        "drivers": list(drivers.values()),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def index(files: Sequence[Row]) -> bytes:
    """One line a file, for a spreadsheet (which takes UTF-8 for granted only with a byte order mark)."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for file in files:
        cells = (file["employee_id"], _name(file), file["kind"], file["name"], file["requirement"] or "", file["pages"])
        table.writerow([_plain(cell) for cell in (*cells, file["size"], file["sha256"].hex(), file["problem"] or "")])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _plain(cell: object) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _name(file: Row) -> str:
    return f"{file['first_name']} {file['last_name']}"
