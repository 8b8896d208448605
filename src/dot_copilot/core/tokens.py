"""Access tokens: short-lived Ed25519 JWTs (RFC 7519, RFC 8037) with `kid`, and the key set others verify them with.

The web application's tokens are for the audience `dot-copilot-api`. An assistant's are OAuth access tokens (RFC 9068): for the
address of the MCP endpoint, of another type, with the scopes a person granted. Neither is good where the other is.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.errors import Unauthorized

ALGORITHM = "EdDSA"
API_AUDIENCE = "dot-copilot-api"
INTERNAL_AUDIENCE = "dot-copilot-mcp"
"""Of the tokens that the gateway shows to our own MCP server."""
OAUTH_TYPE = "at+jwt"
_CACHE_LIMIT = 20_000
_NOT_OURS = "The access token is not one of ours, or it is damaged. Sign in again."
T = TypeVar("T")


def mcp_audience(public_url: str) -> str:
    """The MCP endpoint as an OAuth resource (RFC 8707), and so the audience of assistants' tokens."""
    return f"{public_url.rstrip('/')}/mcp"


class UnknownKey(Unauthorized):
    """The token names a key that this process does not know: of nobody, retired, or so new that it must be asked for."""


class SigningKey(msgspec.Struct):
    """One entry of the secret `jwt_signing_keys`: a key, and the instants (ISO 8601) at which its part changes (ADR 23).

    It signs from `signs_from` on (empty: it always has) until a later one does, and verifies until `verifies_until` (empty: no
    end is set).
    """

    kid: str
    private_pem: str
    created: str = ""
    signs_from: str = ""
    verifies_until: str = ""


_EVER = datetime.min.replace(tzinfo=UTC)


def in_force(keys: Sequence[SigningKey], now: datetime) -> list[SigningKey]:
    """The keys that verify at `now`, the one that signs first. Where nobody set any instant it is the first of the list."""
    good = [key for key in keys if not (end := _instant(key.verifies_until)) or end > now]
    signing = [key for key in good if (_instant(key.signs_from) or _EVER) <= now]
    if not signing:
        return good
    newest = max(signing, key=lambda key: _instant(key.signs_from) or _EVER)  # the first of equals
    return [newest, *(key for key in good if key is not newest)]


def decode_keys(text: str) -> list[SigningKey]:
    """The value of the secret; `ValueError` when it is none, or holds no key."""
    keys = msgspec.json.decode(text, type=list[SigningKey])
    if not keys:
        raise ValueError("the secret jwt_signing_keys holds no key")
    return keys


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _unpacked(text: str) -> tuple[UUID, ...]:
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return tuple(UUID(bytes=packed[at : at + 16]) for at in range(0, len(packed), 16))


def _private(key: SigningKey) -> Ed25519PrivateKey:
    loaded = load_pem_private_key(key.private_pem.encode(), None)
    if not isinstance(loaded, Ed25519PrivateKey):
        raise ValueError(f"signing key {key.kid} is not an Ed25519 key")
    return loaded


async def _nothing() -> None:
    return None


class KeyRing:
    """Signs with the newest key and verifies with any, so that a rotation loses nobody's session.

    `learn` asks the secret store for keys that are newer than ours (`core.signing_keys`).
    """

    def __init__(self, keys_json: str, *, issuer: str, audience: str = API_AUDIENCE) -> None:
        self._issuer, self._audience = issuer, audience
        self._verified: dict[str, Caller] = {}
        self._private: dict[str, Ed25519PrivateKey] = {}
        self.learn: Callable[[], Awaitable[None]] = _nothing
        self.load(keys_json)

    def load(self, keys_json: str, now: datetime | None = None) -> None:
        """Goes by these keys, as they stand at `now`. `ValueError` for a value that is not usable; then nothing changes."""
        keys = decode_keys(keys_json)
        good = in_force(keys, now or datetime.now(UTC))
        if not good:
            raise ValueError("every key in the secret jwt_signing_keys is retired; 'dot-copilot rotate jwt-keys' makes one")
        private = {key.kid: self._private.get(key.kid) or _private(key) for key in good}
        if self._private.keys() - private.keys():
            self._verified.clear()  # what a retired key has signed is nothing to remember
        self._private, self._signing_kid = private, good[0].kid
        self.signing_key_created = _instant(good[0].created)

    async def known(self, verifying: Callable[[], T]) -> T:
        """What `verifying` gives. When it meets a key that we don't know, the store is asked for it, once."""
        try:
            return verifying()
        except UnknownKey:
            await self.learn()
            return verifying()

    def issue(self, caller: Caller, *, typ: str = "JWT", extra: Mapping[str, str] | None = None) -> str:
        """The signed token of `caller`; it ends at `caller.expires_at`.

        `typ` is the header's media type (RFC 9068: `at+jwt`); `extra` are further claims, such as `scope` and `client_id`.
        """
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
            **(extra or {}),
        }
        if caller.terminal_id:
            claims["tid"] = str(caller.terminal_id)
        if caller.more_terminals:
            # Sixteen bytes each instead of thirty-six characters: the token is in every request.
            packed = b"".join(terminal.bytes for terminal in caller.more_terminals)
            claims["tms"] = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
        if caller.driver_id:
            claims["did"] = str(caller.driver_id)
        key = self._private[self._signing_kid]
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": self._signing_kid, "typ": typ})

    def verify(self, token: str, now: float) -> Caller:
        """The caller of a valid token. A verified token is remembered, so the signature is checked once a process."""
        caller = self._verified.get(token)
        if caller is None:
            caller, _ = self._decode(token)
            if len(self._verified) >= _CACHE_LIMIT:
                self._verified.clear()
            self._verified[token] = caller
        if caller.expires_at <= now:
            self._verified.pop(token, None)
            raise Unauthorized("Your sign-in has run out. Refresh it or sign in again.")
        return caller

    def read(self, token: str, *, typ: str) -> tuple[Caller, dict[str, Any]]:
        """The caller and all claims of a token whose header says `typ`; neither remembered nor checked for its end."""
        return self._decode(token, typ)

    def _decode(self, token: str, typ: str | None = None) -> tuple[Caller, dict[str, Any]]:
        try:
            header = jwt.get_unverified_header(token)
            if typ is not None and str(header.get("typ", "")).lower() != typ:
                raise ValueError("a token of another type")
            private = self._private.get(str(header.get("kid", "")))
            if private is None:
                raise UnknownKey(_NOT_OURS)
            key = private.public_key()
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "sub", "sid", "cid"], "verify_exp": False},
            )
            caller = Caller(
                session_id=UUID(claims["sid"]),
                user_id=UUID(claims["sub"]),
                carrier_id=UUID(claims["cid"]),
                role=Role(claims["rol"]),
                token_version=int(claims["ver"]),
                expires_at=int(claims["exp"]),
                terminal_id=UUID(claims["tid"]) if "tid" in claims else None,
                driver_id=UUID(claims["did"]) if "did" in claims else None,
                via=str(claims.get("via", "web")),
                more_terminals=_unpacked(claims.get("tms", "")),
            )
            return caller, claims
        except (jwt.InvalidTokenError, KeyError, ValueError):
            raise Unauthorized(_NOT_OURS) from None

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517)."""
        keys = []
        for kid, private in self._private.items():
            jwk = jwt.algorithms.OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
            keys.append({**jwk, "kid": kid, "use": "sig", "alg": ALGORITHM})
        return {"keys": keys}
