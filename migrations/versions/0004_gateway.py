"""The gateway's role: what assistants may call, what they called, and which definitions a carrier approved."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Approvals of tools would be lost."""
    raise RuntimeError("what carriers approved can't be undone; restore a backup instead")
