-- Entries of the audit log that are not in the chain yet. A transaction only adds its row here and waits for nobody; whoever
-- reads the log, and the worker each second, chains what has been committed (app.audit_seal).
create table audit_pending (
  carrier_id uuid not null,
  id bigint not null generated always as identity,
  at timestamptz not null,
  actor_id uuid, via text not null,
  action text not null,
  subject_type text not null, subject_id text not null,
  details jsonb not null,
  primary key (carrier_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1);
alter table audit_pending enable row level security;
create policy tenant on audit_pending to dot_app, dot_worker using (carrier_id = (select app.carrier()))
  with check (carrier_id = (select app.carrier()));
-- As with the log itself: read, and nothing else. app.audit alone adds, app.audit_seal alone takes away.
grant select on audit_pending to dot_app, dot_worker;
create function app.refuse_pending_change() returns trigger language plpgsql as $$
begin
  if current_setting('app.audit_sealing', true) = 'on' and tg_op = 'DELETE' then
    return old;
  end if;
  raise exception 'audit_pending is append-only' using errcode = 'DC409';
end $$;
create trigger audit_pending_append_only before update or delete on audit_pending
  for each row execute function app.refuse_pending_change();
create trigger audit_pending_no_truncate before truncate on audit_pending
  for each statement execute function app.refuse_pending_change();

-- When the chain was last brought up to date: a writer sees in one look whether somebody is at work who does.
alter table audit_heads add column sealed_at timestamptz;

-- Chains up to p_limit committed entries of one carrier, in the order they were added, and returns how many. `p_wait` false:
-- returns at once when somebody else is at it. An entry whose transaction commits late is chained behind others that began
-- after it; its `at` tells when it was written.
create function app.seal_audit_of(p_carrier uuid, p_limit int, p_wait boolean) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v audit_pending; v_seq bigint; v_hash bytea; v_done bigint[] := '{}';
begin
  if not exists (select from audit_pending where carrier_id = p_carrier) then
    return 0;
  end if;
  insert into audit_heads (carrier_id) values (p_carrier) on conflict do nothing;
  if p_wait then
    select seq, hash into v_seq, v_hash from audit_heads where carrier_id = p_carrier for update;
  else
    select seq, hash into v_seq, v_hash from audit_heads where carrier_id = p_carrier for update skip locked;
    if not found then
      return 0;
    end if;
  end if;
  for v in select * from audit_pending where carrier_id = p_carrier order by id limit p_limit loop
    v_seq := v_seq + 1;
    v_hash := app.audit_hash(v_hash, v_seq, v.at, v.actor_id, v.via, v.action, v.subject_type, v.subject_id, v.details);
    insert into audit_log (carrier_id, seq, at, actor_id, via, action, subject_type, subject_id, details, hash)
      values (p_carrier, v_seq, v.at, v.actor_id, v.via, v.action, v.subject_type, v.subject_id, v.details, v_hash);
    v_done := v_done || v.id;
  end loop;
  if v_done = '{}' then
    return 0;
  end if;
  perform set_config('app.audit_sealing', 'on', true);
  delete from audit_pending where carrier_id = p_carrier and id = any (v_done);
  perform set_config('app.audit_sealing', '', true);
  update audit_heads set seq = v_seq, hash = v_hash, sealed_at = clock_timestamp() where carrier_id = p_carrier;
  return cardinality(v_done);
end $$;

-- The same for the carrier of the open door.
create function app.audit_seal(p_limit int) returns int
  language sql security definer set search_path = public, pg_temp as $$ select app.seal_audit_of(app.carrier(), p_limit, true) $$;

-- Carriers with entries that wait; for the worker.
create function app.audit_unsealed() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  with recursive one as (
    (select carrier_id from audit_pending order by carrier_id limit 1)
    union all
    select (select p.carrier_id from audit_pending p where p.carrier_id > one.carrier_id order by p.carrier_id limit 1) from one
     where one.carrier_id is not null)
  select carrier_id from one where carrier_id is not null
$$;

-- Adds an entry. If one has waited for five seconds nobody is at work who chains (a worker that is down, or of the release
-- before): then this writer does, if no other writer already is. Where the chain is fresh it does not look at what waits.
create or replace function app.audit(p_actor uuid, p_via text, p_action text, p_subject_type text, p_subject_id text, p_details jsonb)
  returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare v_id bigint; v_now timestamptz := clock_timestamp();
begin
  if not exists (select from audit_heads where carrier_id = app.carrier() and sealed_at > v_now - interval '5 seconds')
      and (select at from audit_pending where carrier_id = app.carrier() order by id limit 1) < v_now - interval '5 seconds' then
    perform app.seal_audit_of(app.carrier(), 200, false);
  end if;
  insert into audit_pending (carrier_id, at, actor_id, via, action, subject_type, subject_id, details)
    values (app.carrier(), v_now, p_actor, p_via, p_action, p_subject_type, p_subject_id, p_details) returning id into v_id;
  return v_id;
end $$;

revoke all on function app.seal_audit_of(uuid, int, boolean), app.audit_seal(int), app.audit_unsealed() from public;
grant execute on function app.audit_seal(int) to dot_app, dot_worker;
grant execute on function app.audit_unsealed() to dot_worker;
