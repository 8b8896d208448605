"""The addresses that providers send to. Open to everybody: the signature over the body is what counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.requests import ClientDisconnect

from dot_copilot.core.errors import Invalid, TooManyRequests, Unavailable, problems
from dot_copilot.core.event_documents import MAX_BYTES
from dot_copilot.core.http import PlatformDep
from dot_copilot.features.identity.api.cookies import ClientDep
from dot_copilot.features.telematics.errors import (
    DeliveryTooLarge,
    DeliveryUnreadable,
    NoSuchEndpoint,
    SignatureRefused,
    TimestampRefused,
)
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.schemas import TelematicsReceipt
from dot_copilot.features.telematics.service import receiving

public_router = APIRouter(prefix="/telematics", tags=["telematics"])
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}}
_PROBLEMS = (
    NoSuchEndpoint,
    SignatureRefused,
    TimestampRefused,
    DeliveryUnreadable,
    DeliveryTooLarge,
    TooManyRequests,
    Unavailable,
    Invalid,
)


@public_router.post("/{provider}/{endpoint_key}", responses=problems(*_PROBLEMS), openapi_extra=_BODY)
async def receive_telematics_events(
    *,
    provider: Provider,
    endpoint_key: Annotated[str, Path(max_length=64, description="The last part of the feed's `webhook_url`")],
    request: Request,
    peer: ClientDep,
    platform: PlatformDep,
) -> TelematicsReceipt:
    """What a provider sends, signed in its own way. Answered when it is stored; sent again it is recognised."""
    endpoint = await receiving.find_endpoint(platform, provider, endpoint_key, peer.address)
    raw = await _body(request)
    receipt = await receiving.receive(platform, provider, endpoint, dict(request.headers), raw)
    return TelematicsReceipt(received=receipt.received, duplicates=receipt.duplicates)


async def _body(request: Request) -> bytes:
    """The bytes as they came, never more of them than a document takes."""
    problem = DeliveryTooLarge(f"A delivery takes {MAX_BYTES:,} bytes at most. Nothing was stored.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        raise problem
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                raise problem
    except ClientDisconnect:
        raise DeliveryUnreadable("The connection broke off. Nothing was stored; send it again.") from None
    return bytes(body)
