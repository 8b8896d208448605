"""Proofs: that a place of backups is whole, and that two stacks hold the same."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from dot_copilot.backup import blobs, recovery, vaulted
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place
from dot_copilot.backup.running import Running
from dot_copilot.backup.sealing import Keys, unseal
from dot_copilot.stack.home import Home


def check(place: Place, keys: Keys) -> str:
    """Opens everything; returns what was found good, BackupError for the first thing that is not."""
    whole = place.manifests()
    for one in whole:
        place.genuine(one, keys)
    segments, size = sorted(place.wal.glob("*.sealed")), 0
    kinds = ((segments, keys.of_log()), (list(blobs.each(place)), keys))
    for paths, opening in kinds:
        for path in paths:
            with path.open("rb") as stream:
                size += sum(map(len, unseal(stream, opening, path.name.removesuffix(".sealed"))))
    for name in vaulted.names(place):
        vaulted.opened(place, name, keys)
    if whole and whole[0].archived and (hole := recovery.missing(place, whole[0].first_wal)):
        raise BackupError(f"segment {hole[0]} of the log of changes is missing; make a new backup now")
    count = len(list(blobs.each(place)))
    return (
        f"{len(whole)} backups, {len(segments)} segments of the log of changes and {count} files are whole ({size / 1e6:.1f} MB)"
    )


async def rows(running: Running) -> dict[str, tuple[int, str]]:
    """Count and checksum of each table, of one moment and independent of the order of rows."""
    connection = await running.connect()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            tables = await connection.fetch(
                "select format('%I.%I', n.nspname, c.relname) name from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                "where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1"
            )
            return {str(table): await _sum(connection, table) for (table,) in tables}
    finally:
        await connection.close()


async def _sum(connection: Any, table: str) -> tuple[int, str]:
    statement = f"select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {table} t"  # noqa: S608
    count, total = await connection.fetchrow(statement, timeout=600)
    return int(count), str(total)


def files(running: Running) -> dict[str, str]:
    """SHA-256 of each file, with its media type and metadata, by container and name."""
    found = {}
    with running.blobs() as store, blobs.told("give its files"):
        for container in store.list_containers():
            client = store.get_container_client(container.name)
            for blob in client.list_blobs(include=["metadata"]):
                digest = hashlib.sha256()
                for chunk in client.download_blob(blob.name).chunks():
                    digest.update(chunk)
                kept = (blob.content_settings.content_type, blob.content_settings.content_disposition, dict(blob.metadata or {}))
                found[f"{container.name}/{blob.name}"] = f"{digest.hexdigest()} {kept}"
    return found


async def secrets(running: Running) -> dict[str, str]:
    """SHA-256 of each secret by its name."""
    contents = await vaulted.read(running.home, running.ports["openbao"])
    return {
        name: hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest() for name, data in contents["values"].items()
    }


async def differences(one: Home, other: Home) -> list[str]:
    """What differs between two running stacks, a line each; nothing if they hold the same."""
    first, second = await Running.of(one), await Running.of(other)
    pairs: list[tuple[str, Mapping[str, object], Mapping[str, object]]] = [
        ("table", await rows(first), await rows(second)),
        ("file", await asyncio.to_thread(files, first), await asyncio.to_thread(files, second)),
        ("secret", await secrets(first), await secrets(second)),
    ]
    return [
        f"{what} {name}: {here.get(name)} in the first, {there.get(name)} in the second"
        for what, here, there in pairs
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]
