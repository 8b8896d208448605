"""The password of a database role as the secret store has it; while it is being replaced there are two (ADR 23)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from dot_copilot.core.ports import SecretStore

T = TypeVar("T")
log = logging.getLogger(__name__)
_RENEWALS = 2


def password_secret(role: str) -> str:
    """The name under which the password of `role` ('app', 'worker', 'gateway', 'owner') is kept."""
    return f"database_{role}_password"


def pending_secret(role: str) -> str:
    """The name of the password that is about to be the role's, and stays there when it is."""
    return f"{password_secret(role)}_next"


class RolePassword:
    """Opens connections with the password that PostgreSQL takes now.

    A rotation writes the new one beside the old one before PostgreSQL is told of it, so one of the two is always good. Both are
    kept in memory, so that a store which falls silent in the middle costs nobody a connection.
    """

    def __init__(self, store: SecretStore, role: str) -> None:
        self._store, self._role = store, role
        self._words: list[str] = []

    @classmethod
    async def read(cls, store: SecretStore, role: str) -> RolePassword:
        """Raises what the store raises, `KeyError` when it has none."""
        made = cls(store, role)
        await made.renew()
        return made

    async def renew(self) -> None:
        """Reads both anew; what was good last stays first."""
        words = [await self._store.fresh(password_secret(self._role))]
        with suppress(KeyError):
            words.append(await self._store.fresh(pending_secret(self._role)))
        good = self._words[0] if self._words else ""
        self._words = list(dict.fromkeys(sorted(words, key=lambda word: word != good)))

    async def opening(self, connect: Callable[[str], Awaitable[T]], refused: type[Exception]) -> T:
        """What `connect` gives with the first password that it does not answer with `refused`.

        The last refusal is raised when no other password is known, the store having been asked again.
        """
        tried: set[str] = set()
        renewals = 0
        while True:
            word = next(one for one in self._words if one not in tried)
            try:
                opened = await connect(word)
            except refused as error:
                tried.add(word)
                while not set(self._words) - tried:
                    if renewals == _RENEWALS or not await self._renewed():
                        raise error from None
                    renewals += 1
                continue
            self._words.sort(key=lambda one: one != word)
            return opened

    async def _renewed(self) -> bool:
        try:
            await self.renew()
        except Exception as error:  # noqa: BLE001 - adapters raise what their clients raise
            log.warning("the password of dot_%s can't be read anew (%s)", self._role, type(error).__name__)
            return False
        return True
