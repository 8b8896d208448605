"""What a process of the application holds: its settings, its pool, its adapters. Built once, in the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.ports import BlobStore, EventDocuments, Outside, RateLimiter, Scanner, SecretStore, Signals
from dot_copilot.core.secret_watch import SecretWatch
from dot_copilot.core.settings import Settings
from dot_copilot.core.signing_keys import SigningKeys
from dot_copilot.core.tokens import KeyRing
from dot_copilot.core.watching import Watch


@dataclass(slots=True)
class Platform:
    """Handed to routes by `core.http` and to jobs by `core.tasks`."""

    settings: Settings
    clock: Clock
    database: Database
    secrets: SecretStore
    blobs: BlobStore
    scanner: Scanner
    event_documents: EventDocuments
    limiter: RateLimiter
    signing: SigningKeys
    keys: KeyRing
    assistant_keys: KeyRing
    secret_watch: SecretWatch
    signals: Signals
    outside: Outside
    watch: Watch
    cursors: Cursors
    link_key: bytes

    async def close(self) -> None:
        """Closes everything, the database last."""
        await self.secret_watch.stop()
        await self.blobs.close()
        await self.event_documents.close()
        await self.limiter.close()
        await self.signals.close()
        await self.outside.close()
        await self.watch.close()
        await self.secrets.close()
        await self.database.close()
