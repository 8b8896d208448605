"""The job queue: procrastinate's own schema, as of 3.10, and who may use it."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"

# The API enqueues through app.defer alone: it reads no queue, and a job belongs to the carrier of its transaction, whatever
# the arguments say. Of jobs with one queueing lock one waits at most; a further one is dropped without an error.
DEFER = """
create function app.defer(p_task text, p_lock text, p_queueing_lock text, p_args jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if app.carrier() is null then
    raise exception 'a job belongs to a carrier' using errcode = 'DC401';
  end if;
  loop
    if p_queueing_lock is not null then
      -- Held until we commit, so that the job can't start before it can see what it is to work on (workers skip locked jobs).
      perform from procrastinate_jobs where queueing_lock = p_queueing_lock and status = 'todo' for share;
      if found then
        return;
      end if;
    end if;
    begin
      perform procrastinate_defer_jobs_v1(array[row('default', p_task, 0, p_lock, p_queueing_lock,
        p_args || jsonb_build_object('carrier_id', app.carrier()), null)::procrastinate_job_to_defer_v1]);
      return;
    exception when unique_violation then
      if p_queueing_lock is null then
        raise;
      end if;  -- somebody's job was committed meanwhile: hold that one
    end;
  end loop;
end $$;
revoke all on function app.defer(text, text, text, jsonb) from public;
grant execute on function app.defer(text, text, text, jsonb) to dot_app, dot_worker;
"""
GRANTS = """
grant select, insert, update, delete on procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers,
  procrastinate_events to dot_worker;
grant usage on all sequences in schema public to dot_worker;
"""


def upgrade() -> None:
    """Creates the tables and functions, and lets the API enqueue but not read others' results."""
    connection = op.get_bind()
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.exec_driver_sql(DEFER)
    connection.exec_driver_sql(GRANTS)


def downgrade() -> None:
    """Jobs would be lost."""
    raise RuntimeError("the job queue can't be removed; restore a backup instead")
