"""A rotation that is killed at any of its steps: a keeper and a server that end the process, as it were, at the n-th of them."""

from __future__ import annotations

from typing import Any

from dot_copilot.rotation.keeper import Keeper, Kept
from dot_copilot.rotation.passwords import Server


class Killed(BaseException):
    """Nothing of ours may catch it, as nothing catches a SIGKILL."""


class Knife:
    """Falls at the `at`-th step (0: never). `steps` is how many there were."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


class CutKeeper:
    """Each write has a step before it and one after it."""

    def __init__(self, keeper: Keeper, knife: Knife) -> None:
        self._keeper, self._knife = keeper, knife

    async def read(self, name: str) -> Kept | None:
        return await self._keeper.read(name)

    async def write(self, name: str, value: str, over: Kept | None) -> Kept:
        self._knife.step()
        kept = await self._keeper.write(name, value, over)
        self._knife.step()
        return kept

    async def close(self) -> None:
        await self._keeper.close()


class CutServer:
    """Each connection has a step before it: the first of a role before ALTER ROLE, the second after it."""

    def __init__(self, server: Server, knife: Knife) -> None:
        self._server, self._knife = server, knife

    async def connect(self, role: str, password: str) -> Any:
        self._knife.step()
        return await self._server.connect(role, password)

    async def takes(self, role: str, password: str) -> bool:
        self._knife.step()
        return await self._server.takes(role, password)
