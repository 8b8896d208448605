"""What the secret store holds: read as it is, kept whenever it has changed, and written into the new store of a new home.

Names and values, not the store's own snapshot: that one carries the old home with it (where its audit log was, and who may open
it). The new home's store is opened with credentials of its own, and those of the old one open nothing there.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place, durably, stamp
from dot_copilot.backup.sealing import Keys, seal, unseal
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.vault import FOLDER, MOUNT

SEEN = "seen.json"
_FILES = ("demo-accounts.json", "tls/ca.key", "tls/ca.pem")
"""Files of a home that are nowhere else: who signs in to the demonstration, and the authority that browsers and phones trust."""
Contents = dict[str, Any]
"""`{"values": {name: data}, "files": {name in the home: text}}`."""


@asynccontextmanager
async def _opened(home: Home, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """The store, with the supervisor's rights; BackupError when it does not do what is asked."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/v1/", trust_env=False, timeout=30) as client:
        try:
            credentials = json.loads((home.secrets / "supervisor.json").read_text())
            answer = (await client.post("auth/approle/login", json=credentials)).raise_for_status()
            client.headers["X-Vault-Token"] = answer.json()["auth"]["client_token"]
            yield client
            await client.post("auth/token/revoke-self")
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise BackupError(f"OpenBao of {home.root} did not do what it was asked ({error})") from None


async def read(home: Home, port: int) -> Contents:
    """All names and values of the running store, and the home's own files."""
    limit = asyncio.Semaphore(8)
    async with _opened(home, port) as client:

        async def names(folder: str) -> list[str]:
            answer = await client.request("LIST", f"{MOUNT}/metadata/{folder}/")
            if answer.status_code == 404:
                return []
            inside = answer.raise_for_status().json()["data"]["keys"]
            deeper = [await names(f"{folder}/{name[:-1]}") for name in inside if name.endswith("/")]
            return [f"{folder}/{name}" for name in inside if not name.endswith("/")] + [name for part in deeper for name in part]

        async def value(name: str) -> tuple[str, Any]:
            async with limit:
                answer = await client.get(f"{MOUNT}/data/{name}")
            if answer.status_code == 404:  # deleted; its name stays for a while
                return name, None
            return name, answer.raise_for_status().json()["data"]["data"]

        found = await asyncio.gather(*(value(name) for name in await names(FOLDER)))
    files = {name: (home.root / name).read_text() for name in _FILES if (home.root / name).exists()}
    return {"values": {name: data for name, data in sorted(found) if data is not None}, "files": files}


async def write(home: Home, port: int, contents: Contents) -> None:
    """All of it into the store and the directory of a new home."""
    async with _opened(home, port) as client:
        for name, data in contents["values"].items():
            (await client.post(f"{MOUNT}/data/{name}", json={"data": data})).raise_for_status()
    for name, text in contents["files"].items():
        path = home.root / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, text)


def keep(place: Place, contents: Contents, keys: Keys, taken: datetime) -> None:
    """Keeps it if it is not what was kept last. Each copy says until when the one before it was the state of things."""
    known = _seen(place)
    digest = hmac.digest(keys.by_id[keys.newest], json.dumps(contents, sort_keys=True).encode(), "sha256").hex()
    if digest != known.get("digest") or not (place.secrets / known["name"]).exists():
        name = f"{taken.astimezone(UTC):%Y%m%dT%H%M%S.%f}.sealed"
        text = json.dumps({"taken": stamp(taken), "before": known.get("until", ""), **contents}).encode()
        durably(place.secrets / name, lambda out: seal([text], out, keys, name))
        known = {"digest": digest, "name": name}
    durably(place.secrets / SEEN, lambda out: out.write(json.dumps({**known, "until": stamp(taken)}).encode()))


def _seen(place: Place) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((place.secrets / SEEN).read_text())
    except (OSError, ValueError):
        return {}
    return found


def instant(name: str) -> datetime:
    """When a copy was taken, by its file's name."""
    return datetime.strptime(name.removesuffix(".sealed"), "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)


def opened(place: Place, name: str, keys: Keys) -> Contents:
    """One copy; BackupError if it isn't genuine."""
    with (place.secrets / name).open("rb") as stream:
        found: Contents = json.loads(b"".join(unseal(stream, keys, name)))
    return found


def names(place: Place) -> list[str]:
    """The files of all copies, the oldest first."""
    return sorted(path.name for path in place.secrets.glob("*.sealed"))


def as_of(place: Place, keys: Keys, at: datetime | None) -> Contents:
    """What the store held at `at`, or last.

    Between two looks nobody knows which came first, a change or `at`: then the later state counts, and what it no longer has is
    taken from the earlier one, so that whatever a row names is there.
    """
    found = names(place)
    if not found:
        raise BackupError(f"there are no secrets in {place.secrets}; a home can't be made without them: find the directory")
    earlier = [name for name in found if at is None or instant(name) <= at]
    later = [name for name in found if name not in earlier]
    if not later:
        return opened(place, earlier[-1], keys)
    after = opened(place, later[0], keys)
    if not earlier:
        return after
    before = opened(place, earlier[-1], keys)
    if at is not None and after["before"] and at <= datetime.fromisoformat(after["before"]):
        return before
    return {part: {**before[part], **after[part]} for part in ("values", "files")}
