-- Audit packets and shares for auditors (ADR 26).

-- One request for packets: a PDF a driver, and a ZIP of them all. `code` is printed on every page and verified without a sign-in.
-- `audit_seq` and `audit_hash`: the last entry of the audit log when the building began.
create table packets (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  code text not null unique check (code ~ '^[0-9A-HJKMNP-TV-Z]{13}$'),
  title text not null default '' check (length(title) <= 200),
  state text not null default 'queued' check (state in ('queued', 'building', 'done', 'failed', 'cancelled')),
  as_of date not null,
  originals boolean not null default false,
  sph boolean not null default false,
  shows text not null default 'basic' check (shows in ('none', 'basic', 'detailed')),
  total int not null default 0,
  built int not null default 0,
  problem text,
  cancel_requested boolean not null default false,
  archive_blob text, archive_size bigint, archive_sha256 bytea,
  manifest_blob text, manifest_sha256 bytea,
  audit_seq bigint, audit_hash bytea,
  created_by uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  files_until timestamptz,
  swept_at timestamptz,
  revoked_at timestamptz, revoked_by uuid, revoke_reason text,
  primary key (carrier_id, id)
);
create index packets_newest on packets (carrier_id, created_at desc, id);

-- The drivers of a packet, frozen when it was asked for, and what has become of each.
create table packet_drivers (
  carrier_id uuid not null,
  packet_id uuid not null,
  driver_id uuid not null,
  position int not null,
  state text not null default 'waiting' check (state in ('waiting', 'done')),
  version text,
  primary key (carrier_id, packet_id, driver_id),
  unique (carrier_id, packet_id, position),
  foreign key (carrier_id, packet_id) references packets,
  foreign key (carrier_id, driver_id) references drivers
);
create index packet_drivers_driver on packet_drivers (carrier_id, driver_id);

-- Every file a packet answers for: the PDFs that were made and the documents in them. `name` is the path in the archive; `crc32`
-- is kept so that the archive can be streamed without reading a file twice.
create table packet_files (
  carrier_id uuid not null,
  packet_id uuid not null,
  driver_id uuid not null,
  number int not null,
  kind text not null check (kind in ('pdf', 'sph', 'document')),
  name text not null,
  size bigint not null,
  sha256 bytea not null,
  crc32 bigint,
  pages int not null default 0,
  blob_name text,
  document_id uuid,
  requirement text,
  problem text,
  primary key (carrier_id, packet_id, driver_id, kind, number),
  foreign key (carrier_id, packet_id, driver_id) references packet_drivers
);
create index packet_files_sha256 on packet_files (carrier_id, packet_id, sha256);

-- A read-only view of some drivers' files for somebody outside, until a moment or until it is revoked. The drivers are frozen.
-- Neither the link nor the code is stored: their hashes are. A code is good for one sign-in; then `code_hash` is null.
create table shares (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  title text not null check (length(title) between 1 and 200),
  email text,
  link_hash bytea not null unique,
  code_hash bytea,
  code_tries int not null default 0,
  locked_until timestamptz,
  sph boolean not null default false,
  packet_id uuid,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz, revoked_by uuid,
  primary key (carrier_id, id),
  foreign key (carrier_id, packet_id) references packets
);
create index shares_newest on shares (carrier_id, created_at desc, id);

create table share_drivers (
  carrier_id uuid not null,
  share_id uuid not null,
  driver_id uuid not null,
  primary key (carrier_id, share_id, driver_id),
  foreign key (carrier_id, share_id) references shares,
  foreign key (carrier_id, driver_id) references drivers
);

create table share_sessions (
  carrier_id uuid not null,
  id uuid not null unique default gen_random_uuid(),
  share_id uuid not null,
  token_hash bytea not null unique,
  name text not null check (length(name) between 1 and 120),
  organisation text not null check (length(organisation) between 1 and 160),
  address text, user_agent text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (carrier_id, id),
  foreign key (carrier_id, share_id) references shares
);
create index share_sessions_share on share_sessions (carrier_id, share_id);

-- What an auditor opened, when, from where. The audit log holds the same; this is the page the carrier reads.
create table share_visits (
  carrier_id uuid not null,
  id bigint not null generated always as identity,
  share_id uuid not null,
  session_id uuid,
  at timestamptz not null default now(),
  action text not null,
  driver_id uuid,
  document_id uuid,
  address text,
  details jsonb not null default '{}',
  primary key (carrier_id, id),
  foreign key (carrier_id, share_id) references shares
);
create index share_visits_share on share_visits (carrier_id, share_id, id desc);

do $$
declare t text;
begin
  foreach t in array array['packets', 'packet_drivers', 'packet_files', 'shares', 'share_drivers', 'share_sessions', 'share_visits'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update on %I to dot_app, dot_worker', t);
  end loop;
  -- A share never gains a driver, and nobody edits what an auditor did.
  revoke update on share_drivers, share_visits from dot_app, dot_worker;
end $$;

-- The share that this transaction is bound to; null outside an auditor's.
create function app.share() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.share_id', true), '')::uuid $$;

-- Inside an auditor's transaction these hold nothing but the share's drivers, whatever a query asks for.
create policy share on drivers as restrictive to dot_app, dot_worker using ((select app.share()) is null
  or id in (select s.driver_id from share_drivers s where s.share_id = (select app.share())));
create policy share on documents as restrictive to dot_app, dot_worker using ((select app.share()) is null
  or driver_id in (select s.driver_id from share_drivers s where s.share_id = (select app.share())));
create policy share on evidence as restrictive to dot_app, dot_worker using ((select app.share()) is null
  or driver_id in (select s.driver_id from share_drivers s where s.share_id = (select app.share())));

-- An auditor's door: opens while the share stands, and never a moment longer.
create function app.enter_share(p_session uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v record;
begin
  select x.carrier_id, s.id into v from share_sessions x join shares s on s.carrier_id = x.carrier_id and s.id = x.share_id
   where x.id = p_session and x.ended_at is null and s.revoked_at is null and s.expires_at > now();
  if v.carrier_id is null then
    raise exception 'share ended' using errcode = 'DC401';
  end if;
  perform set_config('app.carrier_id', v.carrier_id::text, true), set_config('app.share_id', v.id::text, true);
end $$;

-- The door for checking a code: the tenant is that of the share.
create function app.enter_share_sign_in(p_share uuid) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_carrier uuid;
begin
  select carrier_id into v_carrier from shares where id = p_share;
  if v_carrier is null then
    raise exception 'no such share' using errcode = 'DC404';
  end if;
  perform set_config('app.carrier_id', v_carrier::text, true), set_config('app.share_id', p_share::text, true);
end $$;

create function app.find_share(p_link bytea) returns table (carrier_id uuid, share_id uuid, expires_at timestamptz, revoked boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$ select s.carrier_id, s.id, s.expires_at, s.revoked_at is not null from shares s where s.link_hash = p_link $$;

create function app.find_share_session(p_token bytea) returns table (carrier_id uuid, session_id uuid, share_id uuid, name text,
    organisation text, expires_at timestamptz, revoked boolean, ended boolean, sph boolean, packet_id uuid, carrier text, title text)
  language sql stable security definer set search_path = public, pg_temp as
$$ select x.carrier_id, x.id, s.id, x.name, x.organisation, s.expires_at, s.revoked_at is not null, x.ended_at is not null, s.sph,
     s.packet_id, c.name, s.title
     from share_sessions x join shares s on s.carrier_id = x.carrier_id and s.id = x.share_id join carriers c on c.id = s.carrier_id
    where x.token_hash = p_token $$;

-- The public verification page: what the packet's owner allows, and nothing of one whose owner allows nothing.
create function app.find_packet(p_code text) returns table (shows text, carrier text, usdot text, as_of date, drivers int,
    documents bigint, built_at timestamptz, revoked_at timestamptz, files_until timestamptz, manifest_sha256 bytea,
    audit_seq bigint, audit_hash bytea)
  language sql stable security definer set search_path = public, pg_temp as
$$ select p.shows, c.name, c.usdot, p.as_of, p.total,
     (select count(*) from packet_files f where f.carrier_id = p.carrier_id and f.packet_id = p.id and f.kind = 'document'),
     p.finished_at, p.revoked_at, p.files_until, p.manifest_sha256, p.audit_seq, p.audit_hash
     from packets p join carriers c on c.id = p.carrier_id where p.code = p_code and p.state = 'done' and p.shows <> 'none' $$;

create function app.find_packet_file(p_code text, p_sha256 bytea) returns table (kind text, name text)
  language sql stable security definer set search_path = public, pg_temp as
$$ (select 'archive', '' from packets p where p.code = p_code and p.state = 'done' and p.shows <> 'none'
     and p_sha256 in (p.archive_sha256, p.manifest_sha256))
   union all
   (select f.kind, case p.shows when 'detailed' then f.name else '' end
     from packets p join packet_files f on f.carrier_id = p.carrier_id and f.packet_id = p.id
    where p.code = p_code and p.state = 'done' and p.shows <> 'none' and f.sha256 = p_sha256 and f.kind <> 'sph'
    order by f.kind, f.name) limit 1 $$;

create function app.find_packet_files(p_code text) returns table (kind text, name text, size bigint, sha256 bytea)
  language sql stable security definer set search_path = public, pg_temp as
$$ select f.kind, f.name, f.size, f.sha256 from packets p join packet_files f on f.carrier_id = p.carrier_id and f.packet_id = p.id
    where p.code = p_code and p.state = 'done' and p.shows = 'detailed' and f.kind = 'pdf' order by f.name limit 1000 $$;

revoke all on function app.enter_share(uuid), app.enter_share_sign_in(uuid), app.find_share(bytea), app.find_share_session(bytea),
  app.find_packet(text), app.find_packet_file(text, bytea), app.find_packet_files(text) from public;
grant execute on function app.enter_share(uuid), app.enter_share_sign_in(uuid), app.find_share(bytea), app.find_share_session(bytea),
  app.find_packet(text), app.find_packet_file(text, bytea), app.find_packet_files(text) to dot_app;
