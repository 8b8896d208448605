"""Plain values of this feature."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

Shows = Literal["none", "basic", "detailed"]


class NewPacket(Struct, frozen=True):
    """A packet about to be asked for."""

    code: str
    title: str
    as_of: date
    originals: bool
    sph: bool
    shows: Shows
    drivers: list[UUID]


class PacketFile(Struct, frozen=True):
    """A file that a packet answers for. `name` is its path in the archive; no `blob_name`: it is not handed out by itself."""

    driver_id: UUID
    number: int
    kind: Literal["pdf", "sph", "document"]
    name: str
    size: int
    sha256: bytes
    crc32: int | None
    pages: int = 0
    blob_name: str | None = None
    document_id: UUID | None = None
    requirement: str | None = None
    problem: str | None = None


class Archive(Struct, frozen=True):
    """The ZIP in the store."""

    blob_name: str
    size: int
    sha256: bytes
