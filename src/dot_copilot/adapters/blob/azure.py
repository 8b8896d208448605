"""Azure Blob Storage (and Azurite, its emulator): a private container, names of our own making."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient, LinearRetry


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """The library's errors as those of the port: FileNotFoundError, or ConnectionError when the store fails."""
    try:
        yield
    except ResourceNotFoundError:
        raise FileNotFoundError(name) from None
    except AzureError as error:
        raise ConnectionError(f"blob storage: {type(error).__name__}") from error


class AzureBlobStore:
    """One container. `credential` is an account key or an Azure credential."""

    def __init__(self, endpoint: str, account: str, container: str, credential: str) -> None:
        self._container = ContainerClient(
            endpoint,
            container,
            credential={"account_name": account, "account_key": credential},
            max_single_put_size=4 << 20,
            max_block_size=4 << 20,
            # The library's own policy waits 15 s before its first retry, while a person waits for the answer.
            retry_policy=LinearRetry(backoff=1, retry_total=2, random_jitter_range=1),
            connection_timeout=5,
        )
        self._made = False

    async def put(self, name: str, chunks: AsyncIterator[bytes], *, media_type: str) -> int:
        size = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in chunks:
                size += len(chunk)
                yield chunk

        settings = ContentSettings(content_type=media_type, content_disposition="attachment")
        with _translated(name):
            await self._make()
            await self._container.upload_blob(name, counted(), overwrite=True, content_settings=settings)
        return size

    async def stream(self, name: str) -> AsyncIterator[bytes]:
        with _translated(name):
            download = await self._container.download_blob(name)
            async for chunk in download.chunks():
                yield chunk

    async def list(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        with _translated(prefix):
            await self._make()
            async for blob in self._container.list_blobs(name_starts_with=prefix):
                yield blob.name, blob.last_modified

    async def delete(self, name: str) -> None:
        try:
            with _translated(name):
                await self._container.delete_blob(name)
        except FileNotFoundError:
            return

    async def ready(self) -> None:
        with _translated("container"):
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
