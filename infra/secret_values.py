"""Makes the secrets of a stack and hands them to Pulumi, which encrypts them: they are never shown, nor in a file in clear."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from infra.errors import BadInput
from infra.options import SECRETS


def _password() -> str:
    """Forty letters and digits with a sign of each kind that Azure asks an administrator's password to have."""
    return f"{secrets.token_urlsafe(30).replace('-', 'A').replace('_', 'b')}aA1"


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _signing_keys() -> str:
    """One key, in the shape that the application reads (`jwt_signing_keys`); rotation puts further ones before it."""
    private = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    now = datetime.now(UTC)
    return json.dumps(
        [{"kid": f"{now:%Y%m%d}-{secrets.token_hex(4)}", "private_pem": private.decode(), "created": now.isoformat()}]
    )


_MAKERS: dict[str, Callable[[], str]] = {"jwtSigningKeys": _signing_keys, "cursorKey": _key, "linkKey": _key}


def make(key: str) -> str:
    """A new value for one of `infra.options.SECRETS`."""
    return _MAKERS.get(key, _password)()


def put(env: str, present: set[str], folder: Path) -> list[str]:
    """Sets every secret that the stack does not have; returns their keys. Raises BadInput when Pulumi is not there or refuses."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise BadInput("the program 'pulumi' is not installed; it encrypts the secrets (docs/azure.md says how to get it)")
    missing = [key for key in SECRETS if key not in present]
    for key in missing:
        command = [pulumi, "config", "set", "--secret", "--stack", env, key]
        done = subprocess.run(command, input=make(key), text=True, cwd=folder, capture_output=True, check=False)  # noqa: S603
        if done.returncode:
            said = " ".join(done.stderr.split())[:300] or f"code {done.returncode}"
            raise BadInput(f"pulumi did not take '{key}': {said}")
    return missing
