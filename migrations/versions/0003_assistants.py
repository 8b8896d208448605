"""AI assistants: the clients that connect, what they ask for, and which connections stand."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Every assistant would have to be connected anew."""
    raise RuntimeError("connections of assistants can't be undone; restore a backup instead")
