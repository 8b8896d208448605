"""Alembic's environment: one connection as dot_owner, with timeouts that spare the running release."""

from __future__ import annotations

import ssl

from alembic import context
from sqlalchemy import URL, create_engine, pool

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
engine = create_engine(url, poolclass=pool.NullPool, connect_args=verified if settings.database_tls == "verify-full" else {})
with engine.connect() as connection:
    connection.exec_driver_sql("set lock_timeout = '4s'; set statement_timeout = '120s'")
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
