"""Documents: uploads in parts, previews, versions, legal holds, requests, bulk uploads."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Documents and evidence stay; what was on its way in, asked for or held is forgotten."""
    op.execute("""
        drop table bulk_items, bulk_batches, legal_holds, document_requests, upload_parts, uploads;
        drop index evidence_pending, documents_sha256;
        alter table documents drop column restricted, drop column preview_pages, drop column rejected_because,
          drop column purged_at, drop column purged_by, drop column purge_reason;
    """)
