"""The authorizer of a configured upstream, its grant kept in the secret store."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import orjson
from mcp.client.auth import AuthorizationCodeResult
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata
from msgspec import Struct

from dot_copilot.core.ports import SecretStore, SecretsUnavailable
from dot_copilot.mcp.gateway.config import ConfigError, UpstreamConfig
from dot_copilot.mcp.gateway.oauth_client.authorizer import Authorizer
from dot_copilot.mcp.gateway.oauth_client.provider import Keep, Provider
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError

_log = logging.getLogger(__name__)


class Person(Struct, frozen=True):
    """How somebody is asked: `sent_to` shows an address to open, `answer` waits for what comes back to the redirect URI."""

    sent_to: Callable[[str], Awaitable[None]]
    answer: Callable[[], Awaitable[AuthorizationCodeResult]]


class SecretKeep:
    """The grant of one upstream as the secret `upstreams/<name>/grant`."""

    def __init__(self, secrets: SecretStore, upstream: str) -> None:
        self._secrets, self._name = secrets, f"upstreams/{upstream}/grant"
        self._unsaved: str | None = None

    async def load(self) -> str | None:
        if self._unsaved is not None:
            return self._unsaved
        try:
            return await self._secrets.get(self._name)
        except KeyError:
            return None
        except (OSError, httpx.HTTPError, SecretsUnavailable) as error:
            raise UpstreamError("down", f"the secret store does not answer ({type(error).__name__}); try again") from error

    async def save(self, text: str) -> None:
        """A store that takes nothing must not stop the calls: the grant is then held in memory, and lost at a restart."""
        try:
            await self._secrets.put(self._name, text)
            self._unsaved = None
        except SecretsUnavailable as error:
            self._unsaved = text
            _log.error("%s could not be kept: %s", self._name, error)


async def registration(config: UpstreamConfig, secrets: SecretStore) -> OAuthClientInformationFull | None:
    """The registration made by hand, if the configuration names one; its secret is `upstreams/<name>/client-secret`."""
    if not config.oauth.client_id:
        return None
    secret = None
    with contextlib.suppress(KeyError):
        secret = await secrets.get(f"upstreams/{config.name}/client-secret")
    return OAuthClientInformationFull.model_validate(
        {
            "client_id": config.oauth.client_id,
            "client_secret": secret,
            "redirect_uris": [config.oauth.redirect_uri],
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        }
    )


async def authorizer(
    config: UpstreamConfig,
    secrets: SecretStore,
    *,
    person: Person | None = None,
    lock: Callable[[], AbstractAsyncContextManager[Any]] = contextlib.nullcontext,
) -> Authorizer:
    """Without a `person` tokens are only refreshed. Raises `ConfigError` if the configuration cannot work."""
    keep: Keep = SecretKeep(secrets, config.name)
    known = await registration(config, secrets)
    if known is not None and await keep.load() is None:
        await keep.save(orjson.dumps({"client": known.model_dump(mode="json", exclude_none=True)}).decode())
    url = config.url.split(",")[0]
    try:
        provider = Provider(
            keep,
            server_url=url,
            client_metadata=OAuthClientMetadata.model_validate(
                {
                    "client_name": "DOT-Copilot gateway",
                    "redirect_uris": [config.oauth.redirect_uri],
                    "grant_types": ["authorization_code", "refresh_token"],
                }
            ),
            redirect_handler=person.sent_to if person else None,
            callback_handler=person.answer if person else None,
            client_metadata_url=config.oauth.client_metadata_url or None,
        )
    except ValueError as error:
        raise ConfigError(f"upstream '{config.name}': {error}") from error
    return Authorizer(config.name, url, provider, interactive=person is not None, lock=lock)
