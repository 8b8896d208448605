"""Files of a real blob store come back as of a moment, with what they say about themselves."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient, ContentSettings

from dot_copilot.backup import blobs
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place
from dot_copilot.backup.sealing import Keys
from dot_copilot.backup.servers import blob_store
from dot_copilot.stack.home import Home

KEYS = Keys("00000001", {"00000001": b"k" * 32})
LARGE = b"0123456789abcdef" * (3 << 16)
"""More than a client sends at once."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BlobServiceClient, BlobServiceClient]]:
    """One that is backed up and one that is restored into."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    homes = [Home(tmp_path_factory.mktemp(name)) for name in ("old", "new")]
    for home in homes:
        home.create()
    with blob_store(homes[0], key) as old, blob_store(homes[1], key) as new:
        yield old, new


def empty(store: BlobServiceClient) -> None:
    for container in store.list_containers():
        client = store.get_container_client(container.name)
        for blob in client.list_blobs():
            client.delete_blob(blob.name)


@pytest.fixture
def old(stores: tuple[BlobServiceClient, BlobServiceClient]) -> BlobServiceClient:
    empty(stores[0])
    return stores[0]


@pytest.fixture
def new(stores: tuple[BlobServiceClient, BlobServiceClient]) -> BlobServiceClient:
    empty(stores[1])
    return stores[1]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "backups")
    place.claim("this home")
    return place


def put(store: BlobServiceClient, name: str, content: bytes, container: str = "uploads") -> None:
    client = store.get_container_client(container)
    if not client.exists():
        client.create_container()
    settings = ContentSettings(content_type="application/pdf", content_disposition="attachment")
    client.upload_blob(name, content, overwrite=True, content_settings=settings, metadata={"kept": "yes"})


def contents(store: BlobServiceClient) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for container in store.list_containers():
        client = store.get_container_client(container.name)
        found |= {f"{container.name}/{blob.name}": client.download_blob(blob.name).readall() for blob in client.list_blobs()}
    return found


def test_every_file_of_every_container_comes_back_with_its_type_and_metadata(
    old: BlobServiceClient, new: BlobServiceClient, place: Place
) -> None:
    put(old, "carrier/a card.pdf", b"%PDF-1.7")
    put(old, "large", LARGE)
    put(old, "nothing", b"")
    put(old, "other", b"elsewhere", container="quarantine")
    assert blobs.copy(old, place, KEYS) == 4
    assert blobs.put_back(new, place, KEYS, None) == 4
    assert contents(new) == contents(old)
    found = new.get_blob_client("uploads", "carrier/a card.pdf").get_blob_properties()
    assert (found.content_settings.content_type, found.content_settings.content_disposition) == ("application/pdf", "attachment")
    assert found.metadata == {"kept": "yes"}


def test_a_second_round_copies_only_what_is_new(old: BlobServiceClient, place: Place) -> None:
    put(old, "first", b"1")
    blobs.copy(old, place, KEYS)
    before = {path: path.stat().st_mtime_ns for path in blobs.each(place)}
    put(old, "second", b"2")
    blobs.copy(old, place, KEYS)
    after = {path: path.stat().st_mtime_ns for path in blobs.each(place)}
    assert len(after) == 2
    assert before.items() <= after.items()


def test_what_was_changed_and_deleted_later_comes_back_as_it_was(
    old: BlobServiceClient, new: BlobServiceClient, place: Place
) -> None:
    put(old, "changed", b"as it was")
    put(old, "deleted", b"still there")
    blobs.copy(old, place, KEYS)
    at = datetime.now(UTC)
    time.sleep(3.1)  # the store tells whole seconds
    put(old, "changed", b"as it became")
    put(old, "later", b"not yet there")
    old.get_blob_client("uploads", "deleted").delete_blob()
    blobs.copy(old, place, KEYS)
    blobs.put_back(new, place, KEYS, at)
    assert contents(new) == {"uploads/changed": b"as it was", "uploads/deleted": b"still there"}


def test_copies_of_what_is_gone_stay_for_the_retention(old: BlobServiceClient, place: Place) -> None:
    put(old, "gone", b"soon")
    blobs.copy(old, place, KEYS)
    empty(old)
    blobs.copy(old, place, KEYS)
    assert blobs.prune(place, days=7) == 0
    assert blobs.prune(place, days=0) == 1
    assert list(blobs.each(place)) == []


def test_a_copy_that_is_not_genuine_is_not_put_back(old: BlobServiceClient, new: BlobServiceClient, place: Place) -> None:
    put(old, "card", b"%PDF-1.7")
    blobs.copy(old, place, KEYS)
    (path,) = blobs.each(place)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BackupError, match="not genuine"):
        blobs.put_back(new, place, KEYS, None)


def test_a_store_that_does_not_answer_is_said_to_be_silent(place: Place) -> None:
    with pytest.raises(BackupError, match="the blob store did not give its files"):
        blobs.copy(blobs.service(9, "dotcopilot", base64.b64encode(b"k" * 32).decode()), place, KEYS)
    assert blobs.synced(place) == ""
