"""The supervisor: starts every part as early as its dependencies allow, and stops them in the opposite order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dot_copilot.stack import orphans
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.model import Part, Sealed, State, Timing
from dot_copilot.stack.nursery import Nursery
from dot_copilot.stack.runner import Hooks, Runner


class CycleError(StackError):
    """Parts of a topology wait for each other."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the parts of one stack share (see `runner.Surroundings`)."""

    directory: Path
    logs: Path
    secret: Callable[[str], str]
    base_environment: Mapping[str, str]
    hooks_by_part: Mapping[str, Hooks] = field(default_factory=dict)
    unneeded: Mapping[str, Callable[[], Awaitable[bool]]] = field(default_factory=dict)
    timing: Timing = field(default_factory=Timing)
    nursery: Nursery | None = None
    nurseries: dict[str, Nursery] = field(default_factory=dict)
    """Those of releases, by their directory."""
    renew: Callable[[], Awaitable[None]] | None = None
    """Reads anew the secrets that may be replaced while the stack runs."""

    async def reread(self) -> None:
        """See `renew`; without it every secret is what it was."""
        if self.renew is not None:
            await self.renew()

    def nursery_of(self, part: Part) -> Nursery | None:
        """Where a part is born: a fork has the code of its nursery."""
        return self.nurseries.get(part.code) if part.code else self.nursery

    def log(self, part: str) -> Path:
        """The log file of a part."""
        return self.logs / f"{part}.log"

    def hooks(self, part: Part) -> Hooks | None:
        """The part's hooks, if it has any."""
        return self.hooks_by_part.get(part.name)

    def environment(self, part: Part) -> Mapping[str, str]:
        """The base environment and what is not secret of the part's own."""
        plain = {name: value for name, value in part.environment.items() if isinstance(value, str)}
        return {**self.base_environment, **plain}

    def unsealed(self, part: Part) -> Mapping[str, str]:
        """The part's secret environment; ProbeError as long as the secret store is not open."""
        return {
            name: value.template.format(self.secret(value.name))
            for name, value in part.environment.items()
            if isinstance(value, Sealed)
        }

    async def is_unneeded(self, part: Part) -> bool:
        """Whether a task has nothing to do this time."""
        ask = self.unneeded.get(part.name)
        return ask is not None and await ask()


def check_order(parts: Sequence[Part]) -> None:
    """Raise CycleError if the parts wait for each other, StackError if one waits for a part that does not exist."""
    remaining = {part.name: set(part.after) for part in parts}
    for name, after in remaining.items():
        if unknown := after - remaining.keys():
            raise StackError(f"{name} waits for {', '.join(sorted(unknown))}, which the topology does not have")
    while remaining:
        free = [name for name, after in remaining.items() if not after & remaining.keys()]
        if not free:
            raise CycleError(f"these parts wait for each other: {', '.join(sorted(remaining))}")
        for name in free:
            del remaining[name]


class Supervisor:
    """Runs a topology. `listener` is told of every change of a part, in the order they happen."""

    def __init__(self, parts: Sequence[Part], stack: Surroundings, listener: Callable[[Runner], None]) -> None:
        check_order(parts)
        self._stack = stack
        self._listener = listener
        self.runners = {part.name: Runner(part, stack, listener) for part in parts}
        self._failed: asyncio.Future[None] | None = None
        self._janitor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start every part and return when all but the late ones are ready; PartFailedError for the first that gives up."""
        tasks = [runner.start(self._dependencies(runner)) for runner in self.runners.values()]
        self._janitor = asyncio.create_task(orphans.collect_for_ever())
        ready = asyncio.create_task(_available(self._prompt))
        try:
            waiting: set[asyncio.Task[None]] = {ready, *tasks}
            while not ready.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            ready.cancel()

    async def complete(self) -> None:
        """Return when the late parts are ready too, or have failed."""
        await _available(self.runners.values())

    @property
    def _prompt(self) -> list[Runner]:
        return [runner for runner in self.runners.values() if not runner.part.late]

    def _dependencies(self, runner: Runner) -> list[Runner]:
        named = [self.runners[name] for name in runner.part.after]
        return [*self._prompt, *named] if runner.part.late else named

    async def add(self, parts: Sequence[Part], *, waits: bool = False) -> None:
        """Start further parts beside the others, and return when they are ready; if it `waits` each gives way to the others.

        PartFailedError for the first that gives up, or StackError if they are told to stop meanwhile; then none of them is left.
        """
        added = [Runner(part, self._stack, self._listener) for part in parts]
        for runner in added:
            runner.waits = waits
        self.runners |= {runner.part.name: runner for runner in added}
        waiting = {runner.start(self._present(runner)) for runner in added}
        ready = asyncio.create_task(_available(added))
        try:
            while not ready.done():
                done, rest = await asyncio.wait({ready, *waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting = rest - {ready}
                for task in done:
                    if task.cancelled():
                        raise StackError("they were told to stop before they were ready")
                    task.result()
        except BaseException:
            await self.remove([runner.part.name for runner in added])
            raise
        finally:
            ready.cancel()

    async def remove(self, names: Iterable[str]) -> None:
        """Stop parts, whoever waits for them, and forget them; the others go on."""
        gone = [self.runners[name] for name in names if name in self.runners]
        await asyncio.gather(*(runner.stop(()) for runner in gone))
        for runner in gone:
            if self.runners.get(runner.part.name) is runner:
                del self.runners[runner.part.name]

    def _present(self, runner: Runner) -> list[Runner]:
        return [self.runners[name] for name in runner.part.after if name in self.runners]

    async def stop(self) -> None:
        """Stop every part, each after those that depend on it, and leave no process behind."""
        if self._janitor is not None:
            self._janitor.cancel()
        await asyncio.gather(*(runner.stop(self._dependents(runner)) for runner in self.runners.values()))
        own = [] if self._stack.nursery is None else [self._stack.nursery]
        for nursery in (*own, *self._stack.nurseries.values()):
            await nursery.stop()
        await orphans.clear(1)

    def kill(self) -> None:
        """Hurry a stop up: end every process without asking."""
        for runner in self.runners.values():
            runner.kill()

    def _dependents(self, runner: Runner) -> list[Runner]:
        return [other for other in self.runners.values() if runner.part.name in other.part.after]

    @property
    def all_ready(self) -> bool:
        """Whether every service is ready and every task done."""
        return all(runner.state in (State.READY, State.DONE) for runner in self.runners.values())


async def _available(runners: Iterable[Runner]) -> None:
    for runner in runners:
        await runner.available.wait()
