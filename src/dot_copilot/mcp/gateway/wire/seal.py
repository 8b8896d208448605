"""Sealed values: what the gateway hands to a client and must get back unchanged (session ids, requestState).

AES-256-GCM (NIST SP 800-38D) under a key derived from the gateway's secret (HKDF, RFC 5869), one key a purpose, so that a
value sealed for one purpose never opens as another. `bound` is authenticated and not sent: the value opens only for the
person and request it was made for.
"""

from __future__ import annotations

import base64
import binascii
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_VERSION = b"1"


class NotOurs(Exception):
    """The value is damaged, forged, for somebody else, or too old."""


class Sealer:
    """Seals and opens. The first of `secrets` seals, any opens: a rotation loses nobody's session."""

    def __init__(self, secrets: list[bytes], purpose: str, seconds: float) -> None:
        self._purpose, self._seconds = purpose, seconds
        self.load(secrets)

    def load(self, secrets: list[bytes]) -> None:
        """Goes by these secrets from now on."""
        if not secrets or min(map(len, secrets)) < 32:
            raise ValueError("the gateway's seal secret needs at least 32 bytes")
        purpose = f"dot-copilot/{self._purpose}".encode()
        self._ciphers = [AESGCM(HKDF(SHA256(), 32, None, purpose).derive(one)) for one in secrets]

    def seal(self, payload: bytes, bound: bytes) -> str:
        """Visible ASCII, safe in headers and URLs."""
        nonce = os.urandom(_NONCE)
        stamped = int(time.time()).to_bytes(6, "big") + payload
        sealed = self._ciphers[0].encrypt(nonce, stamped, _VERSION + bound)
        return "s1." + base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    def open(self, text: str, bound: bytes) -> bytes:
        """The payload; `NotOurs` otherwise."""
        if not text.startswith("s1.") or len(text) > 1_000_000:
            raise NotOurs
        try:
            raw = base64.urlsafe_b64decode(text[3:] + "=" * (-len(text[3:]) % 4))
        except (binascii.Error, ValueError):
            raise NotOurs from None
        for cipher in self._ciphers:
            try:
                stamped = cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _VERSION + bound)
            except (InvalidTag, ValueError):
                continue
            if time.time() - int.from_bytes(stamped[:6], "big") > self._seconds:
                raise NotOurs
            return stamped[6:]
        raise NotOurs
