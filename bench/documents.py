"""Uploads: 500 MB in parts through nginx and an API process, against what the blob client reaches alone in the same run.

Memory is that of the API processes and the worker, sampled while the file is on its way and checked; it is flat when it does not
grow with the file.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from uuid import uuid4

import httpx
import psutil

from dot_copilot.adapters.blob.azure import AzureBlobStore
from dot_copilot.compose import blob_store, secret_store
from dot_copilot.core.settings import Settings
from tests.e2e.journeys import api
from tests.support.stack import Stack, running_stack

SIZES = (100, 500)
_MB = 1 << 20
_BLOCK = 8 << 20
_AT_ONCE = 3


def film(size: int) -> list[bytes]:
    """An MP4 of random bytes, in blocks as they are sent."""
    head = struct.pack(">I4s", 20, b"ftyp") + b"isom\0\0\0\0isom" + struct.pack(">I4s", 16, b"moov") + bytes(8)
    head += struct.pack(">I4s", size - len(head), b"mdat")
    noise = os.urandom(_BLOCK)
    blocks = [head + noise[len(head) :]]
    while sum(map(len, blocks)) < size:
        blocks.append(noise[: size - sum(map(len, blocks))])
    return blocks


async def _side_by_side(count: int, work: Callable[[int], Awaitable[None]]) -> None:
    waiting = iter(range(count))

    async def take() -> None:
        for number in waiting:
            await work(number)

    await asyncio.gather(*(take() for _ in range(_AT_ONCE)))


async def client_alone(store: AzureBlobStore, blocks: list[bytes]) -> float:
    """Seconds that the blob client takes for the same blocks, three at once."""
    name = f"bench/{uuid4()}"
    started = time.perf_counter()
    await _side_by_side(len(blocks), lambda n: store.stage(name, f"{n:06d}", blocks[n]))
    await store.commit(name, [f"{n:06d}" for n in range(len(blocks))], media_type="video/mp4")
    seconds = time.perf_counter() - started
    await store.delete(name)
    return seconds


async def through_the_product(client: httpx.AsyncClient, blocks: list[bytes]) -> tuple[float, float]:
    """Seconds until the file is complete in the store, and until the worker has checked it."""
    digests = [base64.b64encode(hashlib.sha256(block).digest()).decode() for block in blocks]
    started = time.perf_counter()
    begun = await client.post("/uploads", json={"file_name": "bench.mp4", "size": sum(map(len, blocks))})
    path = f"/uploads/{begun.raise_for_status().json()['id']}"

    async def put(number: int) -> None:
        headers = {"Content-Digest": f"sha-256=:{digests[number]}:"}
        answer = await client.put(f"{path}/parts/{number + 1}", content=blocks[number], headers=headers)
        answer.raise_for_status()

    await _side_by_side(len(blocks), put)
    (await client.post(f"{path}/complete")).raise_for_status()
    sent = time.perf_counter() - started
    state = "checking"
    while state == "checking":
        await asyncio.sleep(0.2)
        state = (await client.get(path)).json()["state"]
    assert state == "ready", state
    checked = time.perf_counter() - started
    await client.delete(path)
    return sent, checked


async def memory_of(pids: list[int], peaks: dict[int, int]) -> None:
    """The most memory each process holds, until cancelled."""
    while True:
        for pid in pids:
            peaks[pid] = max(peaks.get(pid, 0), psutil.Process(pid).memory_info().rss)
        await asyncio.sleep(0.05)


def _processes(stack: Stack, kind: str) -> list[int]:
    return [part["pid"] for part in stack.parts() if part["name"].startswith(kind) and part.get("pid")]


async def _compare(stack: Stack, megabytes: int, store: AzureBlobStore) -> str:
    """One line of the table: the client alone before and after, the product in between."""
    blocks = film(megabytes << 20)
    processes = {kind: _processes(stack, kind) for kind in ("api", "worker")}
    everybody = [pid for pids in processes.values() for pid in pids]
    async with api(stack) as client:
        client.timeout = httpx.Timeout(120)
        for _ in range(2):  # imports of the SDK, and what a process holds once it has worked, are not what is measured
            await through_the_product(client, film(40 << 20))
        before = {pid: psutil.Process(pid).memory_info().rss for pid in everybody}
        alone = [await client_alone(store, blocks)]
        peaks: dict[int, int] = {}
        watching = asyncio.create_task(memory_of(everybody, peaks))
        sent, checked = await through_the_product(client, blocks)
        watching.cancel()
        alone.append(await client_alone(store, blocks))
    best = min(alone)
    grown = {kind: max(peaks[pid] - before[pid] for pid in pids) / _MB for kind, pids in processes.items()}
    return (
        f"| {megabytes} MB | {megabytes / best:.0f} MB/s | {megabytes / sent:.0f} MB/s | **{best / sent:.0%}** | "
        f"{checked - sent:.1f} s | {grown['api']:.0f} MB | {grown['worker']:.0f} MB |"
    )


async def _run() -> str:
    lines = [
        "| file | blob client alone | upload | of it | checked after | an API process grew | the worker grew |",
        "|---|---|---|---|---|---|---|",
    ]
    home = os.environ.get("BENCH_HOME")  # a stack that runs already
    running = nullcontext(Stack(Path(home), int(os.environ["BENCH_PORT"]))) if home else running_stack()
    with running as stack:
        ports = json.loads((stack.home / "ports.json").read_text())
        settings = Settings(
            blob_endpoint=f"http://127.0.0.1:{ports['azurite']}/dotcopilot",
            openbao_url=f"http://127.0.0.1:{ports['openbao']}",
            openbao_role_id=(stack.home / "secrets/app-role-id").read_text().strip(),
            openbao_secret_id_file=stack.home / "secrets/app-secret-id",
        )
        store = await blob_store(settings, secret_store(settings))  # as the API opens it
        lines += [await _compare(stack, megabytes, store) for megabytes in SIZES]
        await store.close()
    return "\n".join(
        [*lines, "", "Parts of 8 MiB, three at once, through nginx and two API processes; the better of two runs alone."]
    )


def main() -> str:
    """The table, as text for the report."""
    return asyncio.run(_run())


if __name__ == "__main__":
    print(main())
