"""Alembic's environment: one connection as dot_owner, with timeouts that spare the running release.

The timeouts belong to the session, so they hold within every migration; each migration is a transaction of its own. The
lock keeps a second deploy out: it waits for a bounded time, and then says who is at it.
"""

from __future__ import annotations

import os
import socket
import ssl

from alembic import context
from sqlalchemy import URL, create_engine, pool

from dot_copilot.migrate import exclusively

settings = context.config.attributes["settings"]
url = URL.create(
    "postgresql+psycopg",
    username="dot_owner",
    password=context.config.attributes["password"],
    host=settings.database_host,
    port=settings.database_port,
    database=settings.database_name,
)
trusted = ssl.get_default_verify_paths()
verified = {"sslmode": "verify-full", "sslrootcert": trusted.cafile or trusted.openssl_cafile}
named = {"application_name": f"dot-copilot migrate on {socket.gethostname()[:24]}, pid {os.getpid()}"}
options = named | (verified if settings.database_tls == "verify-full" else {})
engine = create_engine(url, poolclass=pool.NullPool, connect_args=options)
with engine.connect() as connection:
    connection.exec_driver_sql("set lock_timeout = '4s'; set statement_timeout = '120s'")
    connection.commit()
    exclusively(connection, seconds=context.config.attributes.get("wait_seconds", 60))
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
