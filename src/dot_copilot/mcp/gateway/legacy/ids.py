"""Ids that find their way back: requests and events of an upstream carry its name through the client, so no table is kept."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson
from msgspec import Struct


def wrap_request(upstream: str, request_id: Any) -> str:
    """The id under which the client sees an upstream's request. Upstream names hold no dot."""
    return f"{upstream}.{'n' if isinstance(request_id, int) else 's'}.{request_id}"


def unwrap_request(wrapped: Any) -> tuple[str, str | int] | None:
    """The upstream and its own id; None for an id the gateway never gave."""
    parts = wrapped.split(".", 2) if isinstance(wrapped, str) else []
    if len(parts) != 3 or parts[1] not in ("n", "s"):
        return None
    if parts[1] == "s":
        return parts[0], parts[2]
    return (parts[0], int(parts[2])) if parts[2].removeprefix("-").isdigit() else None


class Place(Struct, array_like=True):
    """Where a client is in a stream: the last event of each upstream. `standing`: of the GET stream, else of one request's."""

    standing: bool
    last: dict[str, str]


def wrap_event(place: Place) -> bytes:
    """The place as an event id."""
    return base64.urlsafe_b64encode(orjson.dumps([place.standing, place.last])).rstrip(b"=")


def unwrap_event(event_id: bytes) -> Place | None:
    """The place of a Last-Event-ID header; None if it is not one of ours."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(event_id + b"=" * (-len(event_id) % 4)))
        standing, last = raw
    except (binascii.Error, ValueError, TypeError):
        return None
    good = isinstance(standing, bool) and isinstance(last, dict) and all(_usable(one) for one in last.values())
    return Place(standing, last) if good else None


def _usable(event_id: object) -> bool:
    """Goes into a header line: visible ASCII."""
    return isinstance(event_id, str) and 0 < len(event_id) <= 512 and all(0x21 <= ord(letter) <= 0x7E for letter in event_id)
