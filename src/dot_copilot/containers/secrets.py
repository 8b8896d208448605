"""The secrets of the containers: made once, each a file that compose hands to exactly the services that name it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping

from dot_copilot.containers.place import SHARED, Place
from dot_copilot.stack import generate
from dot_copilot.stack.home import write_private
from dot_copilot.stack.parts import watchword

_HOMES = {name: new for name, new in generate.SECRETS.items() if name != watchword.SECRET}
"""What containers have in common with every home: all but the password of a Prometheus and an Alertmanager beside it."""
_OWN: Mapping[str, Callable[[], str | bytes]] = {
    "vault_seal_key": lambda: secrets.token_bytes(32),
    "vault_secret_id": generate.password,
    "vault_supervisor_secret_id": generate.password,
    "mongodb_root_password": generate.password,
    "mongodb_password": generate.password,
    "grafana_admin_password": generate.password,
}
"""What only the containers have, beside the secrets of every home (`stack.generate`)."""


def vault_names() -> tuple[str, ...]:
    """What the secret store is filled with, under these names."""
    return (*_HOMES, "mongodb_url")


def make(place: Place) -> list[str]:
    """Make the secrets that are not there, and give their names. One that is there is never replaced: it is in use."""
    place.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.secrets.chmod(0o700)
    made = []
    for name, new in {**_HOMES, **_OWN}.items():
        path = place.secrets / name
        if not path.exists():
            write_private(path, new(), SHARED)
            made.append(name)
    for name, value in _derived(place).items():
        write_private(place.secrets / name, value, SHARED)
    return made


def _derived(place: Place) -> Mapping[str, str]:
    """What follows from others: MongoDB's address with its password, and Redis' user with the hash of its own."""
    password = (place.secrets / "mongodb_password").read_text()
    redis = hashlib.sha256((place.secrets / "valkey_password").read_bytes()).hexdigest()
    return {
        "mongodb_url": f"mongodb://dot_copilot:{password}@mongo:27017/dot_copilot?authSource=dot_copilot",
        "redis_users": f"user default on #{redis} ~* &* +@all\n",
    }
