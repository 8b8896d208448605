"""An authenticator in software: makes passkeys and signs challenges as a phone or a security key does (WebAuthn level 3)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def encode(value: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(value: str) -> bytes:
    """The bytes of it."""
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


@dataclass
class Authenticator:
    """One credential on one device. `count` is of the last use; 0 for devices that count nothing, if `counts` is off."""

    origin: str
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    verifies: bool = True
    counts: bool = True
    count: int = 0
    user_handle: bytes = b""
    rp_id: str = ""

    def _client_data(self, kind: str, options: dict[str, Any], more: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **more}).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        self.count += self.counts
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256((self.rp_id or rp_id).encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def create(self, options: dict[str, Any], name: str = "Phone", **more: Any) -> dict[str, Any]:
        """The body that adds the passkey that `options` ask for."""
        self.user_handle = decode(options["user_id"])
        data = self._data(options["rp_id"], _ATTESTED) + bytes(16)
        data += struct.pack(">H", len(self.credential_id)) + self.credential_id + self._public_key()
        return {
            "name": name,
            "credential_id": encode(self.credential_id),
            "client_data_json": encode(self._client_data("webauthn.create", options, more)),
            "attestation_object": encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }

    def get(self, options: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The answer to a challenge; `more` goes into what the browser says of itself."""
        data = self._data(options["rp_id"], 0)
        client_data = self._client_data("webauthn.get", options, more)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return {
            "credential_id": encode(self.credential_id),
            "client_data_json": encode(client_data),
            "authenticator_data": encode(data),
            "signature": encode(signature),
            "user_handle": encode(self.user_handle),
        }
