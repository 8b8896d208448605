"""People: mail, invitations, resets, second factors, passkeys, coaches and their terminals."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = "mail_outbox, invitations, password_resets, totp_factors, recovery_codes, passkeys, spent_challenges"
_FUNCTIONS = (
    "app.mail_waits(timestamptz), app.find_invitation(bytea), app.find_reset(bytea), app.find_passkey(bytea), "
    "app.spend_challenge(bytea, timestamptz)"
)
_ENTER_SIGN_IN = """create or replace function app.enter_sign_in(p_user uuid) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_carrier uuid;
begin
  select u.carrier_id into v_carrier from users u where u.id = p_user;
  if v_carrier is null then
    raise exception 'no such user' using errcode = 'DC404';
  end if;
  perform set_config('app.carrier_id', v_carrier::text, true);
  return v_carrier;
end $$"""


def upgrade() -> None:
    """Runs the SQL beside this file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Second factors are gone then, and coaches, whom the release before does not know, can't sign in."""
    op.execute(_ENTER_SIGN_IN)
    op.execute(f"drop function {_FUNCTIONS}")
    op.execute(f"drop table {_TABLES}")
    op.execute(
        """update users set role = 'auditor', expires_on = coalesce(expires_on, current_date),
                  disabled_at = coalesce(disabled_at, now()), token_version = token_version + 1 where role = 'coach'"""
    )
    op.execute(
        """alter table users drop constraint users_role_check, drop constraint users_coach, drop column more_terminals,
             add constraint users_role_check check (role in ('admin', 'safety_manager', 'supervisor', 'driver', 'auditor'))"""
    )
    op.execute("alter table sessions drop column confirmed_at")
    op.execute("alter table carriers drop column second_factor_roles")
