"""The audit chain without a queue of writers: entries are added side by side, and chained once they are committed."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

_CHAIN_AT_ONCE = """
create or replace function app.audit(p_actor uuid, p_via text, p_action text, p_subject_type text, p_subject_id text,
    p_details jsonb) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare v_head audit_heads; v_at timestamptz := clock_timestamp(); v_hash bytea;
begin
  insert into audit_heads (carrier_id) values (app.carrier()) on conflict do nothing;
  select * into v_head from audit_heads where carrier_id = app.carrier() for update;
  v_hash := app.audit_hash(v_head.hash, v_head.seq + 1, v_at, p_actor, p_via, p_action, p_subject_type, p_subject_id, p_details);
  insert into audit_log (carrier_id, seq, at, actor_id, via, action, subject_type, subject_id, details, hash)
    values (app.carrier(), v_head.seq + 1, v_at, p_actor, p_via, p_action, p_subject_type, p_subject_id, p_details, v_hash);
  update audit_heads set seq = v_head.seq + 1, hash = v_hash where carrier_id = app.carrier();
  return v_head.seq + 1;
end $$
"""


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Chains what waits, and goes back to one writer after another."""
    op.execute("lock table audit_pending in access exclusive mode")
    op.execute("select app.seal_audit_of(carrier_id, 2147483647, true) from app.audit_unsealed() carrier_id")
    op.execute(_CHAIN_AT_ONCE)
    op.execute("drop table audit_pending")
    op.execute("alter table audit_heads drop column sealed_at")
    for function in (
        "app.audit_unsealed()",
        "app.audit_seal(int)",
        "app.seal_audit_of(uuid, int, boolean)",
        "app.refuse_pending_change()",
    ):
        op.execute(f"drop function {function}")
