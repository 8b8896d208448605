"""Sealed page cursors: opaque, bound to a carrier and a listing, refused anywhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID

import msgspec

from dot_copilot.core.errors import InvalidCursor

_TAG = 16


class Cursors:
    """Seals the key of the last row of a page, and opens it again (HMAC-SHA256, RFC 2104)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, carrier_id: UUID, listing: str, values: list[Any]) -> str:
        """A cursor for `listing`: its name with the sort and filters that shape it."""
        payload = msgspec.json.encode(values)
        return base64.urlsafe_b64encode(self._tag(carrier_id, listing, payload) + payload).rstrip(b"=").decode()

    def open(self, carrier_id: UUID, listing: str, cursor: str) -> list[Any]:
        """The values sealed for this carrier and listing; `InvalidCursor` for anything else."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raw = b""
        tag, payload = raw[:_TAG], raw[_TAG:]
        # The decoder skips what is not of its alphabet, so only the one spelling that we would write is good.
        canonical = base64.urlsafe_b64encode(raw).rstrip(b"=") == cursor.encode("ascii", "replace")
        if not payload or not canonical or not hmac.compare_digest(tag, self._tag(carrier_id, listing, payload)):
            raise InvalidCursor("The cursor is not one of this list. Start again without a cursor, with the same filters.")
        values: list[Any] = msgspec.json.decode(payload)
        return values

    def _tag(self, carrier_id: UUID, listing: str, payload: bytes) -> bytes:
        message = carrier_id.bytes + hashlib.sha256(listing.encode()).digest() + payload
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_TAG]
