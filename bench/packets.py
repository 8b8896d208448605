"""How long a driver's packet takes and how much memory, and whether a ZIP of 500 drivers streams with flat memory.

The job itself runs here, as the worker runs it: documents come out of Azurite, the press is a process of its own, PDFs, manifest
and archive go back into Azurite. Memory is the resident set of this process beyond what it had before, plus the whole press.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

import psutil

from bench.packets_scans import page, photo, scan
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from dot_copilot.core.platform import Platform
from dot_copilot.features.packets import building, repository
from dot_copilot.features.packets.codes import new_code
from dot_copilot.features.packets.models import NewPacket
from dot_copilot.features.packets.work import Job
from tests.support.servers import running_servers

ROUNDS = 5
DRIVERS = int(os.environ.get("BENCH_DRIVERS", "500"))
PHOTOS, SCANS, PAGES = 10, 15, 200
_REQUIREMENTS = ("cdl", "mec_cdlis", "mvr_annual", "review_annual", "application", "ch_annual", "road_test")
_DAY = date(2026, 11, 27)
_MB = 1 << 20


class Memory:
    """Peaks, sampled every 20 ms. `series`: megabytes of this process, by second."""

    def __init__(self) -> None:
        self.base = psutil.Process().memory_info().rss
        self.peak = self.press = 0
        self.series: list[int] = []


@contextmanager
def watched() -> Iterator[Memory]:
    """Watches this process and its press."""
    memory, done, me = Memory(), threading.Event(), psutil.Process()

    def watch() -> None:
        began = time.monotonic()
        while not done.wait(0.02):
            own = me.memory_info().rss
            press = 0
            for child in me.children():
                try:
                    if "dot_copilot.features.packets.press" in child.cmdline():
                        press += child.memory_info().rss
                except psutil.Error:
                    continue
            memory.peak = max(memory.peak, own - memory.base + press)
            memory.press = max(memory.press, press)
            if time.monotonic() - began >= len(memory.series):
                memory.series.append(own // _MB)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        done.set()
        thread.join()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


class Fleet:
    """A carrier with documents; files are stored once and stand behind as many rows as are needed."""

    def __init__(self, platform: Platform, carrier_id: UUID, terminal_id: UUID) -> None:
        self.platform, self.carrier_id, self.terminal_id = platform, carrier_id, terminal_id

    @classmethod
    async def make(cls, platform: Platform) -> Fleet:
        """A carrier with one terminal."""
        row = await platform.database.lookup("select app.create_carrier('7654321', 'Bench Line', 'America/Chicago') id")
        assert row is not None
        async with platform.database.job_door(row["id"]) as door:
            terminal = await door.fetchval(
                "insert into terminals (carrier_id, name, time_zone) values ($1, 'Dallas', 'America/Chicago') returning id",
                row["id"],
            )
        return cls(platform, row["id"], terminal)

    async def store(self, content: bytes, media_type: str) -> tuple[str, str, bytes]:
        """Puts a file into the store; returns what rows need to know."""
        blob = f"{self.carrier_id}/documents/bench/{uuid4()}"
        await self.platform.blobs.put(blob, _once(content), media_type=media_type)
        return blob, media_type, content

    async def driver(self, number: int, files: list[tuple[str, str, bytes]]) -> UUID:
        """A driver with these documents."""
        async with self.platform.database.job_door(self.carrier_id) as door:
            driver: UUID = await door.fetchval(
                """insert into drivers (carrier_id, employee_id, first_name, last_name, terminal_id)
                   values ($1, $2, 'Ana', 'Ruiz', $3) returning id""",
                self.carrier_id,
                f"E-{number}",
                self.terminal_id,
            )
            await door.execute(
                "insert into employments (carrier_id, driver_id, hired_on) values ($1, $2, '2020-05-01')", self.carrier_id, driver
            )
            for place, (blob, media_type, content) in enumerate(files):
                document = await door.fetchval(
                    """insert into documents (carrier_id, driver_id, file_name, media_type, size, sha256, blob_name, state)
                       values ($1, $2, $3, $4, $5, $6, $7, 'clean') returning id""",
                    self.carrier_id,
                    driver,
                    f"scan {place}.pdf" if media_type == "application/pdf" else f"photo {place}.jpg",
                    media_type,
                    len(content),
                    hashlib.sha256(content).digest(),
                    blob,
                )
                await door.execute(
                    """insert into evidence (carrier_id, driver_id, requirement, obtained_on, provenance, document_id)
                       values ($1, $2, $3, $4, 'upload', $5)""",
                    self.carrier_id,
                    driver,
                    _REQUIREMENTS[place % len(_REQUIREMENTS)],
                    date(2021 + place % 5, 1 + place % 12, 5),
                    document,
                )
        return driver

    async def build(self, drivers: list[UUID]) -> tuple[float, Memory, dict[str, int]]:
        """Builds a packet; seconds, memory, and the sizes of what came out."""
        async with self.platform.database.job_door(self.carrier_id) as door:
            new = NewPacket(new_code(), "", _DAY, False, False, "basic", drivers)
            packet = await repository.insert_packet(door, new)
        began = time.perf_counter()
        with watched() as memory:
            while await building.run(Job(self.platform, self.carrier_id, None, packet, asyncio.Event())):
                pass  # its next turn
        took = time.perf_counter() - began
        async with self.platform.database.job_door(self.carrier_id) as door:
            row = await repository.read_packet(door, packet)
            files = await repository.files_of(door, packet)
        assert row is not None
        assert row["state"] == "done", row["problem"]
        assert not [file["problem"] for file in files if file["problem"]]
        pdfs = [file for file in files if file["kind"] == "pdf"]
        told = {"pages": sum(f["pages"] for f in files if f["kind"] == "document"), "bytes": sum(f["size"] for f in pdfs)}
        return took, memory, told | {"archive": row["archive_size"] or 0}


async def _one(fleet: Fleet) -> str:
    grey = [page(seed, (1700, 2200), "L") for seed in range(8)]
    photos = [await fleet.store(photo(seed), "image/jpeg") for seed in range(PHOTOS)]
    left, scans = PAGES - PHOTOS, []
    for number in range(SCANS):
        count = left // (SCANS - number)
        left -= count
        scans.append(await fleet.store(scan([grey[(number + at) % len(grey)] for at in range(count)]), "application/pdf"))
    driver = await fleet.driver(0, photos + scans)
    runs = [await fleet.build([driver]) for _ in range(ROUNDS)]
    seconds = [took for took, _, _ in runs]
    peak = max(memory.peak for _, memory, _ in runs) / _MB
    press = max(memory.press for _, memory, _ in runs) / _MB
    told = runs[0][2]
    sent = sum(len(content) for _, _, content in photos + scans) / _MB
    return (
        f"One driver, {PHOTOS + SCANS} documents, {told['pages']} pages, {sent:.0f} MB of JPEG in: "
        f"**{statistics.median(seconds):.1f} s** (median of {ROUNDS}, {min(seconds):.1f} to {max(seconds):.1f}), peak "
        f"**{peak:.0f} MB** (the press alone {press:.0f} MB), PDF of {told['bytes'] / _MB:.0f} MB. "
        "Floor: 5 s, 400 MB."
    )


async def _many(fleet: Fleet) -> str:
    grey = [page(seed, (1700, 2200), "L") for seed in range(4)]
    files = [await fleet.store(photo(1), "image/jpeg"), await fleet.store(scan(grey), "application/pdf")]
    drivers = [await fleet.driver(number, files) for number in range(1, DRIVERS + 1)]
    took, memory, told = await fleet.build(drivers)
    series = memory.series
    tenth = max(1, len(series) // 10)
    first, last = statistics.median(series[tenth : 2 * tenth]), statistics.median(series[-tenth:])
    return (
        f"{DRIVERS} drivers, 2 documents and 5 pages each: **{took:.0f} s** ({took / DRIVERS * 1000:.0f} ms a driver), ZIP of "
        f"{told['archive'] / _MB:,.0f} MB; the worker stands at {first:.0f} MB in the second tenth of the time and at "
        f"{last:.0f} MB in the last, most {max(series)} MB; the press at most {memory.press / _MB:.0f} MB."
    )


async def _run() -> str:
    with running_servers() as servers:
        await migrate.run(servers.settings)
        platform = await build_platform(servers.settings, "worker")
        try:
            fleet = await Fleet.make(platform)
            return f"{await _one(fleet)}\n\n{await _many(fleet)}"
        finally:
            await platform.close()


def main() -> str:
    """Both figures, as text for the report."""
    return asyncio.run(_run())


if __name__ == "__main__":
    print(main())
