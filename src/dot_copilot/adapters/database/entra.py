"""Signs in to PostgreSQL with a token of Microsoft Entra instead of a password: there is nothing to leak and nothing to rotate.

The server checks a token when a connection begins and never again, so connections outlive it; new ones get a fresh one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from dot_copilot.adapters.azure_credential import make_credential

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

log = logging.getLogger(__name__)
SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
_FRESH = 300
"""Seconds before its end from which a token is replaced."""


class EntraPassword:
    """Call it for a password that is good now. While Entra does not answer, the last token serves until its very end."""

    def __init__(
        self,
        credential: Callable[[], AsyncTokenCredential] = make_credential,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._make, self._now = credential, now
        self._credential: AsyncTokenCredential | None = None
        self._token, self._until = "", 0.0
        self._asking = asyncio.Lock()

    async def __call__(self) -> str:
        if self._now() > self._until - _FRESH:
            async with self._asking:  # a pool that opens ten connections asks once
                if self._now() > self._until - _FRESH:
                    await self._ask()
        return self._token

    async def _ask(self) -> None:
        if self._credential is None:
            self._credential = await asyncio.to_thread(self._make)
        try:
            found = await self._credential.get_token(SCOPE)
        except Exception as error:  # noqa: BLE001 - every kind of credential has errors of its own
            if self._now() >= self._until:
                raise ConnectionError(f"no token for the database: {' '.join(str(error).split())[:200]}") from None
            left = self._until - self._now()
            log.warning("Entra gave no new token (%s); the present one is good for %d s", type(error).__name__, left)
            return
        self._token, self._until = found.token, found.expires_on

    async def close(self) -> None:
        """Ends the credential's own connections."""
        if self._credential is not None:
            await self._credential.close()
