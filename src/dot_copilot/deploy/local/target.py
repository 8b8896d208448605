"""The local stack as a target: its supervisor starts and stops colours, and turns the door; here is what is asked and judged."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from pathlib import Path
from typing import Any

from dot_copilot.deploy.errors import RefusedError, StepFailedError
from dot_copilot.deploy.local import questions, watch
from dot_copilot.deploy.local.build import Builder
from dot_copilot.deploy.local.questions import Colour
from dot_copilot.deploy.model import Figures, Limits, Present, Release, Slot
from dot_copilot.deploy.target import Say
from dot_copilot.stack import control, environment, logs, process
from dot_copilot.stack.colours import NAMES, Code
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home

_PLACING_S, _TURNING_S = 300.0, 120.0
_LOOK_S, _WINDOW_S = 0.5, 10.0
_MIGRATING_S = 1800.0


class LocalTarget:
    """One home's running stack."""

    name = "local"

    def __init__(self, home: Home, source: Path | None = None) -> None:
        self._home = home
        self._builder = Builder(home, source)
        self._steady: list[watch.Counts] = []

    async def _order(self, do: str, patience_s: float = 10.0, **words: Any) -> dict[str, Any]:
        try:
            return await control.ask(self._home, {"do": do, **words}, patience_s)
        except StackError as error:
            raise StepFailedError(str(error)) from None

    async def present(self) -> Present:
        try:
            found = await control.ask(self._home, {"do": "look"}, 10)
        except StackError as error:
            raise RefusedError(str(error)) from None
        if not self._steady:
            self._steady = [await watch.counts(found["door"])]
        serving = found["serving"]
        idle = next(name for name in NAMES if name != serving)
        slots = {name: _slot(name, one, found["since"] if name == serving else "") for name, one in found["colours"].items()}
        return Present(slots[serving], slots[idle], found["url"])

    async def resolve(self, asked: str) -> str:
        return await asyncio.to_thread(self._builder.resolve, asked)

    async def releases(self) -> list[str]:
        return self._builder.known()

    async def build(self, version: str, say: Say) -> Release:
        return await asyncio.to_thread(self._builder.build, version, say)

    async def migrate(self, release: Release, say: Say) -> str:
        code = await asyncio.to_thread(self._builder.code, release, say)
        log = self._home.log("migrate")
        start = log.stat().st_size if log.exists() else 0
        told = {**environment.base(), **json.loads(self._home.environment_file.read_text()), "DOT_PART": "migrate"}
        if code.library:
            told["PYTHONPATH"] = code.library
        try:
            async with asyncio.timeout(_MIGRATING_S):
                ended = await process.run(
                    [code.interpreter, "-m", "dot_copilot.migrate"], environment=told, directory=self._home.run, output=log
                )
        except TimeoutError:
            raise StepFailedError(f"the migration has not ended within {_MIGRATING_S / 60:g} minutes, and was stopped") from None
        said = logs.tail(log, 200, start)
        if ended:
            raise StepFailedError(f"the migration failed: {said[-1] if said else ended}", {"migrate.log": "\n".join(said)})
        return said[-1] if said else ""

    async def place(self, release: Release, say: Say) -> None:
        found = await self._order("look")
        self._steady.append(await watch.counts(found["door"]))
        code = await asyncio.to_thread(self._builder.code, release, say)
        if problems := questions.web_problems(_web(code)):
            raise StepFailedError(f"its web application is not whole: {problems[0]}")
        idle = (await self.present()).idle.name
        words = {"version": code.version, "directory": code.directory, "python": code.python}
        await self._order("place", _PLACING_S, colour=idle, code=words)

    async def _colour(self, release: Release) -> Colour:
        found = await self._order("look")
        for name, one in found["colours"].items():
            if one["version"] == release.version and one["parts"]:
                ports = {part: state["port"] for part, state in one["parts"].items() if not part.startswith("worker")}
                return Colour(release.version, name, ports)
        raise StepFailedError(f"{release.version} is in neither colour")

    async def warm_up(self, release: Release) -> None:
        await questions.warm_up(await self._colour(release), self._home)

    async def smoke(self, release: Release) -> None:
        await questions.smoke(await self._colour(release), self._home)

    async def swap(self, release: Release) -> None:
        colour = await self._colour(release)
        await self._order("serve", _TURNING_S, colour=colour.name)

    async def verify(self, release: Release) -> None:
        colour = await self._colour(release)
        for _ in range(10):
            said = await self._door("/readyz")
            words = said.json() or {}
            if said.status != 200 or (words.get("version"), words.get("colour")) != (colour.version, colour.name):
                colour.note("the door", "/readyz", said, f"is not {colour.version}: {words.get('version', 'nobody')} answers")
        if (said := await self._door("/")).status != 200 or b"<html" not in said.body[:2000].lower():
            colour.note("the door", "/", said, "is no page")
        colour.judge("the door does not lead to the new version")

    async def _door(self, path: str) -> questions.Said:
        url = (await self._order("look"))["url"]
        scheme, _, rest = url.partition("://localhost:")
        return await questions.through_the_door(self._home, int(rest), scheme == "https", path)

    async def figures(self) -> Figures:
        now = await watch.counts((await self._order("look"))["door"])
        if not self._steady:
            self._steady = [now]
            await asyncio.sleep(2)
            now = await watch.counts((await self._order("look"))["door"])
        end = self._steady[1] if len(self._steady) > 1 else now
        quiet = end.since(self._steady[0])
        return quiet if quiet.requests else now.since(self._steady[0])

    async def observe(self, release: Release, limits: Limits, before: Figures, say: Say) -> Figures:
        colour = await self._colour(release)
        door = (await self._order("look"))["door"]
        first, began = await watch.counts(door), time.monotonic()
        told = began
        recent: deque[watch.Counts] = deque([first], maxlen=int(_WINDOW_S / _LOOK_S))
        while True:
            await asyncio.sleep(_LOOK_S)
            for path in ("/readyz", "/", "/api/v1/auth/jwks.json"):
                said = await self._door(path)
                if said.status == 0 or said.status >= 500:
                    colour.note("the door", path, said, "fails")
            now = await watch.counts(door)
            whole, lately = now.since(first), now.since(recent[0])
            recent.append(now)
            reason = watch.judge(lately, limits, before) or watch.judge(whole, limits, before) or await self._fallen(colour)
            if reason or len(colour.bad) > 2:
                evidence = {
                    "figures.json": json.dumps(
                        {"since the swap": _plain(whole), "lately": _plain(lately), "before": _plain(before)}
                    ),
                    "bad-answers.txt": "\n".join(colour.bad),
                    "access.log": self._failed_requests(),
                }
                raise StepFailedError(reason or f"our own requests fail: {colour.bad[-1].split('; answered')[0]}", evidence)
            if time.monotonic() - began >= limits.seconds:
                return whole
            if time.monotonic() - told > 5:
                told = time.monotonic()
                say(f"{whole.requests} requests, {whole.errors} failed")

    async def _fallen(self, colour: Colour) -> str:
        parts = (await self._order("look"))["colours"][colour.name]["parts"]
        down = [name for name, one in parts.items() if one["state"] in ("restarting", "failed", "stopped")]
        return f"{', '.join(down)} fell" if down else ""

    def _failed_requests(self) -> str:
        """The latest lines of the access log with 500 or above: which paths, and which trace each belongs to."""
        lines = logs.tail(self._home.logs / "nginx-access.log", 5000)
        return "\n".join([text for text in lines if '"status":"5' in text][-200:])

    async def swap_back(self, release: Release) -> None:
        found = await self._order("look")
        serving = found["serving"]
        if found["colours"][serving]["version"] != release.version:
            return
        other = next(name for name in NAMES if name != serving)
        if not found["colours"][other]["held"]:
            raise StepFailedError(f"{other} never held anything that could serve")
        one = found["colours"][other]
        code = await self._code_of(one["version"], one["directory"])
        await self._order("place", _PLACING_S, colour=other, code=code)
        await self._order("serve", _TURNING_S, colour=other)

    async def _code_of(self, version: str, directory: str) -> dict[str, str]:
        if not directory:
            return {"version": "", "directory": "", "python": ""}
        code = await asyncio.to_thread(self._builder.code, Release(version, "", directory), lambda _: None)
        return {"version": code.version, "directory": code.directory, "python": code.python}

    async def retire_idle(self, say: Say) -> None:
        idle = (await self.present()).idle
        say(f"{idle.name} finishes its requests and stops")
        found = await self._order("retire", _TURNING_S, colour=idle.name)
        used = [one["directory"] for one in found["colours"].values()]
        if gone := await asyncio.to_thread(self._builder.prune, used):
            say(f"no longer kept: {', '.join(gone)}")

    async def evidence(self) -> dict[str, str]:
        try:
            idle = (await self.present()).idle.name
            return {f"{name}.log": "\n".join(logs.tail(self._home.log(name), 400)) for name in NAMES[idle].all}
        except (RefusedError, StepFailedError, OSError):
            return {}


def _slot(name: str, one: dict[str, Any], since: str) -> Slot:
    return Slot(name, one["version"] if one["held"] else "", bool(one["parts"]), since)


def _web(code: Code) -> Path:
    return code.files / "web/dist"


def _plain(figures: Figures) -> dict[str, object]:
    return {"requests": figures.requests, "errors": figures.errors, "p99_s": figures.p99_s}
