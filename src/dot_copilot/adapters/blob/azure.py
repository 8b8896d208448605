"""Azure Blob Storage (and Azurite, its emulator): a private container, names of our own making."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient


class AzureBlobStore:
    """One container. `credential` is an account key or an Azure credential."""

    def __init__(self, endpoint: str, account: str, container: str, credential: str) -> None:
        self._container = ContainerClient(
            endpoint,
            container,
            credential={"account_name": account, "account_key": credential},
            max_single_put_size=4 << 20,
            max_block_size=4 << 20,
            retry_total=3,
        )
        self._made = False

    async def put(self, name: str, chunks: AsyncIterator[bytes], *, media_type: str) -> int:
        await self._make()
        size = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                size += len(chunk)
                yield chunk

        settings = ContentSettings(content_type=media_type, content_disposition="attachment")
        await self._container.upload_blob(name, counted(), overwrite=True, content_settings=settings)
        return size

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        try:
            download = await self._container.download_blob(name)
        except ResourceNotFoundError:
            raise FileNotFoundError(name) from None
        async for chunk in download.chunks():
            yield chunk

    async def delete(self, name: str) -> None:
        try:
            await self._container.delete_blob(name)
        except ResourceNotFoundError:
            return

    async def ready(self) -> None:
        await self._make()
        await self._container.get_container_properties(timeout=2)

    async def close(self) -> None:
        await self._container.close()

    async def _make(self) -> None:
        if self._made:
            return
        with suppress(ResourceExistsError):
            await self._container.create_container()
        self._made = True
