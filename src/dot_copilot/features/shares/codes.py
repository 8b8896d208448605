"""The secrets of a share: a link of 256 bits, a code of 50 bits that is told apart from it, and what is kept of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from dot_copilot.features.packets.codes import ALPHABET

_CODE = 10
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_token() -> str:
    """For a link or a session cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """As it is told: `7KQ2M-9XF4T`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_CODE))
    return f"{letters[:5]}-{letters[5:]}"


def hash_token(token: str) -> bytes:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def hash_code(key: bytes, link_hash: bytes, code: str) -> bytes:
    """What is kept of a code. Keyed, because 50 bits could be tried out by whoever gets hold of the table."""
    said = code.strip().upper().translate(_HEARD)
    return hmac.new(key, b"share-code\x00" + link_hash + said.encode(), hashlib.sha256).digest()
