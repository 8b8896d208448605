"""Codes of six digits that change every thirty seconds (RFC 6238, with HMAC-SHA1 as every generator has it)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
from datetime import datetime
from urllib.parse import quote

import segno

PERIOD, DIGITS = 30, 6
_DRIFT = 1  # steps to either side: clocks differ, and people are slow


def new_secret() -> str:
    """160 bits in base32, as RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226 section 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = mac[-1] & 15
    return str((int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, given: str, now: datetime, *, after: int) -> int | None:
    """The step whose code was given; only one later than `after`, so that a code is good once."""
    present = int(now.timestamp()) // PERIOD
    found = None
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        if hmac.compare_digest(code(secret, step).encode(), given.encode("utf-8", "surrogatepass")) and step > after:
            found = step
    return found


def address(secret: str, email: str) -> str:
    """The otpauth address that generators read."""
    issuer = "DOT-Copilot"
    return (
        f"otpauth://totp/{issuer}:{quote(email)}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={PERIOD}"
    )


def picture(uri: str) -> str:
    """The address as a QR code, an SVG."""
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, light="#fff")
    return out.getvalue().decode()
