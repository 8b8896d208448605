"""The password of Prometheus and Alertmanager, one for each home.

They answer whoever asks. On a laptop that is also every page in a browser (a request across sites, or a name that is bound anew
to 127.0.0.1) and every other user of the machine, and whoever may post to Alertmanager can silence an alert.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from dot_copilot.stack.home import Home, write_private

USER = "dot-copilot"
SECRET = "watching_password"  # noqa: S105 - the name of a secret, not its value
_ROUNDS = 4
"""bcrypt's fewest: it slows down guessing, and nobody guesses 256 random bits. They are asked for it every few seconds."""


def password_file(home: Home) -> Path:
    """Where Prometheus reads it, and whoever wants to look for himself."""
    return home.run / "watching-password"


def web_configuration(home: Home, name: str) -> Path:
    """The `--web.config.file` of the part `name`."""
    return home.run / f"{name}-web.yml"


def guard(home: Home, name: str, secret: Callable[[str], str]) -> None:
    """Write what lets the part `name` answer only to those who know the password, and the password beside it."""
    import bcrypt  # deferred: only a home that is watched needs it

    password = secret(SECRET)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS)).decode()
    write_private(web_configuration(home, name), json.dumps({"basic_auth_users": {USER: hashed}}) + "\n")
    write_private(password_file(home), password)
