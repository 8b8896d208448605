"""Files: one sealed copy of each state of each, made once, of every container of the account.

A copy tells the file's name, media type and metadata, and since when it was there; a mark beside it tells since when it has been
gone. So any moment of the retention can be put back. The database goes first: whatever a row names at that moment is still there
when the files are looked at, for only the sweep deletes, a day later.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place, durably, stamp
from dot_copilot.backup.sealing import Keys, Reader, seal, unseal

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient

SYNCED = "synced.json"
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Head:
    """What a copy says of its file. `since` is when the store got it; `size` in bytes."""

    container: str
    name: str
    size: int
    since: str
    settings: dict[str, Any]
    metadata: dict[str, str]


@contextmanager
def told(what: str) -> Iterator[None]:
    """What the blob store or its client says, as a sentence."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise BackupError(f"the blob store did not {what} ({type(error).__name__}: {str(error).splitlines()[0]})") from None


def service(port: int, account: str, key: str) -> BlobServiceClient:
    """The account's blob service on this machine."""
    from azure.storage.blob import BlobServiceClient, LinearRetry

    block = 4 << 20
    return BlobServiceClient(
        f"http://127.0.0.1:{port}/{account}",
        credential={"account_name": account, "account_key": key},
        retry_policy=LinearRetry(backoff=1, retry_total=2, random_jitter_range=1),
        max_single_put_size=block,
        max_block_size=block,
        max_single_get_size=block,  # else eight at once take 32 MB each before the first byte is written
    )


def _path(place: Place, container: str, name: str, etag: str) -> Path:
    digest = hashlib.sha256("\0".join((container, name, etag)).encode()).hexdigest()
    return place.blobs / digest[:2] / f"{digest}.sealed"


def copy(store: BlobServiceClient, place: Place, keys: Keys) -> int:
    """Copies what is new and notes what has gone; returns how many files the store has."""
    from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError

    began = datetime.now(UTC)

    def one(container: str, blob: Any, path: Path) -> None:
        try:
            if not path.exists():
                _keep(store, container, blob, path, keys)
        except (ResourceNotFoundError, ResourceModifiedError):
            return  # swept or written anew since it was listed: no row names this one, and the next round gets the other

    with told("give its files"), ThreadPoolExecutor(_AT_ONCE) as pool:
        found = {
            _path(place, container.name, blob.name, str(blob.etag)): (container.name, blob)
            for container in store.list_containers()
            for blob in store.get_container_client(container.name).list_blobs(include=["metadata"])
        }
        for future in [pool.submit(one, *blob, path) for path, blob in found.items()]:
            future.result()
    _mark_gone(place, set(found), stamp(began))
    durably(place.blobs / SYNCED, lambda out: out.write(json.dumps({"began": stamp(began)}).encode()))
    return len(found)


def _keep(store: BlobServiceClient, container: str, blob: Any, path: Path, keys: Keys) -> None:
    from azure.core import MatchConditions

    settings = {name: value for name, value in blob.content_settings.items() if isinstance(value, str)}
    head = {"container": container, "name": blob.name, "size": blob.size, "since": stamp(blob.last_modified)}
    text = json.dumps({**head, "settings": settings, "metadata": dict(blob.metadata or {})}).encode() + b"\n"
    client = store.get_blob_client(container, blob.name)
    download = client.download_blob(etag=blob.etag, match_condition=MatchConditions.IfNotModified)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    durably(path, lambda out: seal(chain([text], download.chunks()), out, keys, path.stem))


def _mark_gone(place: Place, present: set[Path], now: str) -> None:
    for path in each(place):
        mark = path.with_suffix(".gone")
        if path in present:
            mark.unlink(missing_ok=True)
        elif not mark.exists():
            durably(mark, lambda out: out.write(now.encode()))


def synced(place: Place) -> str:
    """The instant up to which files were copied; empty if they never were."""
    try:
        return str(json.loads((place.blobs / SYNCED).read_text())["began"])
    except (OSError, ValueError, KeyError):
        return ""


def prune(place: Place, days: float) -> int:
    """Deletes copies of what has been gone for `days`; returns how many."""
    old = [mark for mark in place.blobs.glob("??/*.gone") if time.time() - mark.stat().st_mtime > days * 86400]
    for mark in old:
        mark.with_suffix(".sealed").unlink(missing_ok=True)
        mark.unlink()
    return len(old)


def each(place: Place) -> Iterator[Path]:
    """All copies."""
    yield from sorted(place.blobs.glob("??/*.sealed"))


def _was_there(path: Path, head: Head, at: datetime | None) -> bool:
    """Whether the store had it at `at`, or has it now."""
    mark = path.with_suffix(".gone")
    if at is None:
        return not mark.exists()
    # The store tells whole seconds, rounded down: what came later within this second is taken along, and is named by no row.
    if datetime.fromisoformat(head.since) > at:
        return False
    return not mark.exists() or datetime.fromisoformat(mark.read_text()) > at


def put_back(store: BlobServiceClient, place: Place, keys: Keys, at: datetime | None) -> int:
    """Stores in an empty store what there was at `at`, or is now; returns how many. BackupError for a copy that isn't genuine."""
    from azure.core.exceptions import ResourceExistsError
    from azure.storage.blob import ContentSettings

    made: set[str] = set()

    def one(path: Path) -> int:
        with path.open("rb") as stream:
            reader = Reader(unseal(stream, keys, path.stem))
            head = Head(**json.loads(reader.line()))
            if not _was_there(path, head, at):
                return 0
            if head.container not in made:
                with suppress(ResourceExistsError):
                    store.create_container(head.container)
                made.add(head.container)
            store.get_blob_client(head.container, head.name).upload_blob(
                reader,  # type: ignore[arg-type]  # it has all that is asked of it: read
                length=head.size,
                content_settings=ContentSettings(**head.settings),
                metadata=head.metadata or None,
                overwrite=True,
            )
        return 1

    with told("take a file"), ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(one, each(place)))
