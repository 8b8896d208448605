"""Raw event documents, and the feeds of telematics providers that are the first to fill them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Events that nobody will send again would be lost."""
    raise RuntimeError("received events can't be asked for again; restore a backup instead")
