"""What a deploy may order of a running stack: put a release into the idle colour, let a colour serve, stop the idle one.

Each order may be given again: what is the case already is not done twice. One is carried out at a time, and to its end, whoever
gave it may die meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dot_copilot.stack import colours, priority, topology
from dot_copilot.stack.colours import NAMES, Code
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.model import State
from dot_copilot.stack.nursery import Nursery
from dot_copilot.version import version

if TYPE_CHECKING:
    from dot_copilot.stack.stack import Stack

_TRIES = 40
_GIVES_WAY_S = 20.0


class Colouring:
    """The two colours of one stack. Everything it raises is a StackError with a sentence."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._turn = asyncio.Lock()

    async def order(self, words: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out `{"do": "place" | "serve" | "retire" | "look", ...}`; answers what is the case then."""
        do, colour = words.get("do"), str(words.get("colour", ""))
        if self._stack.phase != "ready":
            raise StackError(f"the stack is {self._stack.phase}, and can't change colours now")
        if do != "look" and colour not in NAMES:
            raise StackError(f"there is no colour {colour!r}; there are {', '.join(NAMES)}")
        async with self._turn:
            if do == "place":
                await self._place(colour, Code(**words["code"]))
            elif do == "serve":
                await self._serve(colour)
            elif do == "retire":
                await self._retire(colour)
            elif do != "look":
                raise StackError(
                    f"the supervisor does not know the order {do!r}; it may be of another version: restart the stack"
                )
            return self.look()

    def look(self) -> dict[str, Any]:
        """Who serves, and what each colour holds: its code, and the ports and states of its processes."""
        plan, runners = self._stack.plan, self._stack.supervisor.runners
        return {
            "serving": plan.standing.serving,
            "since": plan.standing.since,
            "url": plan.url,
            "door": plan.inner["nginx-metrics"],
            "colours": {
                colour: {
                    "version": plan.standing.code_of(colour).version or version(),
                    "directory": plan.standing.code_of(colour).directory,
                    "held": colour in plan.standing.code,
                    "parts": {
                        name: {"state": runners[name].state.value, "port": plan.inner[name], "log_start": runners[name].log_start}
                        for name in names.all
                        if name in runners
                    },
                }
                for colour, names in NAMES.items()
            },
        }

    async def _place(self, colour: str, code: Code) -> None:
        stack = self._stack
        standing = stack.plan.standing
        if colour == standing.serving:
            raise StackError(f"{colour} serves; a release can only be put into the other colour")
        wanted = [name for name in NAMES[colour].doors if name not in stack.plan.without]
        if standing.code_of(colour) == code and colour in standing.code and self._ready(wanted):
            return
        if not code.package.is_dir():
            raise StackError(f"{code.directory} is not there")
        await self._stop(colour)
        self._stand(standing.holding(colour, code))
        stack.switch.prepare()
        await asyncio.to_thread(stack.switch.keep)
        stack.nurse(code)
        try:
            await self._start_behind(colour, wanted)
        except BaseException:
            await self._stop(colour)
            raise
        stack.list_targets()

    async def _start_behind(self, colour: str, names: list[str]) -> None:
        """One after the other, and behind those that serve, from whom a start would take the processor on a small machine.

        Only for a while: where those leave nothing over, it would never be ready.
        """
        stack = self._stack
        nursery = stack.nurseries.get(stack.plan.standing.code_of(colour).directory)
        if nursery is not None:
            priority.give(nursery.pid, waits=True)
        loop = asyncio.get_running_loop()
        end = loop.time() + _GIVES_WAY_S
        patience = loop.call_later(_GIVES_WAY_S, self._hurry, colour)
        try:
            for part in topology.of_colour(stack.plan, colour, names):
                await stack.supervisor.add([part], waits=loop.time() < end)
        finally:
            patience.cancel()

    def _hurry(self, colour: str) -> None:
        """Let a colour give way no longer."""
        stack = self._stack
        if (nursery := stack.nurseries.get(stack.plan.standing.code_of(colour).directory)) is not None:
            priority.give(nursery.pid, waits=False)
        for name in NAMES[colour].all:
            if (runner := stack.supervisor.runners.get(name)) is not None:
                runner.hurry()

    async def _serve(self, colour: str) -> None:
        stack = self._stack
        standing, names = stack.plan.standing, NAMES[colour]
        doors = [name for name in names.doors if name not in stack.plan.without]
        if not self._ready(doors):
            raise StackError(f"{colour} is not ready: {self._unready(doors)}")
        other = NAMES[standing.idle if colour == standing.serving else standing.serving]
        # The worker goes first: it would take jobs of the new version that it does not know. They wait a moment.
        self._hurry(colour)
        await stack.supervisor.remove([other.worker])
        if colour != standing.serving:
            self._stand(standing.served_by(colour))
        await self._turn_door(colour)
        if names.worker not in stack.supervisor.runners:
            await stack.supervisor.add(topology.of_colour(stack.plan, colour, [names.worker]), waits=True)
            self._hurry(colour)
        stack.list_targets()

    async def _turn_door(self, colour: str) -> None:
        """Until nginx says so. If it is just being started again it reads the configuration, which is written first."""
        await self._stack.write_door()
        for tries in range(_TRIES):
            try:
                await self._stack.switch.turn(colour)
                return
            except StackError:
                if tries == _TRIES - 1:
                    raise
            await asyncio.sleep(0.25)

    async def _retire(self, colour: str) -> None:
        if colour == self._stack.plan.standing.serving:
            raise StackError(f"{colour} serves, and is not stopped")
        await self._stop(colour)
        self._stack.list_targets()

    async def _stop(self, colour: str) -> None:
        """Stop a colour's processes, which finish what they are at, and the nursery of its code."""
        stack = self._stack
        await stack.supervisor.remove(NAMES[colour].all)
        directory = stack.plan.standing.code_of(colour).directory
        used = {runner.part.code for runner in stack.supervisor.runners.values()}
        if directory not in used and (nursery := stack.nurseries.pop(directory, None)) is not None:
            await nursery.stop()
        stack.save()

    def _stand(self, standing: colours.Standing) -> None:
        try:
            colours.save(self._stack.home, standing)
        except OSError as error:
            raise StackError(f"{self._stack.home.colours_file} can't be written: {error.strerror or error}") from None
        self._stack.stand(standing)

    def _ready(self, names: list[str]) -> bool:
        runners = self._stack.supervisor.runners
        return all(name in runners and runners[name].state == State.READY for name in names)

    def _unready(self, names: list[str]) -> str:
        runners = self._stack.supervisor.runners
        states = {name: runners[name].state.value if name in runners else "not there" for name in names}
        return ", ".join(f"{name} is {state}" for name, state in states.items() if state != State.READY)


def nursery_of(code: Code, environment: Mapping[str, str], directory: Path, logs: Path) -> Nursery | None:
    """A nursery for a release; None if it can't be started, and its processes then start alone."""
    with contextlib.suppress(OSError):
        return Nursery(topology.WARM, environment, directory, logs / "nursery.log", code=code)
    return None
