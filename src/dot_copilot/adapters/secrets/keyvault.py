"""Secrets from Azure Key Vault: a vault that the application reads, and one where it keeps what is entrusted to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from dot_copilot.adapters.azure_credential import make_credential, unresolved_references
from dot_copilot.core.ports import SecretsUnavailable
from dot_copilot.core.telemetry.clients import http_call

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.secrets.aio import SecretClient

log = logging.getLogger(__name__)
ENTRUSTED = ("people/", "carriers/")
_LONGEST = 127
_PROBE = "cursor_key"


def vault_name(name: str) -> str:
    """A name as the vault takes it, letters, digits and hyphens only: `_` is `-`, `-` is `-0` and `/` is `-1`.

    Raises ValueError for a name that would come out as another one's, or too long.
    """
    if "_0" in name or "_1" in name:
        raise ValueError(f"the secret {name} cannot be kept in Key Vault: '_0' and '_1' stand for other signs there")
    made = name.replace("-", "-0").replace("/", "-1").replace("_", "-")
    if len(made) > _LONGEST or not made.replace("-", "").isalnum() or not made.isascii():
        raise ValueError(f"the secret {name} cannot be kept in Key Vault: names have up to {_LONGEST} letters, digits, - _ /")
    return made


class KeyVaultSecretStore:
    """Values of the platform's vault are kept for `keep_seconds`, and for as long as the vault does not answer: so a rotation is
    noticed within minutes and an outage of the vault is none of ours. Values of people and carriers are asked for each time.

    `options` go to the SDK's clients, and `credential` makes what signs in (tests have vaults of their own).
    """

    def __init__(
        self,
        url: str,
        people_url: str,
        *,
        keep_seconds: float = 300,
        credential: Callable[[], AsyncTokenCredential] = make_credential,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._urls = (url, people_url)
        self._keep = keep_seconds
        self._make_credential = credential
        self._options = dict(options or {})
        self._credential: AsyncTokenCredential | None = None
        self._clients: tuple[SecretClient, SecretClient] | None = None
        self._opening = asyncio.Lock()
        self._kept: dict[str, tuple[float, str]] = {}

    async def get(self, name: str) -> str:
        """The secret's value; `KeyError` for none, `PermissionError` when we may not, `ConnectionError` when nobody answers."""
        if name.startswith(ENTRUSTED):
            return await self._fetch(name)
        kept = self._kept.get(name)
        if kept is not None and time.monotonic() - kept[0] < self._keep:
            return kept[1]
        try:
            value = await self._fetch(name)
        except ConnectionError:
            if kept is None:
                raise
            log.warning("Key Vault does not answer; going on with the value of %s that it gave last", name)
            value = kept[1]
        self._kept[name] = (time.monotonic(), value)
        return value

    async def fresh(self, name: str) -> str:
        """The value as the vault has it now, kept from here on; raises as `get` does."""
        value = await self._fetch(name)
        if not name.startswith(ENTRUSTED):
            self._kept[name] = (time.monotonic(), value)
        return value

    async def put(self, name: str, value: str) -> None:
        """Keeps a secret of a person or carrier. One that was deleted a moment ago is taken back first: the vault asks for it."""
        client = await self._entrusted(name)
        from azure.core.exceptions import ResourceExistsError

        async with self._changing(name, "PUT"):
            try:
                await client.set_secret(vault_name(name), value)
            except ResourceExistsError:
                await client.recover_deleted_secret(vault_name(name))
                await client.set_secret(vault_name(name), value)

    async def delete(self, name: str) -> None:
        """Deletes and purges: what was only deleted could be brought back for weeks."""
        client = await self._entrusted(name)
        from azure.core.exceptions import ResourceNotFoundError

        async with self._changing(name, "DELETE"):
            with suppress(ResourceNotFoundError):  # also when it was deleted and the purge failed: go on with that
                await client.delete_secret(vault_name(name))
            with suppress(ResourceNotFoundError):
                await client.purge_deleted_secret(vault_name(name))

    async def ready(self) -> None:
        """Raises when the vault does not answer us, or App Service left a reference to a secret unresolved."""
        if unresolved := unresolved_references():
            names = ", ".join(unresolved)
            raise RuntimeError(f"App Service did not resolve the secret behind {names}; check the identity's role")
        await self._fetch(_PROBE)

    async def close(self) -> None:
        for client in self._clients or ():
            await client.close()
        if self._credential is not None:
            await self._credential.close()

    async def _fetch(self, name: str) -> str:
        platform, people = await self._open()
        client = people if name.startswith(ENTRUSTED) else platform
        async with _translated(name, "GET"):
            found = await client.get_secret(vault_name(name))
        if found.value is None:
            raise KeyError(name)
        return str(found.value)

    async def _entrusted(self, name: str) -> SecretClient:
        if not name.startswith(ENTRUSTED):
            raise SecretsUnavailable(f"the application does not change {name}; it belongs to the platform")
        return (await self._open())[1]

    @asynccontextmanager
    async def _changing(self, name: str, method: str) -> AsyncIterator[None]:
        try:
            async with _translated(name, method):
                yield
        except (ConnectionError, PermissionError, KeyError) as error:
            raise SecretsUnavailable(f"Key Vault did not take the change ({error})") from None

    async def _open(self) -> tuple[SecretClient, SecretClient]:
        async with self._opening:
            if self._clients is None:
                self._clients = await asyncio.to_thread(self._make)
        return self._clients

    def _make(self) -> tuple[SecretClient, SecretClient]:
        from azure.keyvault.secrets.aio import SecretClient

        self._credential = self._make_credential()
        options = {"retry_total": 2, "retry_backoff_factor": 0.2, "connection_timeout": 3, "read_timeout": 5} | self._options
        clients = [SecretClient(url, self._credential, **options) for url in self._urls]
        return cast("tuple[SecretClient, SecretClient]", tuple(clients))


@asynccontextmanager
async def _translated(name: str, method: str) -> AsyncIterator[None]:
    """The SDK's errors as those of the port, and the call as telemetry sees it."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

    with http_call("keyvault", method) as call:
        try:
            yield
        except ResourceNotFoundError:
            call.status = 404
            raise KeyError(name) from None
        except ClientAuthenticationError as error:
            raise PermissionError(f"Azure does not know this process: {_line(error)}") from None
        except HttpResponseError as error:
            call.status = error.status_code or 0
            if error.status_code == 403:
                raise PermissionError(f"Key Vault does not let us at {name}; check role and firewall") from None
            raise ConnectionError(f"Key Vault: {error.status_code} {type(error).__name__}") from None
        except AzureError as error:
            raise ConnectionError(f"Key Vault: {type(error).__name__}") from None
        call.status = 200


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
