"""Audit packets, their verification, and shares for auditors."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Everything of packets and shares; what was built stays in the blob store until somebody removes it."""
    for table in ("drivers", "documents", "evidence"):
        op.execute(f"drop policy share on {table}")
    op.execute("""
        drop function app.enter_share(uuid), app.enter_share_sign_in(uuid), app.find_share(bytea), app.find_share_session(bytea),
          app.share(), app.find_packet(text), app.find_packet_file(text, bytea), app.find_packet_files(text);
        drop table share_visits, share_sessions, share_drivers, shares, packet_files, packet_drivers, packets;
    """)
