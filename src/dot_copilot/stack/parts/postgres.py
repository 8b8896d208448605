"""PostgreSQL: initdb, a configuration for a laptop, roles and the database."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dot_copilot.stack import binaries, pids, process
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts import archiving
from dot_copilot.stack.servant import NOBODY, hire
from dot_copilot.stack.vault import Vault

if TYPE_CHECKING:
    import asyncpg

DATABASE = "dot_copilot"
READY_MARKER = "dot-copilot-ready"
"""A file in the data directory that names the roles that are there, with the database."""
ROLES: Mapping[str, str] = {
    "dot_owner": "database_owner_password",
    "dot_app": "database_app_password",
    "dot_worker": "database_worker_password",
    "dot_gateway": "database_gateway_password",
    "dot_monitor": "database_monitor_password",
}
"""Login roles and the secrets that are their passwords; none is a superuser, none bypasses row-level security."""


def is_set_up(home: Home) -> bool:
    """Whether the cluster has the database and every role; an older release may have left it with fewer."""
    try:
        return (home.postgres / READY_MARKER).read_text().split() == list(ROLES)
    except OSError:
        return False


_HBA = "host all all 127.0.0.1/32 scram-sha-256\nhost replication postgres 127.0.0.1/32 scram-sha-256\n"
_CONFIGURATION = """\
data_directory = '{data}'
hba_file = '{hba}'
ident_file = '{ident}'
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 120
password_encryption = 'scram-sha-256'
shared_buffers = {buffers_mb}MB
effective_cache_size = {cache_mb}MB
work_mem = 16MB
maintenance_work_mem = 128MB
dynamic_shared_memory_type = {shared_memory}
jit = off
synchronous_commit = on
fsync = on
wal_compression = on
min_wal_size = 128MB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
random_page_cost = 1.1
idle_in_transaction_session_timeout = '5min'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_lock_waits = on
log_checkpoints = off
# Parameters, and the rows that an error's DETAIL quotes, are personal data: they never go to the log.
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


def buffers_mb(total_mb: int) -> int:
    """Shared buffers for a machine with `total_mb` of memory: an eighth of it, between 256 MB and 1 GB.

    A machine of less than 2 GB gets PostgreSQL's own default of 128 MB.
    """
    return 128 if total_mb < 2048 else max(256, min(1024, total_mb // 8))


def verifier(password: str) -> str:
    """PostgreSQL's SCRAM-SHA-256 verifier (RFC 5803), so that no statement ever carries a password."""
    salt, rounds = secrets.token_bytes(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt64, stored64, server64 = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${rounds}:{salt64}${stored64}:{server64}"


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def _shared_memory() -> str:
    """`posix` where /dev/shm has room for parallel queries, which in a container it often has not."""
    with contextlib.suppress(OSError):
        if shutil.disk_usage("/dev/shm").free > 512 << 20:  # noqa: S108
            return "posix"
    return "mmap"


class PostgresHooks:
    """Creates the cluster on the first start and keeps roles and database as declared."""

    def __init__(self, home: Home, vault: Vault, port: int, environment: Mapping[str, str]) -> None:
        self._home = home
        self._vault = vault
        self._port = port
        self._environment = environment

    @property
    def configuration(self) -> Path:
        """The rendered postgresql.conf."""
        return self._home.run / "postgresql.conf"

    async def prepare(self) -> None:
        """Run initdb where there is no cluster yet, render the configuration, clear a dead postmaster's pid file."""
        if not self._home.postgres.exists():
            await self._initdb()
        hba = self._home.run / "pg_hba.conf"
        ident = self._home.run / "pg_ident.conf"
        total = _memory_mb()
        configuration = _CONFIGURATION.format(
            data=self._home.postgres,
            hba=hba,
            ident=ident,
            port=self._port,
            buffers_mb=buffers_mb(total),
            cache_mb=max(512, total // 2),
            shared_memory=_shared_memory(),
        )
        # Readable by the user PostgreSQL runs as; there is nothing secret in them.
        write_private(hba, _HBA, 0o644)
        write_private(ident, "", 0o644)
        write_private(self.configuration, configuration + archiving.configuration(self._home), 0o644)
        self._clear_stale_pid()

    def _clear_stale_pid(self) -> None:
        """PostgreSQL takes the number in the file for a postmaster even when it is a zombie's or a stranger's."""
        path = self._home.postgres / "postmaster.pid"
        try:
            pid = int(path.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        name = ""
        with contextlib.suppress(OSError):
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        if pids.start_ticks(pid) is None or name != "postgres":
            path.unlink(missing_ok=True)

    async def _initdb(self) -> None:
        """Create the cluster beside its place and move it there when it is complete."""
        partial = self._home.postgres.with_name("postgres.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password = self._home.run / "initdb-password"
        servant = hire(self._home.root)
        try:
            write_private(password, self._vault.secret("database_superuser_password"))
            if os.geteuid() == 0:
                os.chown(partial, NOBODY, NOBODY)
                os.chown(password, NOBODY, NOBODY)
            log = self._home.log("postgres")
            # fmt: off
            code = await process.run(
                (
                    *servant.prefix, str(binaries.postgres("initdb")), "--pgdata", str(partial), "--username", "postgres",
                    "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8",
                    "--locale", _locale(), "--data-checksums",
                ),
                environment=self._environment, directory=self._home.run, output=log, user=servant.uid,
            )
            # fmt: on
            if code != 0:
                raise StackError(f"initdb failed with code {code}; see {log}")
            partial.rename(self._home.postgres)
        finally:
            password.unlink(missing_ok=True)

    async def settle(self) -> None:
        """Create roles and database on the first start, and roles that came later; a marker says what is done."""
        if is_set_up(self._home):
            return
        connection = await self._connect("postgres")
        try:
            for role, secret in ROLES.items():
                await _role(connection, role, verifier(self._vault.secret(secret)))
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER dot_owner")
            await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE}, postgres FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO dot_app, dot_worker, dot_gateway, dot_monitor")
            # Reads the server's statistics and settings, and not one row of a table.
            await connection.execute("GRANT pg_monitor TO dot_monitor")
        finally:
            await connection.close()
        # PostgreSQL's own user reads it too: it is copied with the rest into backups.
        write_private(self._home.postgres / READY_MARKER, " ".join(ROLES) + "\n", 0o644)

    async def _connect(self, database: str) -> asyncpg.Connection[asyncpg.Record]:
        import asyncpg

        while True:
            try:
                return await asyncpg.connect(
                    host="127.0.0.1",
                    port=self._port,
                    user="postgres",
                    database=database,
                    password=self._vault.secret("database_superuser_password"),
                    ssl=False,
                )
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.02)


async def _role(connection: asyncpg.Connection[asyncpg.Record], role: str, password: str) -> None:
    exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if exists else "CREATE"
    await connection.execute(
        f"{verb} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '{password}'"
    )


def _locale() -> str:
    """UTF-8 character classes and code point order where the C library has them, on Debian and Ubuntu always."""
    import locale

    saved = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, saved)
    return "C.UTF-8"
