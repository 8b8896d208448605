"""The servers of a home that is being restored: started one by one, for as long as it takes to fill them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dot_copilot.backup import blobs, vaulted
from dot_copilot.backup.errors import BackupError
from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.openbao import OpenBaoHooks
from dot_copilot.stack.topology import BLOB_ACCOUNT
from dot_copilot.stack.vault import Vault

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(
    command: list[str], log: Path, environment: Mapping[str, str] | None = None, user: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, ended in order afterwards."""
    own = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **(environment or {})}
    who: dict[str, object] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    with log.open("ab") as out:
        process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=own, cwd=log.parent.parent / "run", **who
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def fill_secrets(home: Home, contents: vaulted.Contents) -> Vault:
    """Makes a secret store that holds `contents`, with credentials of its own; returns what it holds, read back."""
    port, cluster = free_port(), free_port()
    vault = Vault(home, port)
    await OpenBaoHooks(home, vault, port, cluster).prepare()
    command = [str(binaries.openbao()), "server", f"-config={home.run / 'openbao.hcl'}"]
    with server(command, home.log("openbao")):
        try:
            async with asyncio.timeout(60):
                # What it makes by itself counts for this moment only: nothing has been made with it yet.
                await vault.open()
                await vaulted.write(home, port, contents)
                await vault.open()
        except TimeoutError:
            raise BackupError(f"OpenBao does not start; see {home.log('openbao')}") from None
    return vault


@contextlib.contextmanager
def blob_store(home: Home, key: str) -> Iterator[BlobServiceClient]:
    """An empty Azurite with the account of the home."""
    from azure.core.exceptions import AzureError

    port = free_port()
    where = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(home.azurite)]
    command = [str(binaries.node()), "--require", str(binaries.azurite_preload()), str(binaries.azurite())]
    environment = {"AZURITE_ACCOUNTS": f"{BLOB_ACCOUNT}:{key}"}
    with (
        server([*command, *where, "--disableTelemetry", "--silent"], home.log("azurite"), environment) as process,
        blobs.service(port, BLOB_ACCOUNT, key) as store,
    ):
        while True:
            try:
                store.get_account_information()
                break
            except AzureError:
                if process.poll() is not None:
                    raise BackupError(f"Azurite ended at once; see {home.log('azurite')}") from None
        yield store
