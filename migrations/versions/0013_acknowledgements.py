"""What drivers acknowledge with their signature."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """The signed receipts stay: they are evidence."""
    op.execute("drop index evidence_acknowledged")
    op.execute("drop table acknowledgement_texts")
    op.execute("drop table acknowledgement_forms")
