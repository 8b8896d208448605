"""What upstreams are shown: our own server a short-lived token, GitHub the person's own. The client's token goes nowhere."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import msgspec

from dot_copilot.core import scopes
from dot_copilot.core.caller import Caller
from dot_copilot.core.ports import SecretStore, github_secret
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing
from dot_copilot.mcp.gateway.ports import Verdict

_log = logging.getLogger(__name__)
_INTERNAL_S, _RENEW_S = 120, 40
_KNOWN_S, _UNSURE_S, _PATIENCE_S = 60.0, 2.0, 1.0
_MOST = 20_000


class StoredCredentials:
    """The `Credentials`, and the gatekeeper's `Presence`.

    A GitHub token, or that there is none, is remembered for a minute and forgotten at once when the person changes it
    (`signals.CREDENTIALS`). While the secret store is silent, what was known last holds.
    """

    def __init__(
        self,
        keys: KeyRing,
        store: SecretStore,
        changed: Callable[[], None] = lambda: None,
        *,
        wanted: bool = True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`keys` signs for our own server's audience; `wanted`: whether any upstream is shown GitHub tokens at all."""
        self._keys, self._store, self._changed, self._wanted = keys, store, changed, wanted
        self._clock, self._monotonic = clock, monotonic
        self._minted: OrderedDict[bytes, tuple[bytes, float]] = OrderedDict()
        self._github: OrderedDict[UUID, tuple[str | None, float]] = OrderedDict()
        self._asking: dict[UUID, asyncio.Task[None]] = {}
        self._news = 0

    def internal(self, verdict: Verdict) -> bytes:
        """A token for our own server, good for 40 to 120 seconds more: the same person, session and scopes."""
        now = self._clock()
        minted = self._minted.get(verdict.token_id)
        if minted is not None and minted[1] - now > _RENEW_S:
            return minted[0]
        expires = int(min(now + _INTERNAL_S, verdict.caller.expires_at))
        caller = msgspec.structs.replace(verdict.caller, expires_at=expires)
        extra = {"scope": scopes.text(verdict.scopes), "client_id": verdict.client_id}
        token = self._keys.issue(caller, typ=OAUTH_TYPE, extra=extra).encode()
        self._minted.pop(verdict.token_id, None)
        self._minted[verdict.token_id] = token, expires
        # Oldest first, and all good for the same time: what has run out is in front.
        while len(self._minted) > _MOST or next(iter(self._minted.values()))[1] <= now:
            self._minted.popitem(last=False)
        return token

    async def github(self, verdict: Verdict) -> str | None:
        """The person's GitHub token, or None."""
        if not self.knows(verdict.caller):
            await self.learn(verdict.caller)
        entry = self._github.get(verdict.caller.user_id)
        return entry[0] if entry else None

    def has_github(self, user: UUID) -> bool:
        """Whether a token is attached, as far as is known without waiting."""
        entry = self._github.get(user)
        return entry is not None and entry[0] is not None

    def knows(self, caller: Caller) -> bool:
        """Whether `has_github` and `github` can answer this person's request without waiting."""
        if not self._wanted:
            return True
        entry = self._github.get(caller.user_id)
        return entry is not None and self._monotonic() < entry[1]

    async def learn(self, caller: Caller) -> None:
        """Asks the secret store, once for all that wait. Never raises: a silent store changes nothing.

        What is merely old is used once more while the store is asked; only what is unknown, or has changed, is waited for,
        a second at most.
        """
        user = caller.user_id
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._ask(user))
        token, until = self._github.get(user, (None, 0.0))
        if until == 0.0:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await asyncio.shield(task)
                return
            except TimeoutError:
                _log.warning("the secret store is slow; a person's GitHub tools wait for it")
        self._github[user] = token, self._monotonic() + _UNSURE_S

    def forget(self, data: bytes | None) -> None:
        """A message of `signals.CREDENTIALS`: that person's token has changed. None or unreadable = anybody's may have."""
        self._news += 1
        try:
            users = list(self._github) if data is None else [UUID(data.decode())]
        except ValueError:
            users = list(self._github)
        for user in users:
            token, _ = self._github.get(user, (None, 0.0))
            if user in self._github:
                self._github[user] = token, 0.0
        self._changed()

    async def _ask(self, user: UUID) -> None:
        before, _ = self._github.get(user, (None, 0.0))
        good_for, news = _KNOWN_S, self._news
        token: str | None
        try:
            token = await self._store.get(github_secret(user))
        except KeyError:
            token = None
        except Exception as error:  # noqa: BLE001 - adapters raise what their clients raise
            _log.warning("the secret store does not answer (%s); GitHub tokens are as they were", type(error).__name__)
            token, good_for = before, _UNSURE_S
        finally:
            self._asking.pop(user, None)
        self._github.pop(user, None)
        self._github[user] = token, self._monotonic() + (good_for if news == self._news else 0.0)
        while len(self._github) > _MOST:
            self._github.popitem(last=False)
        if token != before:
            self._changed()
