"""Documents in blob storage without the account's key: Azurite asks for tokens over TLS, as Azure does, and so proves links."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from azure.core.credentials import AccessToken

from dot_copilot.adapters.blob.azure import AzureBlobStore
from dot_copilot.stack import binaries
from tests.support.azure import Certificate, make_certificate, token
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
ACCOUNT, CONTAINER = "dotcopilot", "uploads"


@dataclass
class Emulator:
    endpoint: str
    key: str
    certificate: Certificate


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    directory = tmp_path_factory.mktemp("azurite")
    certificate, port, key = make_certificate(directory), free_port(), base64.b64encode(secrets.token_bytes(32)).decode()
    command = [str(binaries.node()), str(binaries.azurite()), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    command += [
        "--cert",
        str(certificate.pem),
        "--key",
        str(certificate.key),
        "--oauth",
        "basic",
        "--silent",
        "--disableTelemetry",
    ]
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{key}"}
    process = subprocess.Popen([*command, "--location", str(directory / "blobs")], env=environment, stdout=subprocess.DEVNULL)
    endpoint = f"https://127.0.0.1:{port}/{ACCOUNT}"
    context = ssl.create_default_context(cafile=certificate.pem)
    for _ in range(200):
        try:
            httpx.get(endpoint, verify=context)
            break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield Emulator(endpoint, key, certificate)
    process.terminate()
    process.wait(10)


class Identity:
    """A managed identity whose tokens Azurite takes."""

    def __init__(self, audience: str = "https://storage.azure.com") -> None:
        self.audience, self.asked, self.closed = audience, 0, False

    async def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.asked += 1
        until = time.time() + 3600
        return AccessToken(token(self.audience, until, oid="me", tid="tenant"), int(until))

    async def close(self) -> None:
        self.closed = True


def store_of(emulator: Emulator, identity: Identity) -> AzureBlobStore:
    options = {"connection_verify": str(emulator.certificate.pem)}
    return AzureBlobStore(emulator.endpoint, ACCOUNT, CONTAINER, lambda: identity, options)  # type: ignore[arg-type,return-value]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(emulator: Emulator) -> AsyncIterator[AzureBlobStore]:
    """A store that signs in. The container is there already: on Azure the platform's program makes it."""
    owner = AzureBlobStore(
        emulator.endpoint, ACCOUNT, CONTAINER, emulator.key, {"connection_verify": str(emulator.certificate.pem)}
    )
    await owner.put("made-with-the-key.txt", chunks(b"x"), media_type="text/plain")
    await owner.close()
    identity = Identity()
    made = store_of(emulator, identity)
    yield made
    await made.close()
    assert identity.closed


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def read(store: AzureBlobStore, name: str) -> bytes:
    return b"".join([chunk async for chunk in store.stream(name)])


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # aiohttp's advice to the SDK
async def test_it_keeps_lists_and_deletes_as_an_identity(store: AzureBlobStore) -> None:
    large = secrets.token_bytes(5 << 20)
    assert await store.put("a/small.txt", chunks(b"one ", b"two"), media_type="text/plain") == 7
    assert await store.put("a/large.bin", chunks(large[: 3 << 20], large[3 << 20 :]), media_type="image/png") == len(large)
    assert await read(store, "a/small.txt") == b"one two"
    assert await read(store, "a/large.bin") == large
    assert sorted([name async for name, _ in store.list("a/")]) == ["a/large.bin", "a/small.txt"]
    await store.delete("a/small.txt")
    await store.delete("a/small.txt")
    with pytest.raises(FileNotFoundError):
        await read(store, "a/small.txt")


async def test_a_link_reads_one_blob_for_a_while_and_nothing_else(store: AzureBlobStore, emulator: Emulator) -> None:
    await store.put("b/ein löffel.txt", chunks(b"soup"), media_type="text/plain")
    await store.put("b/other.txt", chunks(b"secret"), media_type="text/plain")
    link = await store.link("b/ein löffel.txt", seconds=60)
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=emulator.certificate.pem)) as anybody:
        answer = await anybody.get(link)
        assert (answer.status_code, answer.content) == (200, b"soup")
        assert answer.headers["Content-Disposition"] == "attachment"
        other = link.replace("ein%20l%C3%B6ffel.txt", "other.txt")
        assert other != link
        assert (await anybody.get(other)).status_code == 403
        assert (await anybody.put(link, content=b"salt", headers={"x-ms-blob-type": "BlockBlob"})).status_code == 403
        assert (await anybody.get(link.partition("?")[0])).status_code in (403, 404), "without the link it is private"


async def test_a_link_ends(store: AzureBlobStore, emulator: Emulator) -> None:
    await store.put("b/short.txt", chunks(b"gone soon"), media_type="text/plain")
    link = await store.link("b/short.txt", seconds=1)
    await asyncio.sleep(2.1)
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=emulator.certificate.pem)) as anybody:
        assert (await anybody.get(link)).status_code == 403


async def test_one_key_signs_an_hours_links(emulator: Emulator) -> None:
    store = store_of(emulator, Identity())
    await store.link("c.txt", seconds=60)
    first = store._delegation
    await store.link("d.txt", seconds=60)
    assert store._delegation is first
    await store.link("e.txt", seconds=7200)
    assert store._delegation is not first, "the key would end before the link"
    await store.close()


async def test_a_store_opened_with_the_key_makes_no_links(emulator: Emulator) -> None:
    store = AzureBlobStore(emulator.endpoint, ACCOUNT, CONTAINER, emulator.key)
    with pytest.raises(PermissionError, match="signed by an identity"):
        await store.link("a", seconds=60)
    await store.close()


async def test_a_token_for_something_else_is_refused(emulator: Emulator) -> None:
    store = store_of(emulator, Identity("https://vault.azure.net"))
    with pytest.raises(ConnectionError, match="blob storage"):
        await store.put("x", chunks(b"x"), media_type="text/plain")
    await store.close()
