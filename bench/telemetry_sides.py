"""One process that tells everything and nothing in turns, under load: how `bench.telemetry` measures, and how it compares."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import statistics
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bench.processes import Server

# As the browser sends it and nginx passes it on: each request is of a trace of its own, which nobody asks to keep.
TRACES = [f"traceparent: 00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00\r\n" for _ in range(5003)]
TELLING, UNTOLD = "telling", "untold"
CLIENTS, SLICE, SETTLE = 16, 0.25, 0.06


@dataclass
class Figures:
    """What the slices of one kind of request gave, pair by pair: requests a second, and microseconds of processor time each."""

    rates: dict[str, list[float]] = field(default_factory=lambda: {TELLING: [], UNTOLD: []})
    cpu_us: dict[str, list[float]] = field(default_factory=lambda: {TELLING: [], UNTOLD: []})


class Run:
    """One kind of request, asked for by all clients all the time, while the server changes sides. `_ask` is one client."""

    def __init__(self, running: Server, side: Path) -> None:
        self._running, self._side = running, side
        self._answered, self.stopped = 0, False
        self._turns = count()
        self.figures = Figures()

    async def go(self, seconds: float) -> None:
        """Measures for so long."""
        clients = [asyncio.create_task(self._ask()) for _ in range(CLIENTS)]
        await self._become(TELLING)
        await asyncio.sleep(1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pair = {}
            for side in random.sample([TELLING, UNTOLD], 2):
                await self._become(side)
                pair[side] = await self._slice()
            for client in clients:
                if client.done():
                    client.result()  # why it gave up
            if all(number for number, _, _ in pair.values()):  # else the machine stood still
                for side, (number, cpu_ns, took) in pair.items():
                    self.figures.cpu_us[side].append(cpu_ns / 1000 / number)
                    self.figures.rates[side].append(number / took)
        self.stopped = True
        await asyncio.gather(*clients)

    async def _slice(self) -> tuple[int, int, float]:
        """How many requests were answered, nanoseconds of processor time they took, and seconds."""
        answered, cpu, began = self._answered, self._running.cpu_ns, time.perf_counter()
        await asyncio.sleep(SLICE)
        return self._answered - answered, self._running.cpu_ns - cpu, time.perf_counter() - began

    async def _become(self, side: str) -> None:
        now = self._side.with_suffix(".now")
        now.unlink(missing_ok=True)
        self._side.write_text(side)
        os.kill(self._running.process.pid, signal.SIGUSR1)
        deadline = time.monotonic() + 10
        while not now.exists() or now.read_text() != side:
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not change sides")
            await asyncio.sleep(0.005)
        await asyncio.sleep(SETTLE)

    def answered(self) -> None:
        """One more good answer."""
        self._answered += 1

    async def _ask(self) -> None:
        """Asks until `stopped`; raises when something fails."""
        raise NotImplementedError


def median(ratios: list[float]) -> tuple[float, float, float]:
    """The median, and the bounds within which it lies nineteen times in twenty (by the order of the figures)."""
    ordered = sorted(ratios)
    half = round(0.98 * len(ordered) ** 0.5)
    middle = len(ordered) // 2
    return statistics.median(ordered), ordered[max(0, middle - half)], ordered[min(len(ordered) - 1, middle + half)]


def compared(figures: dict[str, list[float]]) -> tuple[float, float, float]:
    """Telling to untold, of slices that followed one another."""
    return median([telling / untold for telling, untold in zip(figures[TELLING], figures[UNTOLD], strict=True)])
