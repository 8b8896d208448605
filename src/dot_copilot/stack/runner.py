"""The life of one part: wait, start, become ready, be watched, crash, come back, stop."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from dot_copilot.stack import orphans, pids, priority, probes
from dot_copilot.stack.errors import PartFailedError, ProbeError, StackError, StalePasswordError
from dot_copilot.stack.model import Part, Probe, State, Timing
from dot_copilot.stack.nursery import Nursery
from dot_copilot.stack.process import Process


class Hooks(Protocol):
    """What a part needs done around its process; both must be safe to repeat after any crash."""

    async def prepare(self) -> None:
        """Before the process starts: render configuration, clear what a crash left behind."""

    async def settle(self) -> None:
        """While it starts, before it counts as ready: what can only be done with the server running."""


class Surroundings(Protocol):
    """What a runner may ask of the stack it belongs to."""

    @property
    def timing(self) -> Timing:
        """The engine's patience."""

    @property
    def directory(self) -> Path:
        """Where processes are started."""

    def nursery_of(self, part: Part) -> Nursery | None:
        """Where a part with a module is born: there is a nursery for each code."""

    def log(self, part: str) -> Path:
        """The log file of a part."""

    def secret(self, name: str) -> str:
        """The value of a secret; ProbeError as long as the secret store is not open."""

    async def reread(self) -> None:
        """Read secrets anew that may be replaced while the stack runs; ProbeError when that is not possible."""

    def environment(self, part: Part) -> Mapping[str, str]:
        """The environment of a part's process, but for its secrets."""

    def unsealed(self, part: Part) -> Mapping[str, str]:
        """The secrets in a part's environment; ProbeError as long as the secret store is not open."""

    async def is_unneeded(self, part: Part) -> bool:
        """Whether a task has nothing to do this time."""

    def hooks(self, part: Part) -> Hooks | None:
        """The part's hooks, if it has any."""


class _NotStartedError(RuntimeError):
    """This attempt failed; the message is the reason."""


def backoff(timing: Timing, failures: int) -> float:
    """Seconds to wait before the next start after `failures` in a row.

    Half of the wait is random, so that parts which fell together do not stampede together.
    """
    longest = min(timing.backoff_most_s, timing.backoff_first_s * 2.0 ** min(failures - 1, 30))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311


class Runner:
    """Runs one part, restarting it as often as needed, until it is told to stop."""

    def __init__(self, part: Part, stack: Surroundings, changed: Callable[[Runner], None]) -> None:
        self.part = part
        self.state = State.WAITING
        self.detail = ""
        self.restarts = 0
        self.ready_after_s: float | None = None
        self.since = time.time()
        """When the part came into its state, in seconds since the epoch."""
        self.process: Process | None = None
        self.available = asyncio.Event()
        """Set once the part has been ready, or a task is done: dependents may start."""
        self.stopped = asyncio.Event()
        self._stack = stack
        self._changed = changed
        self.log_start = 0
        """Where in its log the part's last start begins, in bytes."""
        self.waits = False  # gives way to the others
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the part's process, while it has one."""
        return None if self.process is None or self.process.exit_code is not None else self.process.pid

    @property
    def _finished(self) -> bool:
        return self.state in (State.DONE, State.FAILED)

    def start(self, dependencies: Iterable[Runner]) -> asyncio.Task[None]:
        """Begin; the task ends when a task part is done and fails with PartFailedError when the part gives up."""
        self._task = asyncio.create_task(self._run(tuple(dependencies)), name=self.part.name)
        return self._task

    async def stop(self, dependents: Iterable[Runner]) -> None:
        """Stop after `dependents` have; a finished task keeps its state."""
        for dependent in dependents:
            await dependent.stopped.wait()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.process is not None:
            await self.process.stop(self.part.stop_signal, self.part.stop_timeout_s)
        if not self._finished:
            self._become(State.STOPPED)
        self.stopped.set()

    def kill(self) -> None:
        """End the part's processes now, without asking."""
        if self.process is not None and self.process.exit_code is None:
            pids.signal_group(self.process.pid, signal.SIGKILL)

    def _become(self, state: State, detail: str = "") -> None:
        if state != self.state:
            self.since = time.time()
        if (state, detail) != (self.state, self.detail):
            self.state, self.detail = state, detail
            self._changed(self)

    async def _run(self, dependencies: tuple[Runner, ...]) -> None:
        if self.part.held and dependencies:
            await self._launch()
        for dependency in dependencies:
            await dependency.available.wait()
        if self.part.task and await self._stack.is_unneeded(self.part):
            self._become(State.DONE, "nothing to do")
            self.available.set()
            return
        while not self._finished:
            began = asyncio.get_running_loop().time()
            self._become(State.STARTING)
            try:
                reason = await self._live_once(began)
            except Exception as error:  # noqa: BLE001 - whatever went wrong in one attempt, the next may succeed
                expected = isinstance(error, _NotStartedError | StackError | ProbeError | OSError)
                reason = str(error) if expected else f"{type(error).__name__}: {error}"
            if not self._finished:
                await self._clear_away()
                await self._come_back(reason, began)

    async def _live_once(self, began: float) -> str:
        """From the start to the end; gives the reason of the end, and raises when it did not even begin."""
        await self._bring_up(began)
        self._become(State.DONE if self.part.task else State.READY)
        self.available.set()
        return "" if self.part.task else await self._watch()

    async def _come_back(self, reason: str, began: float) -> None:
        timing = self._stack.timing
        lasted = asyncio.get_running_loop().time() - began
        self._failures = 1 if self.available.is_set() and lasted > timing.stable_s else self._failures + 1
        if self.part.task or (not self.available.is_set() and self._failures >= timing.attempts):
            self._become(State.FAILED, reason)
            if self.part.essential:
                raise PartFailedError(self.part.name, reason)
            self.available.set()
            return
        self.restarts += 1
        self._become(State.RESTARTING, reason)
        await asyncio.sleep(backoff(timing, self._failures))

    async def _launch(self) -> None:
        part, log, nursery = self.part, self._stack.log(self.part.name), self._stack.nursery_of(self.part)
        self.log_start = log.stat().st_size if log.exists() else 0
        environment = {**self._stack.environment(part), **({} if part.held else self._stack.unsealed(part))}
        if nursery is not None and nursery.can_bear(part):
            self.process = await nursery.bear(part, environment, self._stack.directory, log)
        else:
            self.process = Process.start(
                part.command,
                environment=environment,
                directory=self._stack.directory,
                output=log,
                user=part.user,
                death_signal=part.stop_signal,
                held=part.held,
            )
        if self.waits or self.part.code:  # a fork waits if its nursery does
            priority.give(self.process.pid, self.waits)
        self._changed(self)

    def hurry(self) -> None:
        """Give way no longer."""
        self.waits = False
        if self.pid is not None:
            priority.give(self.pid, waits=False)

    async def _bring_up(self, began: float) -> None:
        hooks = self._stack.hooks(self.part)
        if hooks is not None:
            await hooks.prepare()
        if self.pid is None:
            await self._launch()
        assert self.process is not None
        if self.part.held:
            self.process.release(self._stack.unsealed(self.part))
        exited = asyncio.create_task(self.process.wait())
        rising = asyncio.create_task(self._rise(hooks))
        try:
            done, _ = await asyncio.wait({exited, rising}, timeout=self.part.start_timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if exited in done and not (self.part.task and exited.result() == 0):
                raise _NotStartedError(_ending(exited.result()))
            if not done:
                raise _NotStartedError(f"not ready within {self.part.start_timeout_s:g} s: {self.detail}")
            if rising in done:
                rising.result()
        finally:
            for waiter in (exited, rising):
                waiter.cancel()
            await asyncio.gather(exited, rising, return_exceptions=True)
        self.ready_after_s = round(asyncio.get_running_loop().time() - began, 3)

    async def _rise(self, hooks: Hooks | None) -> None:
        """Settle and probe until the part is ready; a task is ready when it has ended."""
        if self.part.task:
            await asyncio.Event().wait()
        if hooks is not None:
            await hooks.settle()
        while True:
            try:
                await self._check(self.part.ready)
                return
            except ProbeError as error:
                self.detail = str(error)
            await asyncio.sleep(self._stack.timing.poll_s)

    async def _watch(self) -> str:
        """Look after a ready part; gives the reason when it has ended or must be ended."""
        assert self.process is not None
        timing, loop = self._stack.timing, asyncio.get_running_loop()
        strikes, alive_at = 0, loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timing.watch_s):
                    return _ending(await self.process.wait())
            problem = await self._problem(self.part.ready)
            strikes = strikes + 1 if problem else 0
            if not problem:
                alive_at = loop.time()
                self._become(State.READY)
                continue
            if strikes >= timing.strikes:
                self._become(State.UNHEALTHY, problem)
            if not self.part.live or not await self._problem((self.part.live,)):
                alive_at = loop.time()
            if loop.time() - alive_at > timing.hung_s:
                return f"hung: {problem}"

    async def _problem(self, what: tuple[Probe, ...]) -> str:
        try:
            await self._check(what)
        except ProbeError as error:
            return str(error)
        return ""

    async def _check(self, what: tuple[Probe, ...]) -> None:
        stack = self._stack
        try:
            await probes.check(what, stack.secret, stack.timing.probe_timeout_s)
        except StalePasswordError:
            await stack.reread()
            await probes.check(what, stack.secret, stack.timing.probe_timeout_s)

    async def _clear_away(self) -> None:
        """Leave nothing of the fallen process, so that its successor finds ports and locks free."""
        if self.process is not None:
            await self.process.stop(signal.SIGKILL, 5)
        await orphans.clear(2)


def _ending(code: int) -> str:
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
