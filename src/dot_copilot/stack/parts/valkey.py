"""Valkey: an append-only file, a password, loopback only."""

from __future__ import annotations

from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.vault import Vault

_CONFIGURATION = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir "{directory}"
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory {memory_mb}mb
maxmemory-policy noeviction
"""


class ValkeyHooks:
    """Renders the configuration; the password is in it, so it is private."""

    def __init__(self, home: Home, vault: Vault, port: int, memory_mb: int) -> None:
        self._home = home
        self._vault = vault
        self._port = port
        self._memory_mb = memory_mb

    async def prepare(self) -> None:
        """Write `run/valkey.conf`."""
        write_private(
            self._home.run / "valkey.conf",
            _CONFIGURATION.format(
                port=self._port,
                password=self._vault.secret("valkey_password"),
                directory=self._home.valkey,
                memory_mb=self._memory_mb,
            ),
        )

    async def settle(self) -> None:
        """Nothing to do."""
