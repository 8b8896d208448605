"""The file of secrets: changed as a whole, by several processes, and readable by nobody else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from dot_copilot.adapters.secrets.file import FileSecretStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "secrets.json"
    made.touch(0o600)
    made.write_text(json.dumps({"valkey_password": "v"}))
    return made


@pytest.mark.asyncio
async def test_a_secret_is_stored_replaced_and_gone(path: Path) -> None:
    store, other = FileSecretStore(path), FileSecretStore(path)
    with pytest.raises(KeyError, match="people/1"):
        await store.get("people/1")
    for value in ("one", "two"):
        await store.put("people/1", value)
        assert await other.get("people/1") == value, "another process sees it"
    for _ in range(2):
        await other.delete("people/1")
    with pytest.raises(KeyError):
        await store.get("people/1")
    assert await store.get("valkey_password") == "v"
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.asyncio
async def test_of_changes_at_once_none_is_lost(path: Path) -> None:
    stores = [FileSecretStore(path) for _ in range(4)]
    await asyncio.gather(*(stores[n % 4].put(f"people/{n}", str(n)) for n in range(40)))
    assert [await stores[0].get(f"people/{n}") for n in range(40)] == [str(n) for n in range(40)]


@pytest.mark.asyncio
async def test_what_a_dead_process_left_half_written_is_no_hindrance(path: Path) -> None:
    path.with_name(path.name + ".new").write_text('{"valk')
    store = FileSecretStore(path)
    await store.put("people/1", "one")
    assert json.loads(path.read_text()) == {"valkey_password": "v", "people/1": "one"}


def test_a_file_that_others_can_read_is_refused(path: Path) -> None:
    path.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        FileSecretStore(path)
