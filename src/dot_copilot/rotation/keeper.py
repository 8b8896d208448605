"""What a rotation needs of a secret store: to read with the version, and to write only over the version it has read."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Kept(NamedTuple):
    """A secret as it is kept. `version` is the store's own word for it."""

    value: str
    version: str


class Keeper(Protocol):
    """The secrets of the platform, with the rights of its operator. Processes of the application may only read them.

    Both methods raise `RotationError` with a text that says what is the matter and what to do.
    """

    async def read(self, name: str) -> Kept | None:
        """The secret as it is now; None when there is none."""
        ...

    async def write(self, name: str, value: str, over: Kept | None) -> Kept:
        """Replaces what `read` gave. `ChangedMeanwhileError` when it is no longer that."""
        ...

    async def close(self) -> None: ...
