"""The stack that a backup is made of: where its parts are, and the secrets that let one read all they hold."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dot_copilot.backup import blobs
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.sealing import Keys
from dot_copilot.stack import report
from dot_copilot.stack.errors import ProbeError, StackError
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.postgres import DATABASE
from dot_copilot.stack.topology import BLOB_ACCOUNT
from dot_copilot.stack.vault import Vault

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient


@dataclass(frozen=True, slots=True)
class Running:
    """A running stack."""

    home: Home
    ports: dict[str, int]
    vault: Vault
    keys: Keys

    @classmethod
    async def of(cls, home: Home) -> Running:
        """Opens the secret store of the stack in `home`; BackupError when it doesn't run."""
        if not report.current(home).running:
            raise BackupError(f"no stack runs in {home.root}; start it with 'dot-copilot up --detach', then try again")
        ports: dict[str, int] = json.loads(home.ports_file.read_text())
        vault = Vault(home, ports["openbao"])
        try:
            await vault.open()
            return cls(home, ports, vault, Keys.parse(vault.secret("backup_keys")))
        except (OSError, ProbeError, StackError) as error:
            raise BackupError(f"the secret store of {home.root} does not answer ({error})") from None

    def database(self) -> dict[str, str]:
        """The environment in which PostgreSQL's programs reach the server as its superuser."""
        password = self.vault.secret("database_superuser_password")
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(self.ports["postgres"])}
        return {"PATH": os.environ.get("PATH", ""), "PGUSER": "postgres", "PGPASSWORD": password, "PGSSLMODE": "disable", **where}

    async def connect(self) -> Any:
        """A connection as superuser."""
        import asyncpg

        try:
            return await asyncpg.connect(
                host="127.0.0.1",
                port=self.ports["postgres"],
                user="postgres",
                database=DATABASE,
                password=self.vault.secret("database_superuser_password"),
                ssl=False,
                timeout=10,
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise BackupError(f"PostgreSQL of {self.home.root} does not answer ({error})") from None

    def blobs(self) -> BlobServiceClient:
        """All containers of files."""
        return blobs.service(self.ports["azurite"], BLOB_ACCOUNT, self.vault.secret("blob_account_key"))


def read_keys(file: Path) -> Keys:
    """The recovery key from a file, as `backup recovery-key` writes it."""
    try:
        text = file.read_text().strip()
        return Keys.parse(text if text.startswith("[") else base64.b64decode(text).decode())
    except (OSError, ValueError) as error:
        raise BackupError(f"{file} can't be read as a recovery key ({error})") from None
