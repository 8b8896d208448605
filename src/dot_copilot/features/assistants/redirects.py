"""Where answers may be sent: which redirect URIs a client may have, and when one is the same as another.

RFC 6749 section 3.1.2, RFC 8252 section 7 (native applications), OAuth 2.1 section 2.3.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST = 2048
# Schemes that run something, read a file or leave the browser with something other than an application's own link.
_FORBIDDEN = frozenset(
    {
        *("about", "blob", "chrome", "chrome-extension", "data", "file", "filesystem", "ftp", "intent", "javascript"),
        *("mailto", "moz-extension", "resource", "sms", "tel", "vbscript", "view-source", "ws", "wss"),
    }
)
_OURS = frozenset({"code", "state", "iss", "error", "error_description"})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_CHARACTERS = re.compile(r"[!-~]+")  # no space, no control character; anything else is percent-encoded
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")


def split(uri: str) -> SplitResult | None:
    """The parts of `uri`; None when it is none, or means different things to different readers."""
    if not _CHARACTERS.fullmatch(uri) or len(uri) > LONGEST or "\\" in uri:
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port  # raises for a port that is none
    except ValueError:
        return None
    if not _SCHEME.fullmatch(parts.scheme) or parts.username is not None or parts.password is not None:
        return None
    if parts.scheme in ("http", "https") and not (parts.hostname and _HOST.fullmatch(parts.hostname)):
        return None
    return parts


def problem(uri: str) -> str | None:
    """Why a client may not have `uri`, or None."""
    parts = split(uri)
    if parts is None or "#" in uri:
        return "it is not an absolute URI without a fragment"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "http is for localhost, 127.0.0.1 and [::1] only; use https"
    if parts.scheme in _FORBIDDEN or not (parts.netloc or parts.path.strip("/")):
        return f"{parts.scheme}: is not an application's own address"
    if ours := {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} & _OURS:
        return f"its query has '{min(ours)}', which is for the answer"
    return None


def matches(registered: str, asked: str) -> bool:
    """Whether `asked` is the registered one: character by character, but for the port on this computer (RFC 8252 7.3)."""
    if registered == asked:
        return True
    one, other = split(registered), split(asked)
    if one is None or other is None or "#" in asked:
        return False
    if one.scheme != "http" or one.hostname not in LOOPBACK:
        return False
    return one._replace(netloc=one.hostname) == other._replace(netloc=other.hostname or "")


def find(registered: list[str], asked: str | None) -> str | None:
    """The redirect URI to use, if the client may have it. With one registered it need not be named."""
    if asked is None:
        return registered[0] if len(registered) == 1 else None
    return asked if any(matches(uri, asked) for uri in registered) else None


def place(uri: str) -> str:
    """Where it leads, in words for a person: a host, 'this computer', or the scheme of an application."""
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https"):
        host = parts.hostname or ""
        return "this computer" if host in LOOPBACK else host
    return f"{parts.scheme}:"


def with_query(uri: str, values: dict[str, str | None]) -> str:
    """`uri`, untouched, with `values` after the query that it has; None is left out."""
    added = urlencode({name: value for name, value in values.items() if value is not None}, quote_via=quote)
    joint = "?" if "?" not in uri else "" if uri.endswith(("?", "&")) else "&"
    return uri + joint + added
