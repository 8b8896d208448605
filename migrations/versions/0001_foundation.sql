-- The application's roles (dot_app, dot_worker) own nothing here and bypass nothing: row-level security binds them.
-- Every tenant table leads its primary key with carrier_id, so that it can be partitioned or sharded by carrier.

create schema app;
grant usage on schema app to dot_app, dot_worker;
grant usage on schema public to dot_app, dot_worker;

-- The tenant of the present transaction; null (so no row is visible) outside a door.
create function app.carrier() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.carrier_id', true), '')::uuid $$;

create table carriers (
  id uuid primary key default gen_random_uuid(),
  usdot text not null unique check (usdot ~ '^[0-9]{1,8}$'),
  mc_number text check (mc_number ~ '^[0-9]{1,8}$'),
  name text not null check (length(name) between 1 and 200),
  default_time_zone text not null default 'America/Chicago',
  warning_days int not null default 30 check (warning_days between 0 and 365),
  rules_revision text not null default '',
  created_at timestamptz not null default now()
);

create table terminals (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  code text check (length(code) between 1 and 40),
  city text, state text,
  time_zone text not null,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id)
);
create unique index terminals_name on terminals (carrier_id, lower(name));

create table users (
  carrier_id uuid not null references carriers,
  id uuid not null unique default gen_random_uuid(),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 120),
  password_hash text not null,
  role text not null check (role in ('admin', 'safety_manager', 'supervisor', 'driver', 'auditor')),
  terminal_id uuid, driver_id uuid,
  locale text not null default 'en' check (locale in ('en', 'es')),
  expires_on date,
  token_version int not null default 1,
  -- Set while the password is a one-time one, which must be replaced at the first sign-in and until then.
  one_time_until timestamptz,
  last_signed_in_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id),
  foreign key (carrier_id, terminal_id) references terminals,
  check (role <> 'supervisor' or terminal_id is not null),
  check (role <> 'driver' or driver_id is not null),
  check (role <> 'auditor' or expires_on is not null)
);
create unique index users_email on users (email);

create table sessions (
  carrier_id uuid not null references carriers,
  id uuid not null unique default gen_random_uuid(),
  user_id uuid not null,
  via text not null default 'web',
  user_agent text, address text,
  created_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  primary key (carrier_id, id),
  foreign key (carrier_id, user_id) references users
);
create index sessions_user on sessions (carrier_id, user_id) where revoked_at is null;

-- Failed sign-ins by address, whether or not anyone has it: so an unknown address locks exactly as a known one does.
-- No role but the owner reads it; app.attempt_sign_in and app.clear_sign_in are the way in.
create table sign_in_attempts (
  address_hash bytea primary key,
  failures int not null,
  last_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_attempts_last on sign_in_attempts (last_at);

-- One row a refresh token ever issued; `used_at` is when it was replaced. A replaced one that comes back is reuse (ADR 0004).
create table refresh_tokens (
  carrier_id uuid not null references carriers,
  token_hash bytea not null unique,
  session_id uuid not null,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (carrier_id, token_hash),
  foreign key (carrier_id, session_id) references sessions
);
create index refresh_tokens_session on refresh_tokens (carrier_id, session_id);

create table drivers (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  employee_id text not null check (length(employee_id) between 1 and 64),
  first_name text not null check (length(first_name) between 1 and 100),
  last_name text not null check (length(last_name) between 1 and 100),
  date_of_birth date,
  email text, phone text,
  terminal_id uuid not null,
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (carrier_id, id),
  unique (carrier_id, employee_id),
  foreign key (carrier_id, terminal_id) references terminals
);
alter table users add foreign key (carrier_id, driver_id) references drivers;

-- What hangs on a driver refers to its carrier through the driver: a second foreign key, checked row by row, would cost an
-- import a fifth of its inserts.

-- One hire-to-termination episode; a rehire is a new row.
create table employments (
  carrier_id uuid not null,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  hired_on date not null,
  terminated_on date,
  primary key (carrier_id, id),
  unique (carrier_id, driver_id, hired_on),
  foreign key (carrier_id, driver_id) references drivers,
  check (terminated_on is null or terminated_on >= hired_on)
);

-- The facts that decide which requirements apply. Null means "not known", never "no".
create table driver_profiles (
  carrier_id uuid not null,
  driver_id uuid not null,
  cdl_number text, cdl_state text,
  cdl_class text check (cdl_class in ('A', 'B', 'C', 'none')),
  endorsements text[] check (endorsements <@ array['H', 'N', 'P', 'S', 'T', 'X']),
  clp boolean,
  first_cdl_issued_on date,
  interstate boolean, hazmat_employee boolean, hazmat_security_plan boolean,
  passenger boolean, lcv boolean, lcv_instructor boolean,
  insulin_treated boolean, vision_alternative boolean, grandfathered_medical boolean, medical_variance boolean,
  supervises_cdl_drivers boolean, port_access boolean, prior_dot_employer boolean,
  primary key (carrier_id, driver_id),
  foreign key (carrier_id, driver_id) references drivers
);

create table documents (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  file_name text not null,
  media_type text not null,
  size bigint not null check (size > 0),
  sha256 bytea not null,
  blob_name text not null,
  state text not null default 'quarantined' check (state in ('quarantined', 'clean', 'rejected')),
  uploaded_by uuid,
  uploaded_at timestamptz not null default now(),
  primary key (carrier_id, id),
  foreign key (carrier_id, driver_id) references drivers
);

-- Dated facts. Never changed or deleted: voided with a reason, and replaced.
create table evidence (
  carrier_id uuid not null,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  requirement text not null,
  obtained_on date not null,
  expires_on date,
  outcome text,
  provenance text not null check (provenance in ('manual', 'roster', 'upload')),
  review text not null default 'accepted' check (review in ('accepted', 'pending', 'rejected')),
  review_note text, reviewed_by uuid, reviewed_at timestamptz,
  note text,
  details jsonb not null default '{}',
  document_id uuid,
  recorded_by uuid,
  recorded_at timestamptz not null default now(),
  voided_at timestamptz, voided_by uuid, void_reason text,
  primary key (carrier_id, id),
  foreign key (carrier_id, driver_id) references drivers,
  foreign key (carrier_id, document_id) references documents,
  check (expires_on is null or expires_on >= obtained_on)
);
create index evidence_driver on evidence (carrier_id, driver_id, requirement, obtained_on);
-- The same roster imported twice adds nothing.
create unique index evidence_roster on evidence (carrier_id, driver_id, requirement, obtained_on, coalesce(expires_on, 'infinity'::date))
  where provenance = 'roster' and voided_at is null;

-- A carrier's own requirements: never weaker than, only beside, the federal catalogue.
create table policy_requirements (
  carrier_id uuid not null references carriers,
  key text not null check (key ~ '^policy_[a-z0-9_]{1,56}$'),
  title text not null check (length(title) between 1 and 160),
  applies_to text not null check (applies_to in ('all', 'cdl', 'non_cdl', 'hazmat', 'interstate', 'passenger')),
  deadline text not null check (deadline in ('before_driving', 'days_after_hire')),
  deadline_days int check (deadline_days between 0 and 3650),
  renewal_months int check (renewal_months between 1 and 120),
  blocks_driving boolean not null default false,
  reason text not null default '',
  effective_from date not null,
  retired_on date,
  created_by uuid, created_at timestamptz not null default now(),
  primary key (carrier_id, key),
  check ((deadline = 'days_after_hire') = (deadline_days is not null))
);

create table waivers (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  requirement text not null check (requirement like 'policy\_%'),
  from_on date not null, until_on date not null,
  reason text not null check (length(reason) between 3 and 1000),
  granted_by uuid, granted_at timestamptz not null default now(),
  revoked_at timestamptz, revoked_by uuid,
  primary key (carrier_id, id),
  foreign key (carrier_id, driver_id) references drivers,
  foreign key (carrier_id, requirement) references policy_requirements,
  check (until_on >= from_on)
);
create index waivers_driver on waivers (carrier_id, driver_id);

create table roster_imports (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  state text not null default 'queued'
    check (state in ('queued', 'reading', 'preview', 'importing', 'done', 'failed', 'cancelled')),
  dry_run boolean not null,
  file_name text not null, size bigint not null, sha256 bytea not null, blob_name text not null,
  mapping jsonb, columns jsonb,
  total int not null default 0, imported int not null default 0, updated int not null default 0, skipped int not null default 0,
  next_row int not null default 0,
  error_count int not null default 0,
  problem text,
  cancel_requested boolean not null default false,
  created_by uuid, created_at timestamptz not null default now(),
  started_at timestamptz, finished_at timestamptz,
  primary key (carrier_id, id)
);
create index roster_imports_newest on roster_imports (carrier_id, created_at desc, id);

create table roster_import_errors (
  carrier_id uuid not null,
  import_id uuid not null,
  seq int not null,
  "row" int not null, "column" text, "value" text, problem text not null,
  primary key (carrier_id, import_id, seq),
  foreign key (carrier_id, import_id) references roster_imports on delete cascade
);

-- Projection of dates (ADR 0007), rebuilt from evidence by features/compliance/projection: never the verdict of a day.
-- A day is counted from 1898-12-31 (1899-01-01 is 1). A key is a requirement's number * 32 + a slot (a state, ...). Both together
-- make one int4, key << 17 | day, so `spans @> point` asks whether a key holds on a day.

-- The small numbers of requirements in keys. 0 stands for the driver as a whole.
create table requirement_numbers (
  carrier_id uuid not null references carriers,
  requirement text not null,
  number int not null check (number between 1 and 511),
  primary key (carrier_id, requirement),
  unique (carrier_id, number)
);

-- One narrow row a driver; `spans` holds the keys of the driver as a whole: employed, can't drive, any item in a state ...
-- `rules`: which catalogue, policy and warning window it was worked out by. No foreign key: drivers are never deleted.
create table driver_standing (
  carrier_id uuid not null,
  driver_id uuid not null,
  terminal_id uuid not null,
  employee_id text not null collate "C",
  name_key text not null collate "C",
  search_text text not null collate "C",
  spans int4multirange not null,
  rules bigint not null,
  primary key (carrier_id, driver_id)
) with (fillfactor = 90);
create index driver_standing_name on driver_standing (carrier_id, name_key, driver_id);
create index driver_standing_employee on driver_standing (carrier_id, employee_id, driver_id);
create index driver_standing_terminal on driver_standing (carrier_id, terminal_id, name_key, driver_id);

-- The keys of a driver's requirements: on which days which one is in which state.
create table driver_items (
  carrier_id uuid not null,
  driver_id uuid not null,
  terminal_id uuid not null,
  spans int4multirange not null,
  primary key (carrier_id, driver_id)
) with (fillfactor = 90);

-- What the driver adds to the calendar: +point where a key begins, -point where it ends, as little-endian int4. The next
-- projection takes off exactly this.
create table driver_changes (
  carrier_id uuid not null,
  driver_id uuid not null,
  changes bytea not null,
  primary key (carrier_id, driver_id)
) with (fillfactor = 90);

-- From from_day through until_day (never after due_on) the requirement's next evidence is due on due_on.
create table due_dates (
  carrier_id uuid not null,
  driver_id uuid not null,
  requirement text not null,
  from_day date not null,
  until_day date not null,
  due_on date not null,
  terminal_id uuid not null,
  primary key (carrier_id, driver_id, requirement, from_day)
);
create index due_dates_due on due_dates (carrier_id, due_on, driver_id, requirement) include (terminal_id, from_day, until_day);

-- Counts as sums of changes: the count of a key at a day is the sum over the blocks before it, of 1024 days (grain 2), then of 32
-- (grain 1), then single days (grain 0). A row packs up to 32 neighbours: points are key << 7 | place in the row. Several rows of
-- one slot add up. Part c: the carrier; f: a terminal in full; b: a terminal in brief.
create table duty_calendar (
  carrier_id uuid not null,
  part "char" not null check (part in ('c', 'f', 'b')),
  place uuid not null,
  grain int2 not null check (grain in (0, 1, 2)),
  slot int4 not null,
  points int4[] not null,
  deltas int4[] not null
);
create index duty_calendar_read on duty_calendar (carrier_id, part, grain, slot, place);

-- Changes not yet folded into the calendar; a read adds them, a job folds them.
create table duty_pending (
  carrier_id uuid not null,
  id bigint not null generated always as identity,
  terminal_id uuid not null,
  changes int4[] not null,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id)
);

create table audit_heads (
  carrier_id uuid primary key references carriers,
  seq bigint not null default 0,
  hash bytea not null default '\x'
);
create table audit_log (
  carrier_id uuid not null references carriers,
  seq bigint not null,
  at timestamptz not null default clock_timestamp(),
  actor_id uuid, via text not null,
  action text not null,
  subject_type text not null, subject_id text not null,
  details jsonb not null,
  hash bytea not null,
  primary key (carrier_id, seq)
);
create index audit_log_subject on audit_log (carrier_id, subject_type, subject_id, seq desc);
create index audit_log_actor on audit_log (carrier_id, actor_id, seq desc);

create function app.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only' using errcode = 'DC409';
end $$;
create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function app.refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function app.refuse_change();

-- Row-level security: the second of the two tenancy checks (the first is the repository door).
do $$
declare t text;
begin
  foreach t in array array['terminals', 'users', 'sessions', 'refresh_tokens', 'drivers', 'employments', 'driver_profiles',
    'documents', 'evidence', 'policy_requirements', 'waivers', 'roster_imports', 'roster_import_errors',
    'requirement_numbers', 'driver_standing', 'driver_items', 'driver_changes', 'due_dates', 'duty_calendar', 'duty_pending', 'audit_heads', 'audit_log'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update, delete on %I to dot_app, dot_worker', t);
  end loop;
  alter table carriers enable row level security;
  create policy tenant on carriers to dot_app, dot_worker using (id = (select app.carrier())) with check (id = (select app.carrier()));
  grant select, update on carriers to dot_app, dot_worker;
  -- app.audit alone writes the log, so not even a leaked password of the application can forge or rewrite an entry.
  revoke insert, update, delete, truncate on audit_log, audit_heads from dot_app, dot_worker;
  revoke delete on drivers, employments, evidence, documents, users, waivers, policy_requirements, roster_imports from dot_app, dot_worker;
end $$;

-- Opens a door for a signed-in person: checks that the session still stands, then sets the tenant of this transaction.
create function app.enter(p_session uuid, p_version int) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_carrier uuid; v_user uuid;
begin
  select s.carrier_id, s.user_id into v_carrier, v_user
    from sessions s join users u on u.carrier_id = s.carrier_id and u.id = s.user_id
   where s.id = p_session and s.revoked_at is null and s.expires_at > now()
     and u.disabled_at is null and u.token_version = p_version
     and (u.expires_on is null or u.expires_on >= current_date - 1);
  if v_carrier is null then
    raise exception 'session ended' using errcode = 'DC401';
  end if;
  perform set_config('app.carrier_id', v_carrier::text, true);
end $$;

-- Opens a door for a job of one carrier; the worker's role alone may call it.
create function app.enter_job(p_carrier uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from carriers where id = p_carrier;
  if not found then
    raise exception 'no such carrier' using errcode = 'DC404';
  end if;
  perform set_config('app.carrier_id', p_carrier::text, true);
end $$;

-- Sign-in knows an address or a token, not yet a carrier: these three look across tenants, and return one row at most.
create function app.find_user(p_email text) returns table (carrier_id uuid, id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select u.carrier_id, u.id from users u where u.email = lower(p_email) $$;

create function app.find_refresh_token(p_hash bytea) returns table (carrier_id uuid, session_id uuid, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select t.carrier_id, t.session_id, s.user_id from refresh_tokens t
     join sessions s on s.carrier_id = t.carrier_id and s.id = t.session_id where t.token_hash = p_hash $$;

-- Sign-in's own door: no session exists yet, so the tenant is that of the user whose password is being checked.
create function app.enter_sign_in(p_user uuid) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_carrier uuid;
begin
  select u.carrier_id into v_carrier from users u where u.id = p_user;
  if v_carrier is null then
    raise exception 'no such user' using errcode = 'DC404';
  end if;
  perform set_config('app.carrier_id', v_carrier::text, true);
  return v_carrier;
end $$;

-- Counts an attempt before the password is checked, so that a volley of guesses counts as that many. Not allowed: the
-- address is locked until then. Allowed with a time: the last attempt; unless it succeeds the address is locked until then.
-- The failures of an address are forgotten after p_minutes without any.
create function app.attempt_sign_in(p_address bytea, p_now timestamptz, p_max int, p_minutes int,
    out allowed boolean, out locked_until timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare v sign_in_attempts; v_span interval := make_interval(mins => p_minutes); v_failures int;
begin
  delete from sign_in_attempts where address_hash in (select address_hash from sign_in_attempts
    where last_at < p_now - v_span and address_hash <> p_address order by last_at limit 20 for update skip locked);
  insert into sign_in_attempts values (p_address, 0, p_now) on conflict do nothing;
  select * into v from sign_in_attempts where address_hash = p_address for update;
  if v.locked_until > p_now then
    allowed := false;
    locked_until := v.locked_until;
    return;
  end if;
  v_failures := 1 + case when v.locked_until is not null or v.last_at < p_now - v_span then 0 else v.failures end;
  allowed := true;
  update sign_in_attempts set failures = v_failures, last_at = p_now,
    locked_until = case when v_failures >= p_max then p_now + v_span end where address_hash = p_address
    returning sign_in_attempts.locked_until into locked_until;
end $$;

create function app.clear_sign_in(p_address bytea) returns void
  language sql security definer set search_path = public, pg_temp as
$$ delete from sign_in_attempts where address_hash = p_address $$;

-- The worker's list of tenants, for maintenance jobs.
create function app.all_carriers() returns table (id uuid, rules_revision text)
  language sql stable security definer set search_path = public, pg_temp as
$$ select id, rules_revision from carriers order by id $$;

-- The operator's shell (role dot_worker) takes on a carrier, and finds one by its USDOT number.
create function app.create_carrier(p_usdot text, p_name text, p_time_zone text) returns uuid
  language sql security definer set search_path = public, pg_temp as
$$ insert into carriers (usdot, name, default_time_zone) values (p_usdot, p_name, p_time_zone) returning id $$;

create function app.find_carrier(p_usdot text) returns uuid
  language sql stable security definer set search_path = public, pg_temp as
$$ select id from carriers where usdot = p_usdot $$;

-- After many rows of a carrier have come at once, the planner must learn of them: autovacuum would only a minute later, and
-- till then each batch of an import would scan all rows of the ones before.
create function app.refresh_statistics() returns void
  language sql security definer set search_path = public, pg_temp as
$$ analyze (skip_locked) drivers, employments, driver_profiles, evidence, driver_standing, driver_items, driver_changes, due_dates $$;
revoke all on function app.refresh_statistics() from public;
grant execute on function app.refresh_statistics() to dot_worker;

-- Appends to the hash chain of the carrier. SHA-256 over the previous hash and the row, so a changed or lost row shows.
create function app.audit(p_actor uuid, p_via text, p_action text, p_subject_type text, p_subject_id text, p_details jsonb)
  returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare v_head audit_heads; v_at timestamptz := clock_timestamp(); v_hash bytea;
begin
  insert into audit_heads (carrier_id) values (app.carrier()) on conflict do nothing;
  select * into v_head from audit_heads where carrier_id = app.carrier() for update;
  v_hash := app.audit_hash(v_head.hash, v_head.seq + 1, v_at, p_actor, p_via, p_action, p_subject_type, p_subject_id, p_details);
  insert into audit_log (carrier_id, seq, at, actor_id, via, action, subject_type, subject_id, details, hash)
    values (app.carrier(), v_head.seq + 1, v_at, p_actor, p_via, p_action, p_subject_type, p_subject_id, p_details, v_hash);
  update audit_heads set seq = v_head.seq + 1, hash = v_hash where carrier_id = app.carrier();
  return v_head.seq + 1;
end $$;

create function app.audit_hash(p_previous bytea, p_seq bigint, p_at timestamptz, p_actor uuid, p_via text, p_action text,
    p_subject_type text, p_subject_id text, p_details jsonb) returns bytea language sql immutable as $$
  select sha256(p_previous || convert_to(jsonb_build_array(p_seq, extract(epoch from p_at), p_actor, p_via, p_action,
    p_subject_type, p_subject_id, p_details)::text, 'UTF8'))
$$;

revoke all on function app.enter_job(uuid), app.enter(uuid, int), app.find_user(text), app.find_refresh_token(bytea),
  app.enter_sign_in(uuid), app.attempt_sign_in(bytea, timestamptz, int, int), app.clear_sign_in(bytea),
  app.audit(uuid, text, text, text, text, jsonb), app.all_carriers(), app.create_carrier(text, text, text), app.find_carrier(text) from public;
grant execute on function app.enter(uuid, int), app.find_user(text), app.find_refresh_token(bytea), app.enter_sign_in(uuid),
  app.attempt_sign_in(bytea, timestamptz, int, int), app.clear_sign_in(bytea) to dot_app;
grant execute on function app.clear_sign_in(bytea) to dot_worker;
grant execute on function app.audit(uuid, text, text, text, text, jsonb) to dot_app, dot_worker;
grant execute on function app.enter_job(uuid), app.all_carriers(), app.create_carrier(text, text, text), app.find_carrier(text)
  to dot_worker;
