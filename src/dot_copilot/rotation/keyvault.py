"""The keeper of an installation on Azure: the platform's Key Vault, as whoever is signed in there (`az login`).

Key Vault has no check-and-set: the version is compared right before the write, and two rotations within that moment would be
two versions of the secret, the later of which holds. Its audit log has both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from dot_copilot.adapters.azure_credential import make_credential
from dot_copilot.adapters.secrets.keyvault import vault_name
from dot_copilot.rotation.errors import ChangedMeanwhileError, NotAnsweringError, RotationError
from dot_copilot.rotation.keeper import Kept

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.secrets.aio import SecretClient


class KeyVaultKeeper:
    """`url` is the platform's vault; `options` go to the SDK, and `credential` makes what signs in (tests have their own)."""

    def __init__(
        self,
        url: str,
        credential: Callable[[], AsyncTokenCredential] = make_credential,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._url, self._make, self._options = url, credential, dict(options or {})
        self._credential: AsyncTokenCredential | None = None
        self._client: SecretClient | None = None

    async def read(self, name: str) -> Kept | None:
        from azure.core.exceptions import ResourceNotFoundError

        async with _translated(name):
            try:
                found = await (await self._open()).get_secret(vault_name(name))
            except ResourceNotFoundError:
                return None
        return Kept(str(found.value), str(found.properties.version))

    async def write(self, name: str, value: str, over: Kept | None) -> Kept:
        if await self.read(name) != over:
            raise ChangedMeanwhileError(name)
        async with _translated(name):
            made = await (await self._open()).set_secret(vault_name(name), value)
        return Kept(value, str(made.properties.version))

    async def close(self) -> None:
        """Ends the connections."""
        if self._client is not None:
            await self._client.close()
        if self._credential is not None:
            await self._credential.close()

    async def _open(self) -> SecretClient:
        if self._client is None:
            from azure.keyvault.secrets.aio import SecretClient

            self._credential = await asyncio.to_thread(self._make)
            self._client = SecretClient(self._url, self._credential, **self._options)
        return self._client


@asynccontextmanager
async def _translated(name: str) -> AsyncIterator[None]:
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, ResourceNotFoundError

    try:
        yield
    except ResourceNotFoundError:
        raise
    except ClientAuthenticationError as error:
        raise RotationError(f"Azure does not know you ({' '.join(str(error).split())[:200]}); run: az login") from None
    except HttpResponseError as error:
        if error.status_code == 403:
            raise RotationError(
                f"Key Vault does not let you at {name}; it takes the role 'Key Vault Secrets Officer', from an address it knows"
            ) from None
        raise NotAnsweringError(f"Key Vault: {error.status_code} {type(error).__name__}; run this again later") from None
    except AzureError as error:
        raise NotAnsweringError(f"Key Vault does not answer ({type(error).__name__}); run this again later") from None
