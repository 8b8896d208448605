"""Azure Blob Storage (and Azurite, its emulator): a private container, names of our own making."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from dot_copilot.core.telemetry.clients import http_call

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.storage.blob import UserDelegationKey
    from azure.storage.blob.aio import ContainerClient

_BLOCK = 4 << 20
_KEY_LIFE = timedelta(hours=1)
_SKEW = timedelta(minutes=5)
"""Clocks differ; a link that begins now may not have begun where it is read."""


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """The SDK's errors as those of the port: FileNotFoundError, or ConnectionError when the store fails. After `_open` only."""
    from azure.core.exceptions import AzureError, ResourceNotFoundError

    try:
        yield
    except ResourceNotFoundError:
        raise FileNotFoundError(name) from None
    except AzureError as error:
        raise ConnectionError(f"blob storage: {type(error).__name__}") from error


@contextmanager
def _asking(method: str) -> Iterator[None]:
    """A call of the SDK, as telemetry sees it: one request, whatever it takes."""
    from azure.core.exceptions import HttpResponseError

    with http_call("blob", method) as call:
        try:
            yield
        except HttpResponseError as error:
            call.status = error.status_code or 0
            raise
        call.status = 200


class AzureBlobStore:
    """One container. `credential` is the account's key, or makes what signs in (`adapters.azure_credential`).

    Who signs in works in a container that is there, as the role holds for the container only.

    The SDK takes two thirds of a second of CPU to import, so it is loaded at the first transfer, in a thread, and not at start.
    """

    def __init__(
        self,
        endpoint: str,
        account: str,
        container: str,
        credential: str | Callable[[], AsyncTokenCredential],
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._endpoint, self._account, self._name = endpoint, account, container
        self._credential = credential
        self._options = dict(options or {})
        self._signed_in: AsyncTokenCredential | None = None
        self._delegation: tuple[datetime, UserDelegationKey] | None = None
        self._container: ContainerClient | None = None
        self._opening = asyncio.Lock()
        self._probe = httpx.AsyncClient(timeout=2, verify=endpoint.startswith("https"), trust_env=False)

    async def put(self, name: str, chunks: AsyncIterator[bytes], *, media_type: str) -> int:
        container = await self._open()
        size = 0
        start = bytearray()
        async for chunk in chunks:
            start += chunk
            if len(start) > _BLOCK:
                break

        async def rest() -> AsyncIterator[bytes]:
            nonlocal size
            size = len(start)
            yield bytes(start)
            async for chunk in chunks:
                size += len(chunk)
                yield chunk

        from azure.storage.blob import ContentSettings

        settings = ContentSettings(content_type=media_type, content_disposition="attachment")
        # Most files fit into one block, and then into one request; an iterator of unknown length takes two at least.
        small = len(start) <= _BLOCK
        with _translated(name), _asking("PUT"):
            data = bytes(start) if small else rest()
            await container.upload_blob(name, data, overwrite=True, content_settings=settings)
        return len(start) if small else size

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        container = await self._open()
        with _translated(name):
            with _asking("GET"):
                download = await container.download_blob(name)
            async for chunk in download.chunks():
                yield chunk

    async def stage(self, name: str, block: str, data: bytes) -> None:
        container = await self._open()
        with _translated(name), _asking("PUT"):
            await container.get_blob_client(name).stage_block(block, BytesIO(data), length=len(data))

    async def commit(self, name: str, blocks: Sequence[str], *, media_type: str) -> None:
        container = await self._open()
        from azure.storage.blob import BlobBlock, ContentSettings

        settings = ContentSettings(content_type=media_type, content_disposition="attachment")
        with _translated(name), _asking("PUT"):
            blob = container.get_blob_client(name)
            await blob.commit_block_list([BlobBlock(each) for each in blocks], content_settings=settings)

    async def read(self, name: str, offset: int, length: int) -> bytes:
        container = await self._open()
        with _translated(name), _asking("GET"):
            download = await container.download_blob(name, offset=offset, length=length)
            found: bytes = await download.readall()
        return found

    async def list(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        container = await self._open()
        with _translated(prefix):
            async for blob in container.list_blobs(name_starts_with=prefix):
                yield blob.name, blob.last_modified

    async def delete(self, name: str) -> None:
        container = await self._open()
        with suppress(FileNotFoundError), _translated(name), _asking("DELETE"):
            await container.delete_blob(name)

    async def link(self, name: str, *, seconds: int) -> str:
        """An address that anybody may read `name` at for a while, signed with a key that is ours for an hour.

        Only where this process signs in as somebody: with the account's key there is nobody to whom a link could be traced.
        Raises PermissionError then, and ConnectionError when the store does not answer.
        """
        if isinstance(self._credential, str):
            raise PermissionError("links are signed by an identity, and this store was opened with the account's key")
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas

        key = await self._delegation_key(name, seconds)
        now = datetime.now(UTC)
        query = generate_blob_sas(
            self._account,
            self._name,
            name,
            user_delegation_key=key,
            permission=BlobSasPermissions(read=True),
            start=now - _SKEW,
            expiry=now + timedelta(seconds=seconds),
            protocol="https",
        )
        return f"{self._endpoint}/{self._name}/{quote(name)}?{query}"

    async def _delegation_key(self, name: str, seconds: int) -> UserDelegationKey:
        """One key for an hour's links; a new one when a link would outlive it."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        if self._delegation is None or self._delegation[0] < until:
            await self._open()  # signs in
            from azure.storage.blob.aio import BlobServiceClient

            expiry = until + _KEY_LIFE
            service = BlobServiceClient(self._endpoint, credential=self._signed_in, **self._transport(), **self._options)
            async with service:
                with _translated(name), _asking("POST"):
                    key = await service.get_user_delegation_key(datetime.now(UTC) - _SKEW, expiry)
            self._delegation = (expiry, key)
        return self._delegation[1]

    async def ready(self) -> None:
        """Any answer below 500 is the service's own: it refuses us without a signature, but it is there."""
        answer = await self._probe.get(f"{self._endpoint}/{self._name}", params={"restype": "container"})
        if answer.status_code >= 500:
            answer.raise_for_status()

    async def close(self) -> None:
        await self._probe.aclose()
        if self._container is not None:
            await self._container.close()
        if self._signed_in is not None:
            await self._signed_in.close()

    async def _open(self) -> ContainerClient:
        async with self._opening:
            if self._container is None:
                container = await asyncio.to_thread(self._client)
                from azure.core.exceptions import ResourceExistsError

                if self._signed_in is not None:
                    self._container = container
                    return container
                with _translated(self._name), suppress(ResourceExistsError), _asking("PUT"):
                    await container.create_container()
                self._container = container
        return self._container

    def _client(self) -> ContainerClient:
        from azure.storage.blob.aio import ContainerClient

        credential: Any = {"account_name": self._account, "account_key": self._credential}
        if not isinstance(self._credential, str):
            credential = self._signed_in = self._credential()
        return ContainerClient(
            self._endpoint,
            self._name,
            credential=credential,
            max_single_put_size=_BLOCK,
            max_block_size=_BLOCK,
            max_single_get_size=_BLOCK,  # else the first 32 MB of a file come as one piece of memory
            **self._transport(),
            **self._options,
        )

    def _transport(self) -> dict[str, Any]:
        """The SDK's own policy waits 15 s before its first retry, while a person waits for the answer."""
        from azure.storage.blob.aio import LinearRetry

        return {"retry_policy": LinearRetry(backoff=1, retry_total=2, random_jitter_range=1), "connection_timeout": 5}
