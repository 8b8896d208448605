"""Access tokens: short-lived Ed25519 JWTs (RFC 7519, RFC 8037) with `kid`, and the key set others verify them with."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.errors import Unauthorized

ALGORITHM = "EdDSA"
_CACHE_LIMIT = 20_000


class SigningKey(msgspec.Struct):
    """One entry of the secret `jwt_signing_keys`: the first of the list signs, all of them verify."""

    kid: str
    private_pem: str
    created: str = ""


class KeyRing:
    """Signs with the newest key and verifies with any, so that a rotation loses nobody's session."""

    def __init__(self, keys_json: str, *, issuer: str, audience: str = "dot-copilot-api") -> None:
        keys = msgspec.json.decode(keys_json, type=list[SigningKey])
        if not keys:
            raise ValueError("the secret jwt_signing_keys holds no key")
        self._private: dict[str, Ed25519PrivateKey] = {}
        for key in keys:
            loaded = load_pem_private_key(key.private_pem.encode(), None)
            if not isinstance(loaded, Ed25519PrivateKey):
                raise ValueError(f"signing key {key.kid} is not an Ed25519 key")
            self._private[key.kid] = loaded
        self._signing_kid = keys[0].kid
        self._issuer, self._audience = issuer, audience
        self._verified: dict[str, Caller] = {}

    def issue(self, caller: Caller) -> str:
        """The signed token of `caller`; it ends at `caller.expires_at`."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(caller.user_id),
            "sid": str(caller.session_id),
            "cid": str(caller.carrier_id),
            "rol": caller.role.value,
            "ver": caller.token_version,
            "iat": int(time.time()),
            "exp": caller.expires_at,
            "via": caller.via,
        }
        if caller.terminal_id:
            claims["tid"] = str(caller.terminal_id)
        if caller.driver_id:
            claims["did"] = str(caller.driver_id)
        key = self._private[self._signing_kid]
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": self._signing_kid})

    def verify(self, token: str, now: float) -> Caller:
        """The caller of a valid token. A verified token is remembered, so the signature is checked once a process."""
        caller = self._verified.get(token)
        if caller is None:
            caller = self._decode(token)
            if len(self._verified) >= _CACHE_LIMIT:
                self._verified.clear()
            self._verified[token] = caller
        if caller.expires_at <= now:
            self._verified.pop(token, None)
            raise Unauthorized("Your sign-in has run out. Refresh it or sign in again.")
        return caller

    def _decode(self, token: str) -> Caller:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            key = self._private[kid].public_key()
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "sub", "sid", "cid"], "verify_exp": False},
            )
            return Caller(
                session_id=UUID(claims["sid"]),
                user_id=UUID(claims["sub"]),
                carrier_id=UUID(claims["cid"]),
                role=Role(claims["rol"]),
                token_version=int(claims["ver"]),
                expires_at=int(claims["exp"]),
                terminal_id=UUID(claims["tid"]) if "tid" in claims else None,
                driver_id=UUID(claims["did"]) if "did" in claims else None,
                via=str(claims.get("via", "web")),
            )
        except (jwt.InvalidTokenError, KeyError, ValueError):
            raise Unauthorized("The access token is not one of ours, or it is damaged. Sign in again.") from None

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517)."""
        keys = []
        for kid, private in self._private.items():
            jwk = jwt.algorithms.OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
            keys.append({**jwk, "kid": kid, "use": "sig", "alg": ALGORITHM})
        return {"keys": keys}
