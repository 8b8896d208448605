"""Reminders: rules, wishes, what was told, and notices."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Whoever was reminded is reminded again after the next upgrade."""
    for table in ("notices", "reminders", "reminder_people", "reminder_rules"):
        op.execute(f"drop table {table}")
