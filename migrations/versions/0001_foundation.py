"""The foundation: carriers, people, drivers, evidence, projections, audit, row-level security."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """There is nothing before the foundation."""
    raise RuntimeError("the first migration can't be undone; restore a backup instead")
