"""One delivery of a provider: checked, split into its events, and stored before it is answered.

Providers send again what was not answered with 2xx within three seconds. So whatever keeps us from storing it ends in an error,
and what is sent again finds what was stored already.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from dot_copilot.core import telemetry
from dot_copilot.core.errors import TooManyRequests, Unavailable
from dot_copilot.core.event_documents import EventDocument, EventRefused
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import telematics_secret
from dot_copilot.features.telematics import envelopes, signatures
from dot_copilot.features.telematics.errors import DeliveryUnreadable, NoSuchEndpoint
from dot_copilot.features.telematics.models import Delivery, Endpoint, Receipt
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.repository import feeds

log = logging.getLogger(__name__)
PER_MINUTE = 3000
_UNKNOWN_PER_MINUTE = 60
_SECONDS = 2.5
_MOST_KNOWN = 1000
# A version's secret never changes, and which versions are good is asked at every delivery.
_known: OrderedDict[tuple[UUID, int], str] = OrderedDict()


async def find_endpoint(platform: Platform, provider: Provider, endpoint_key: str, address: str) -> Endpoint:
    """The feed of an address; `NoSuchEndpoint` if there is none. Bounded by who sends: nobody else uses up a provider's share."""
    endpoint = await feeds.find(platform.database, provider, endpoint_key)
    place, most = (endpoint.feed_id, PER_MINUTE) if endpoint else ("?", _UNKNOWN_PER_MINUTE)
    if not await platform.limiter.allow(f"telematics:{place}:{address}", most):
        raise TooManyRequests("Too many deliveries in a minute. Send it again in a minute.", headers={"Retry-After": "60"})
    if endpoint is None:
        raise NoSuchEndpoint
    return endpoint


async def receive(platform: Platform, provider: Provider, endpoint: Endpoint, headers: Mapping[str, str], raw: bytes) -> Receipt:
    """Checks and stores one delivery; raises what `signatures.check` and `envelopes.read` raise, and `Unavailable`."""
    telemetry.set_carrier(endpoint.carrier_id)
    now = platform.clock.now()
    try:
        async with asyncio.timeout(_SECONDS):
            secrets = [await _secret(platform, endpoint, version) for version in endpoint.versions]
            signatures.check(provider, secrets, headers, raw, now)
            delivery = envelopes.read(provider, raw, now)
            new = await platform.event_documents.append(documents_of(provider, endpoint, delivery, raw, now))
    except EventRefused as error:
        raise DeliveryUnreadable(f"The body is signed, but {error}. Nothing was stored.") from None
    except (ConnectionError, TimeoutError) as error:
        log.warning("a delivery of %s was not stored: %s", provider.value, error or type(error).__name__)
        raise Unavailable(
            "The store of events is not answering. Nothing counts as received; send it again.", headers={"Retry-After": "5"}
        ) from None
    received = sum(new[: len(delivery.events)])
    return Receipt(received, len(delivery.events) - received)


def documents_of(provider: Provider, endpoint: Endpoint, delivery: Delivery, raw: bytes, now: datetime) -> list[EventDocument]:
    """A document for each event, in order. The signed bytes are with the one event, or, where there is more, by themselves."""
    about = {"feed": str(endpoint.feed_id)}
    documents = [
        EventDocument(
            carrier_id=endpoint.carrier_id,
            kind=provider.kind,
            source_id=event.source_id,
            at=event.at or now,
            received_at=now,
            body=event.body,
            raw=None if delivery.rest else raw,
            about={**about, "type": event.type},
        )
        for event in delivery.events
    ]
    if delivery.rest:
        documents.append(
            EventDocument(
                carrier_id=endpoint.carrier_id,
                kind=provider.delivery_kind,
                source_id=f"sha256:{hashlib.sha256(raw).hexdigest()}",
                at=now,
                received_at=now,
                body=None,
                raw=raw,
                about={**about, "events": len(delivery.events)},
            )
        )
    return documents


async def _secret(platform: Platform, endpoint: Endpoint, version: int) -> str:
    key = (endpoint.feed_id, version)
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    name = telematics_secret(endpoint.carrier_id, *key)
    try:
        value = await platform.secrets.get(name)
    except Exception as error:  # noqa: BLE001 - whatever store it is and whatever ails it, the provider is told to come again
        raise ConnectionError(f"the signing secret can't be read ({type(error).__name__})") from None
    _known[key] = value
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return value
