-- The OAuth 2.1 authorization server. Clients and what they ask for belong to no carrier: nobody has signed in yet. From the
-- person's answer on everything is the carrier's, and the session of a connection is a row of `sessions` like any other.

-- registered: by RFC 7591, the id is ours. document: a client id metadata document, the id is its address; good until fresh_until.
create table oauth_clients (
  id text primary key check (length(id) between 1 and 2048),
  kind text not null check (kind in ('registered', 'document')),
  name text not null check (length(name) between 1 and 200),
  uri text,
  redirect_uris text[] not null check (cardinality(redirect_uris) between 1 and 20),
  auth_method text not null check (auth_method in ('none', 'client_secret_basic', 'client_secret_post')),
  secret_hash bytea,
  refreshes boolean not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  fresh_until timestamptz,
  check ((auth_method = 'none') = (secret_hash is null)),
  check ((kind = 'document') = (fresh_until is not null))
);

-- What a client asked for, until somebody has answered or ten minutes are over.
create table oauth_requests (
  id text primary key,
  client_id text not null references oauth_clients on delete cascade,
  redirect_uri text not null,
  scopes text[] not null,
  state text,
  code_challenge text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answered_at timestamptz
);
create index oauth_requests_client on oauth_requests (client_id);
create index oauth_requests_ended on oauth_requests (expires_at);
grant select, insert, update on oauth_clients, oauth_requests to dot_app;

-- Codes, as SHA-256. One that was used is kept with the session it opened: should it come again, that session ends.
create table oauth_codes (
  carrier_id uuid not null references carriers,
  code_hash bytea not null unique,
  user_id uuid not null,
  client_id text not null,
  redirect_uri text not null,
  code_challenge text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  session_id uuid,
  primary key (carrier_id, code_hash),
  foreign key (carrier_id, user_id) references users,
  foreign key (carrier_id, session_id) references sessions on delete cascade
);
create index oauth_codes_session on oauth_codes (carrier_id, session_id);
create index oauth_codes_ended on oauth_codes (expires_at);

-- A connection stands as long as its session does.
create table connections (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  client_id text not null,
  client_name text not null,
  scopes text[] not null,
  session_id uuid not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (carrier_id, id),
  unique (carrier_id, session_id),
  foreign key (carrier_id, user_id) references users,
  foreign key (carrier_id, session_id) references sessions on delete cascade
);
create index connections_user on connections (carrier_id, user_id);

-- That a person attached a GitHub token; the token is in the secret store. While `stored` is false it is on its way in or out,
-- and whoever finds it so for long deletes the secret.
create table github_tokens (
  carrier_id uuid not null references carriers,
  user_id uuid not null,
  login text,
  checked boolean not null,
  stored boolean not null,
  attached_at timestamptz not null default now(),
  primary key (carrier_id, user_id),
  foreign key (carrier_id, user_id) references users
);

do $$
declare t text;
begin
  foreach t in array array['oauth_codes', 'connections', 'github_tokens'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update, delete on %I to dot_app, dot_worker', t);
  end loop;
end $$;

-- The token endpoint knows a code, not yet a carrier.
create function app.find_oauth_code(p_hash bytea) returns table (carrier_id uuid, user_id uuid)
  language sql stable security definer set search_path = public, pg_temp as
$$ select c.carrier_id, c.user_id from oauth_codes c where c.code_hash = p_hash $$;

-- Every night: what was never answered, codes that are old news, clients that nobody connected within a week or used for half
-- a year. A client of a connection that stands is kept. Returns how many clients went.
create function app.sweep_oauth() returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_gone int;
begin
  delete from oauth_requests where expires_at < now() - interval '1 day';
  delete from oauth_codes where expires_at < now() - interval '2 days';
  delete from oauth_clients c where coalesce(c.used_at + interval '180 days', c.created_at + interval '7 days') < now()
    and not exists (select from connections k join sessions s on s.carrier_id = k.carrier_id and s.id = k.session_id
      where k.client_id = c.id and s.revoked_at is null and s.expires_at > now());
  get diagnostics v_gone = row_count;
  return v_gone;
end $$;

revoke all on function app.find_oauth_code(bytea), app.sweep_oauth() from public;
grant execute on function app.find_oauth_code(bytea) to dot_app;
grant execute on function app.sweep_oauth() to dot_worker;
