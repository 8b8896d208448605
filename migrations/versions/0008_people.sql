-- Only additions: the release before goes on working. It knows no coach, and bounds a supervisor to the first terminal.
alter table users drop constraint users_role_check,
  add constraint users_role_check check (role in ('admin', 'safety_manager', 'supervisor', 'driver', 'auditor', 'coach')),
  add constraint users_coach check (role <> 'coach' or terminal_id is not null),
  -- The terminals of a supervisor or coach beyond `terminal_id`.
  add column more_terminals uuid[] not null default '{}';
-- When the person last showed who they are; null: at `created_at`. What is sensitive wants that to be a moment ago.
alter table sessions add column confirmed_at timestamptz;
-- The roles that may not sign in with a password alone.
alter table carriers add column second_factor_roles text[] not null default '{}';

-- Mail that leaves (ADR 25): written in the transaction of its occasion, sent by the worker. `body` and `html` are emptied once
-- it is sent; links in them are marks until the worker fills them in, so that no row holds what opens something.
create table mail_outbox (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  occasion text not null check (length(occasion) between 1 and 300),
  recipient text not null,
  subject text not null,
  body text not null,
  html text,
  state text not null default 'waiting' check (state in ('waiting', 'claimed', 'handing_over', 'sent', 'refused', 'unsure')),
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  -- Not sent any more after this.
  good_until timestamptz,
  claim uuid,
  claimed_at timestamptz,
  sent_at timestamptz,
  problem text,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id),
  unique (carrier_id, occasion)
);
create index mail_outbox_due on mail_outbox (due_at) where state in ('waiting', 'claimed', 'handing_over');

-- Who was asked to join. The person gets the invitation's id, and a row in `users` when they accept.
create table invitations (
  carrier_id uuid not null references carriers,
  id uuid not null unique default gen_random_uuid(),
  email text not null check (email = lower(email) and length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 120),
  role text not null check (role in ('admin', 'safety_manager', 'supervisor', 'driver', 'auditor', 'coach')),
  locale text not null default 'en' check (locale in ('en', 'es')),
  terminal_id uuid, more_terminals uuid[] not null default '{}', driver_id uuid,
  expires_on date,
  -- Each sending makes a new link, and the ones before worthless.
  round int not null default 1,
  token_hash bytea not null unique,
  link_until timestamptz not null,
  invited_by uuid,
  created_at timestamptz not null default now(),
  accepted_at timestamptz, revoked_at timestamptz,
  primary key (carrier_id, id),
  foreign key (carrier_id, terminal_id) references terminals,
  foreign key (carrier_id, driver_id) references drivers
);
create unique index invitations_open on invitations (carrier_id, email) where accepted_at is null and revoked_at is null;

create table password_resets (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  token_hash bytea not null unique,
  link_until timestamptz not null,
  -- Used, or worthless for another reason.
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id),
  foreign key (carrier_id, user_id) references users
);
create index password_resets_user on password_resets (carrier_id, user_id) where closed_at is null;

-- A code generator (RFC 6238). Its secret is in the secret store, under a name with `id`. `last_step` is that of the last code
-- that was taken: none is taken twice.
create table totp_factors (
  carrier_id uuid not null references carriers,
  user_id uuid not null,
  id uuid not null default gen_random_uuid(),
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (carrier_id, user_id, id),
  foreign key (carrier_id, user_id) references users
);
create unique index totp_factors_confirmed on totp_factors (carrier_id, user_id) where confirmed_at is not null;

create table recovery_codes (
  carrier_id uuid not null references carriers,
  user_id uuid not null,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (carrier_id, user_id, code_hash),
  foreign key (carrier_id, user_id) references users
);

create table passkeys (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  credential_id bytea not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  name text not null check (length(name) between 1 and 60),
  transports text[] not null default '{}',
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (carrier_id, id),
  foreign key (carrier_id, user_id) references users
);
create index passkeys_user on passkeys (carrier_id, user_id);

-- Challenges that an authenticator has answered (their SHA-256): each is good once. No carrier is known yet when one is spent.
create table spent_challenges (
  hash bytea primary key,
  until timestamptz not null
);

do $$
declare t text;
begin
  foreach t in array array['mail_outbox', 'invitations', 'password_resets', 'totp_factors', 'recovery_codes', 'passkeys'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update, delete on %I to dot_app, dot_worker', t);
  end loop;
  revoke delete on mail_outbox, invitations, password_resets from dot_app;
end $$;

-- A door before there is a session: of the person whose password is checked, or who was invited and has no row yet.
create or replace function app.enter_sign_in(p_user uuid) returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_carrier uuid;
begin
  select u.carrier_id into v_carrier from users u where u.id = p_user;
  if v_carrier is null then
    select i.carrier_id into v_carrier from invitations i where i.id = p_user and i.accepted_at is null and i.revoked_at is null;
  end if;
  if v_carrier is null then
    raise exception 'no such user' using errcode = 'DC404';
  end if;
  perform set_config('app.carrier_id', v_carrier::text, true);
  return v_carrier;
end $$;

-- These know a token, not yet a carrier; one row at most.
create function app.find_invitation(p_hash bytea) returns table (carrier_id uuid, id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select i.carrier_id, i.id from invitations i where i.token_hash = p_hash and i.accepted_at is null and i.revoked_at is null $$;

create function app.find_reset(p_hash bytea) returns table (carrier_id uuid, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select r.carrier_id, r.user_id from password_resets r where r.token_hash = p_hash and r.closed_at is null $$;

create function app.find_passkey(p_credential bytea) returns table (carrier_id uuid, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select k.carrier_id, k.user_id from passkeys k where k.credential_id = p_credential $$;

-- True the first time, and never again while the challenge could be good.
create function app.spend_challenge(p_hash bytea, p_until timestamptz) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from spent_challenges where hash in
    (select hash from spent_challenges where until < now() - interval '1 hour' limit 20 for update skip locked);
  insert into spent_challenges values (p_hash, p_until) on conflict do nothing;
  return found;
end $$;

-- The carriers that have mail to send, for the worker.
create function app.mail_waits(p_now timestamptz) returns table (carrier_id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select distinct m.carrier_id from mail_outbox m
    where m.state in ('waiting', 'claimed', 'handing_over') and m.due_at <= p_now $$;

revoke all on function app.mail_waits(timestamptz), app.find_invitation(bytea), app.find_reset(bytea), app.find_passkey(bytea),
  app.spend_challenge(bytea, timestamptz) from public;
grant execute on function app.find_invitation(bytea), app.find_reset(bytea), app.find_passkey(bytea),
  app.spend_challenge(bytea, timestamptz) to dot_app;
grant execute on function app.mail_waits(timestamptz) to dot_worker;
