"""Whether a provider signed exactly these bytes.

Samsara (developers.samsara.com, webhooks): `X-Samsara-Signature: v1=<hex>` is HMAC-SHA256 with the base64-decoded secret over
`v1:<X-Samsara-Timestamp>:<body>`. Motive (developer.gomotive.com, webhooks): `X-KT-Webhook-Signature: <hex>` is HMAC-SHA1 with
the secret over the body.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dot_copilot.features.telematics.errors import SignatureRefused, TimestampRefused, UnusableSecret
from dot_copilot.features.telematics.providers import Provider

SIGNATURE_HEADERS = {Provider.SAMSARA: "x-samsara-signature", Provider.MOTIVE: "x-kt-webhook-signature"}
TIMESTAMP_HEADER = "x-samsara-timestamp"
# A delivery may have been retried for a while with the signature it had first. What is replayed within this time is recognised by
# its id; without it, what was recorded once could be sent again when its document has expired.
OLDEST, NEWEST = timedelta(hours=1), timedelta(minutes=5)
_SHA256, _SHA1 = re.compile(r"v1=([0-9a-fA-F]{64})"), re.compile(r"([0-9a-fA-F]{40})")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_LEAST_KEY_BYTES = 8


def check(provider: Provider, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Passes if one of `secrets` signed `body`; header names are in lower case.

    `SignatureRefused` if not, `TimestampRefused` if it was signed too long ago, or in the future.
    """
    name = SIGNATURE_HEADERS[provider]
    sent = headers.get(name)
    if sent is None:
        raise SignatureRefused(f"The header {name} is missing.")
    if not secrets:
        raise SignatureRefused("This feed has no signing secret yet. An administrator of the carrier enters it.")
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    if provider is Provider.SAMSARA and _TIMESTAMP.fullmatch(timestamp) is None:
        raise TimestampRefused(f"The header {TIMESTAMP_HEADER} has to be the seconds since 1970. Nothing was stored.")
    match = (_SHA256 if provider is Provider.SAMSARA else _SHA1).fullmatch(sent)
    given = bytes.fromhex(match[1]) if match else b""
    good = [hmac.compare_digest(given, sign(provider, secret, timestamp, body)) for secret in secrets]
    if not any(good):
        raise SignatureRefused("The body was not signed with the secret of this feed. Enter the provider's present secret here.")
    if provider is Provider.SAMSARA:
        _check_age(int(timestamp), now)


def sign(provider: Provider, secret: str, timestamp: str, body: bytes) -> bytes:
    """The signature as the provider computes it; `timestamp` is Samsara's alone."""
    if provider is Provider.SAMSARA:
        return hmac.digest(base64.b64decode(secret), b"v1:" + timestamp.encode() + b":" + body, "sha256")
    return hmac.digest(secret.encode(), body, "sha1")


def check_secret(provider: Provider, secret: str) -> None:
    """`UnusableSecret` for what can't be one of this provider's."""
    if provider is not Provider.SAMSARA:
        return
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _LEAST_KEY_BYTES:
        raise UnusableSecret("Samsara's signing secret is base64. Copy all of it, up to the last '='.")


def _check_age(timestamp: int, now: datetime) -> None:
    age = timedelta(seconds=now.timestamp() - timestamp)
    if not -NEWEST <= age <= OLDEST:
        raise TimestampRefused(
            f"It was signed {_words(age)}, and one hour is allowed. Compare the clocks, or let the provider sign it anew."
            " Nothing was stored."
        )


def _words(age: timedelta) -> str:
    seconds = int(abs(age).total_seconds())
    return f"{seconds:,} seconds {'ago' if age > timedelta(0) else 'in the future'}"
