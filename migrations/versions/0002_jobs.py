"""The job queue: procrastinate's own schema, as of 3.10, and who may use it."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"

GRANTS = """
grant select, insert, update, delete on procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers,
  procrastinate_events to dot_worker;
grant usage on all sequences in schema public to dot_worker, dot_app;
grant select, insert on procrastinate_jobs to dot_app;
grant insert on procrastinate_events to dot_app;
"""


def upgrade() -> None:
    """Creates the tables and functions, and lets the API enqueue but not read others' results."""
    connection = op.get_bind()
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.exec_driver_sql(GRANTS)


def downgrade() -> None:
    """Jobs would be lost."""
    raise RuntimeError("the job queue can't be removed; restore a backup instead")
