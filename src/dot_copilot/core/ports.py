"""What the features need from outside. Adapters implement these; features know nothing else of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from dot_copilot.core.event_documents import EventDocument, EventHead, EventQuery, Position

if TYPE_CHECKING:
    from dot_copilot.core.database import Door


class SecretsUnavailable(Exception):
    """The secret store did not take a change, or nobody knows whether it did."""


def github_secret(user_id: UUID) -> str:
    """The name under which a person's GitHub token is kept."""
    return f"people/{user_id}/github-token"


def totp_secret(user_id: UUID, factor_id: UUID) -> str:
    """The name under which the secret of a person's code generator is kept."""
    return f"people/{user_id}/totp/{factor_id}"


def telematics_secret(carrier_id: UUID, feed_id: UUID, version: int) -> str:
    """The name under which a version of a feed's signing secret is kept."""
    return f"carriers/{carrier_id}/telematics/{feed_id}/{version}"


class SecretStore(Protocol):
    """Secrets by name. A missing one raises `KeyError` with the name, never the value of another."""

    async def get(self, name: str) -> str: ...

    async def fresh(self, name: str) -> str:
        """As `get`, and never a value that an adapter has kept from before."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Stores or replaces a secret; the application below `people/` and `carriers/` only. Raises `SecretsUnavailable`."""
        ...

    async def delete(self, name: str) -> None:
        """Removes a secret and everything it ever was; nothing happens if there is none. Raises `SecretsUnavailable`."""
        ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


class EventDocuments(Protocol):
    """Raw events by carrier and time. Every method raises `ConnectionError` when the store does not answer in time.

    What is read goes through a door, so it is the carrier of an open session or job, and no other, that is read.
    """

    async def append(self, documents: Sequence[EventDocument]) -> list[bool]:
        """Stores each document once; True for each that is new, False where one of its name is there and stays as it is.

        Durable when it returns. After an error nobody knows how many were stored: append them all again. `EventRefused`
        (`core.event_documents.storable`) comes before anything is stored.
        """
        ...

    async def page(self, door: Door, query: EventQuery, *, limit: int, after: Position | None = None) -> list[EventHead]:
        """Up to `limit` documents of the door's carrier after `after`, the newest first."""
        ...

    async def fetch(self, door: Door, kind: str, source_id: str) -> EventDocument | None:
        """One document of the door's carrier, whole; None when there is none or it has expired."""
        ...

    async def sweep(self) -> int:
        """Deletes what has expired, where the store doesn't do that itself; returns how many. For the worker."""
        ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


class BlobStore(Protocol):
    """Private objects by name; names are made by us, never by a client."""

    async def put(self, name: str, chunks: AsyncIterator[bytes], *, media_type: str) -> int:
        """Stores the chunks under `name`, replacing; returns the size in bytes."""
        ...

    def stream(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of `name`; `FileNotFoundError` if there is none."""
        ...

    async def stage(self, name: str, block: str, data: bytes) -> None:
        """Keeps one block of `name`, out of sight until `commit`. Staged again it replaces; ids of one name are equally long."""
        ...

    async def commit(self, name: str, blocks: Sequence[str], *, media_type: str) -> None:
        """Makes `name` of its staged blocks in this order; may be done again. `ConnectionError` when one is not there."""
        ...

    async def read(self, name: str, offset: int, length: int) -> bytes:
        """Up to `length` bytes of `name` from `offset` on; `FileNotFoundError` if there is none."""
        ...

    def list(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        """Names that begin with `prefix`, and when each was stored last."""
        ...

    async def delete(self, name: str) -> None:
        """Removes `name`; nothing happens if there is none."""
        ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


class ScanRefused(Exception):
    """The scanner would not look at the file, as it is larger than the scanner takes; the text says so and may be shown."""


class Scanner(Protocol):
    """Looks for viruses. `name` says which one it is: "clamd", or "none", which finds nothing."""

    name: str

    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        """What was found, None if nothing. `ConnectionError` when it does not answer, `ScanRefused` when it would not look."""
        ...

    async def ready(self) -> None: ...


class MailRefused(Exception):
    """The message will never be taken; the text says why, names nobody's secrets, and may be shown."""


class MailUnsure(Exception):
    """The message was handed over and nobody said whether it was taken."""


@dataclass(frozen=True, slots=True)
class MailMessage:
    """A mail to one person. `key` is the same whenever the same message is sent again, and becomes its Message-ID."""

    to: str
    subject: str
    text: str
    html: str | None = None
    key: str = ""


class Mail(Protocol):
    """Hands mail over. Only the worker does, from the outbox (`core.outbox`); a request posts there."""

    repeatable: bool
    """Whether the same `key` sent twice is one message to whoever gets it."""

    async def send(self, message: MailMessage, handing_over: Callable[[], Awaitable[None]]) -> None:
        """Returns when the message was taken. `handing_over` is awaited right before the moment from which it may have been.

        `MailRefused`: never. `ConnectionError`: not this time, and it was not taken. `MailUnsure`: nobody knows.
        """
        ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


class RateLimiter(Protocol):
    """Counts attempts over a sliding minute, shared by all processes while its store answers."""

    async def allow(self, key: str, per_minute: int) -> bool:
        """Counts one attempt of `key`; False when there were more than `per_minute`."""
        ...

    async def ready(self) -> None: ...

    async def close(self) -> None: ...


class Signals(Protocol):
    """Short messages to every process that listens now. Nobody may rely on them: each listener also asks again by itself."""

    async def send(self, messages: Sequence[tuple[str, str]]) -> None:
        """Sends (channel, text) pairs in order; logs, and does not raise, when there is nobody to take them."""
        ...

    async def close(self) -> None: ...


class OutsideError(Exception):
    """A server that is not ours did not give a usable answer; the text says why and may be shown."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer from outside. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outside(Protocol):
    """GET requests to servers that are not ours. Redirects are not followed."""

    async def get(self, url: str, *, headers: Mapping[str, str], limit: int) -> Fetched:
        """Asks a server that our settings name. `OutsideError` when it does not answer, or with more than `limit` bytes."""
        ...

    async def get_untrusted(self, url: str, *, limit: int, loopback: bool) -> Fetched:
        """Asks a server that a stranger names: never one inside our network, on this machine only if `loopback`."""
        ...

    async def close(self) -> None: ...
