"""Clients whose id is the address of a document about them (draft-ietf-oauth-client-id-metadata-document).

The document is asked for at most once an hour, and what it said is kept: its name is shown and its addresses are allowed until
it says otherwise.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import OutsideError
from dot_copilot.features.assistants import redirects
from dot_copilot.features.assistants.models import OAuthClient
from dot_copilot.features.assistants.oauth_errors import OAuthError, too_many
from dot_copilot.features.assistants.repository import clients
from dot_copilot.features.assistants.service.clients import read_metadata

MOST_BYTES = 10 * 1024
_SHORTEST, _LONGEST = 300, 86_400
_USUAL = 3600
_PER_MINUTE = 30
_SECRETS = ("client_secret", "client_secret_expires_at")


def is_document(client_id: str) -> bool:
    """Whether an id names a document, rather than being one of ours."""
    return client_id.startswith(("https://", "http://"))


async def find(platform: Platform, client_id: str) -> OAuthClient:
    """The client of a document, read again when what we know has aged. `OAuthError` says what is wrong with it."""
    _check_address(client_id, local=platform.settings.is_local)
    known, now = await clients.find(platform.database, client_id), platform.clock.now()
    if known is not None and known.fresh_until is not None and known.fresh_until > now:
        return known
    host = urlsplit(client_id).hostname or ""
    if not await platform.limiter.allow(f"oauth:document:{host}", _PER_MINUTE):
        raise too_many()  # nobody makes us a nuisance to somebody else
    metadata, seconds = await _read(platform, client_id)
    client = read_metadata(
        metadata,
        id=client_id,
        kind="document",
        auth_method="none",
        secret_hash=None,
        created_at=now,
        fresh_until=now + timedelta(seconds=seconds),
    )
    await clients.save(platform.database, client)
    return client


def _check_address(client_id: str, *, local: bool) -> None:
    parts = redirects.split(client_id)
    if parts is None or "#" in client_id or parts.path in ("", "/"):
        raise _bad("It has to be an https address with a path and without a fragment")
    if any(part in (".", "..") for part in parts.path.split("/")):
        raise _bad("Its path has '.' or '..' in it")
    if parts.scheme != "https" and not (local and parts.hostname in redirects.LOOPBACK):
        raise _bad("It has to be an https address")


async def _read(platform: Platform, client_id: str) -> tuple[dict[str, object], int]:
    try:
        answer = await platform.outside.get_untrusted(client_id, limit=MOST_BYTES, loopback=platform.settings.is_local)
    except OutsideError as error:
        raise _bad(f"Its document was not read: {error}") from None
    if answer.status != 200:
        raise _bad(f"Its document was not read: the server answered {answer.status}, and redirects are not followed")
    try:
        metadata = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _bad("Its document is not a JSON object") from None
    if metadata.get("client_id") != client_id:
        raise _bad("Its document names another client_id than its own address")
    if metadata.get("token_endpoint_auth_method", "none") != "none" or any(member in metadata for member in _SECRETS):
        raise _bad("Its document asks for a way to authenticate; a client with a document here is a public one ('none')")
    return metadata, _age(answer.headers.get("cache-control", ""))


def _age(cache_control: str) -> int:
    """Seconds for which the document is good: what its server says, within bounds."""
    if "no-store" in cache_control or "no-cache" in cache_control:
        return _SHORTEST
    found = re.search(r"max-age=(\d{1,9})", cache_control)
    return min(max(int(found[1]), _SHORTEST), _LONGEST) if found else _USUAL


def _bad(description: str) -> OAuthError:
    return OAuthError("invalid_client", f"The client id is not usable. {description}. Tell whoever makes this assistant.")
