"""What is in a provider's body: its events, each with an id that is the same when it is sent again."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from dot_copilot.features.telematics.errors import DeliveryUnreadable
from dot_copilot.features.telematics.models import Delivery, Event
from dot_copilot.features.telematics.providers import Provider

_LONGEST_ID, _LONGEST_TYPE = 120, 100
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def read(provider: Provider, raw: bytes, now: datetime) -> Delivery:
    """The events of a body that was signed; `DeliveryUnreadable` when it is not JSON, or no object (Motive: nor a list)."""
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise DeliveryUnreadable("The body is signed, but it is not JSON. Nothing was stored.") from None
    if isinstance(body, dict):
        event = _samsara(body, raw, now) if provider is Provider.SAMSARA else _motive(body, now)
        return Delivery([event or _whole(body, raw, "")])
    if provider is Provider.SAMSARA or not isinstance(body, list):
        raise DeliveryUnreadable("The body is signed, but it is no JSON object. Nothing was stored.")
    events = [event for one in body if isinstance(one, dict) and (event := _motive(one, now)) is not None]
    if not events:  # what Motive sends when a webhook is made: the list of its actions
        return Delivery([_whole(body, raw, ", ".join(one for one in body if isinstance(one, str)))])
    return Delivery(events, rest=len(body) > 1)


def _samsara(body: dict[str, Any], raw: bytes, now: datetime) -> Event:
    """`eventId, eventTime, eventType, orgId, webhookId, data`; webhooks 1.0 say `eventMs` (milliseconds since 1970) instead.

    Nothing is read from descriptions, which are localised.
    """
    kind = body.get("eventType")
    whole = _whole(body, raw, kind if isinstance(kind, str) else "")
    event_id = body.get("eventId")
    if not isinstance(event_id, str) or not 0 < len(event_id) <= _LONGEST_ID:
        return whole
    return Event(source_id=event_id, type=whole.type, at=_instant(body.get("eventTime", body.get("eventMs")), now), body=body)


def _motive(body: dict[str, Any], now: datetime) -> Event | None:
    """`action` and `id` make one event. Of what is updated again and again each version is one: its content is in the id."""
    action, number = body.get("action"), body.get("id")
    if not isinstance(action, str) or not isinstance(number, (int, str)) or isinstance(number, bool):
        return None
    source_id = f"{action}:{number}"
    if not 0 < len(action) <= _LONGEST_TYPE or len(source_id) > _LONGEST_ID:
        return None
    if not action.endswith("_created"):
        source_id += f":{hashlib.sha256(msgspec.json.encode(body, order='deterministic')).hexdigest()[:16]}"
    return Event(source_id=source_id, type=action, at=_instant(body.get("start_time"), now), body=body)


def _whole(body: Any, raw: bytes, kind: str) -> Event:
    """A body without an id of the provider's is known by its bytes."""
    return Event(source_id=f"sha256:{hashlib.sha256(raw).hexdigest()}", type=kind[:_LONGEST_TYPE], at=None, body=body)


def _instant(said: object, now: datetime) -> datetime | None:
    """A text of ISO 8601, in UTC unless it says otherwise, or milliseconds since 1970; None for what can't be."""
    try:
        if isinstance(said, str):
            local = datetime.fromisoformat(said)
            instant = (local if local.tzinfo else local.replace(tzinfo=UTC)).astimezone(UTC)
        elif isinstance(said, int) and not isinstance(said, bool):
            instant = datetime.fromtimestamp(said / 1000, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return instant if _EARLIEST <= instant <= now + timedelta(days=1) else None
