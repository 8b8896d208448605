"""Challenges for passkeys: short-lived, for one purpose and person, and good once; and the names that passkeys are bound to.

A challenge carries its own end and a keyed hash, so none is stored until an authenticator has answered it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from dot_copilot.core.settings import Settings
from dot_copilot.features.identity.errors import PasskeysNeedName

LIFE = timedelta(minutes=5)
_NONCE, _UNTIL, _MAC = 16, 8, 32


def make(key: bytes, purpose: str, now: datetime, user_id: UUID | None = None) -> bytes:
    """56 bytes that are good for `LIFE`."""
    until = int((now + LIFE).timestamp())
    body = secrets.token_bytes(_NONCE) + until.to_bytes(_UNTIL, "big")
    return body + _mac(key, purpose, user_id, body)


def good_until(key: bytes, challenge: bytes, purpose: str, now: datetime, user_id: UUID | None = None) -> datetime | None:
    """Until when it is good; None when it is not one of ours, is of another purpose or person, or is too old."""
    if len(challenge) != _NONCE + _UNTIL + _MAC:
        return None
    body, mac = challenge[:-_MAC], challenge[-_MAC:]
    if not hmac.compare_digest(mac, _mac(key, purpose, user_id, body)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(body[_NONCE:], "big"), UTC)
    return until if now < until else None


def _mac(key: bytes, purpose: str, user_id: UUID | None, body: bytes) -> bytes:
    owner = user_id.bytes if user_id else b""
    return hmac.digest(key, b"passkey " + purpose.encode() + b"\0" + owner + body, hashlib.sha256)


def digest(challenge: bytes) -> bytes:
    """Under which a challenge that was answered is remembered."""
    return hashlib.sha256(challenge).digest()


def rp_id(settings: Settings) -> str:
    """The name that passkeys are bound to: the host of the pages. `PasskeysNeedName` for an address of digits.

    Browsers bind passkeys to names only; this machine's own is `localhost`.
    """
    host = urlsplit(settings.pages_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_loopback:
        return "localhost"
    raise PasskeysNeedName("Open the application under a host name; passkeys are bound to names, not to addresses.")


def origins(settings: Settings) -> list[str]:
    """Where the pages may be that speak to the authenticator."""
    pages = urlsplit(settings.pages_url)
    found = [f"{pages.scheme}://{pages.netloc}"]
    if settings.is_local and not settings.web_url:
        port = f":{pages.port}" if pages.port else ""
        found.append(f"{pages.scheme}://localhost{port}")
    return list(dict.fromkeys(found))
