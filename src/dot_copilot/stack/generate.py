"""How each secret of a home is made. Nothing here is ever printed or put on a command line."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime


def password() -> str:
    """256 random bits, safe in any URL or configuration file."""
    return secrets.token_urlsafe(32)


def key_32() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def account_key() -> str:
    """An Azure Storage account key: 64 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


def signing_keys() -> str:
    """A JSON list with one Ed25519 key: [{kid, private_pem, created}]."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps([{"kid": uuid.uuid4().hex, "private_pem": pem.decode(), "created": created}])


def backup_keys() -> str:
    """A JSON list with one key for AES-256: [{id, key}], the id 8 and the key 64 hexadecimal digits."""
    return json.dumps([{"id": secrets.token_hex(4), "key": secrets.token_hex(32)}])


SECRETS: Mapping[str, Callable[[], str]] = {
    "database_superuser_password": password,
    "database_owner_password": password,
    "database_app_password": password,
    "database_worker_password": password,
    "database_gateway_password": password,
    "database_monitor_password": password,
    "valkey_password": password,
    "watching_password": password,
    "blob_account_key": account_key,
    "jwt_signing_keys": signing_keys,
    "link_key": key_32,
    "cursor_key": key_32,
    "backup_keys": backup_keys,
}
"""Every secret of a home, by its name in the store."""
