"""Links in mails that open something once.

The token of a link is worked out from a key of ours and a name, such as `invitation:<id>:<round>`; stored is its SHA-256. A mail
that waits holds a mark in its place, and the worker fills the token in as it sends: neither the database nor a copy of it holds
what opens anything. A mail is given the token of its own occasion only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def token(key: bytes, name: str) -> str:
    """256 bits as 43 characters for an address."""
    return base64.urlsafe_b64encode(hmac.digest(key, b"link " + name.encode(), hashlib.sha256)).rstrip(b"=").decode()


def digest(text: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def mark(name: str) -> str:
    """Stands for the token of `name` in a mail that waits."""
    return f"{{{{token {name}}}}}"


def fill_in(key: bytes, text: str, name: str) -> str:
    """The text with the token of `name` for its mark. Marks of other names stand as they are: somebody typed them."""
    return text.replace(mark(name), token(key, name))
