"""OpenBao: storage, seal and audit are declared in its configuration; its contents are opened by `vault`."""

from __future__ import annotations

import secrets
import shutil

from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.vault import Vault

_CONFIGURATION = """\
ui = false
log_format = "json"
log_level = "warn"
api_addr = "http://127.0.0.1:{port}"
cluster_addr = "http://127.0.0.1:{cluster_port}"

listener "tcp" {{
  address = "127.0.0.1:{port}"
  cluster_address = "127.0.0.1:{cluster_port}"
  tls_disable = true
  # Counts and durations, and nothing that is stored; like everything here they are for this machine only.
  telemetry {{
    unauthenticated_metrics_access = true
  }}
}}

telemetry {{
  prometheus_retention_time = "1m"
  disable_hostname = true
  usage_gauge_period = "none"
}}

storage "raft" {{
  path = "{storage}"
  node_id = "local"
  performance_multiplier = 1
}}

seal "static" {{
  current_key_id = "local-1"
  current_key = "file://{key}"
}}

audit "file" "file" {{
  options {{
    file_path = "{audit}"
  }}
}}
"""


class OpenBaoHooks:
    """Seal key and configuration before the start, contents while it starts."""

    def __init__(self, home: Home, vault: Vault, port: int, cluster_port: int) -> None:
        self._home = home
        self._vault = vault
        self._port = port
        self._cluster_port = cluster_port

    async def prepare(self) -> None:
        """Render the configuration; discard a store that a crash left before anybody got the means to open it."""
        storage = self._home.openbao
        if any(storage.iterdir()) and not self._vault.has_credentials and not self._home.postgres.exists():
            shutil.rmtree(storage)
            storage.mkdir(mode=0o700)
        key = self._home.secrets / "openbao-seal.key"
        if not key.exists():
            write_private(key, secrets.token_bytes(32))
        write_private(
            self._home.run / "openbao.hcl",
            _CONFIGURATION.format(
                port=self._port,
                cluster_port=self._cluster_port,
                storage=storage,
                key=key,
                audit=self._home.logs / "openbao-audit.log",
            ),
        )

    async def settle(self) -> None:
        """Open the store and read the secrets the other parts are started with."""
        await self._vault.open()
