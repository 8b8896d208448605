-- What other systems sent and what assistants were told, kept for a while (ADR 16). Text is compared by bytes, as MongoDB does.
-- Not partitioned by time: a unique key would have to hold the time then, and idempotency rests on it.
create table event_documents (
  carrier_id uuid not null references carriers,
  kind text not null collate "C" check (kind ~ '^[a-z0-9_.]{1,64}$'),
  source_id text not null collate "C" check (length(source_id) between 1 and 200),
  at timestamptz not null,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  about jsonb not null default '{}',
  size int not null,
  body jsonb,  -- null is JSON's null
  raw bytea,
  primary key (carrier_id, kind, source_id)
);
create index event_documents_time on event_documents (carrier_id, kind, at desc, source_id desc);
create index event_documents_expiry on event_documents (expires_at);  -- for the sweep, which looks across carriers

-- A carrier's account at a telematics provider. `endpoint_key` is the last part of the address its events are sent to.
create table telematics_feeds (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  provider text not null check (provider in ('samsara', 'motive')),
  name text not null check (length(name) between 1 and 120),
  endpoint_key text not null unique check (length(endpoint_key) between 20 and 64),
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (carrier_id, id)
);

-- One row for each signing secret that is, or may be, in the secret store; it outlives its feed until the secret is gone.
-- moving: on its way in. current: of these a feed has one at most. previous: accepted until `until`. discarded: to be deleted.
create table telematics_secrets (
  carrier_id uuid not null references carriers,
  feed_id uuid not null,
  version int not null,
  state text not null default 'moving' check (state in ('moving', 'current', 'previous', 'discarded')),
  since timestamptz not null default now(),
  until timestamptz,
  primary key (carrier_id, feed_id, version),
  check ((state = 'previous') = (until is not null))
);
create unique index telematics_secrets_current on telematics_secrets (carrier_id, feed_id) where state = 'current';

do $$
declare t text;
begin
  foreach t in array array['event_documents', 'telematics_feeds', 'telematics_secrets'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update, delete on %I to dot_app, dot_worker', t);
  end loop;
  -- app.append_events alone writes, and app.sweep_events alone deletes.
  revoke insert, update, delete on event_documents from dot_app, dot_worker;
end $$;

-- Appends events of one carrier: [{kind, source_id, at, received_at, expires_at, about, size, body}], and their raw bytes in the
-- same order. Returns for each whether it is new. One that is there stays as it is, unless it has expired: then it is as good as
-- gone. For a webhook nobody has signed in, so no door is open; this writes one carrier's rows and shows none.
create function app.append_events(p_carrier uuid, p_documents jsonb, p_raw bytea[]) returns boolean[]
  language sql security definer set search_path = public, pg_temp as $$
  with sent as (
    select place, d ->> 'kind' as kind, d ->> 'source_id' as source_id, (d ->> 'at')::timestamptz as at,
        (d ->> 'received_at')::timestamptz as received_at, (d ->> 'expires_at')::timestamptz as expires_at, d -> 'about' as about,
        (d ->> 'size')::int as size, nullif(d -> 'body', 'null') as body, p_raw[place] as raw
      from jsonb_array_elements(p_documents) with ordinality x (d, place)),
  put as (
    insert into event_documents as had (carrier_id, kind, source_id, at, received_at, expires_at, about, size, body, raw)
    -- In one order, so that two batches with the same events never wait for each other in a circle.
    select p_carrier, kind, source_id, at, received_at, expires_at, about, size, body, raw from sent
     order by kind collate "C", source_id collate "C"
    on conflict (carrier_id, kind, source_id) do update set at = excluded.at, received_at = excluded.received_at,
      expires_at = excluded.expires_at, about = excluded.about, size = excluded.size, body = excluded.body, raw = excluded.raw
      where had.expires_at <= excluded.received_at
    returning kind, source_id)
  select coalesce(array_agg(put.kind is not null order by place), '{}')
    from sent left join put on put.kind = sent.kind and put.source_id = sent.source_id
$$;

-- Deletes up to p_most events that have expired; returns how many.
create function app.sweep_events(p_most int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v_gone int;
begin
  delete from event_documents where ctid in (select ctid from event_documents where expires_at <= now()
    order by expires_at limit p_most for update skip locked);
  get diagnostics v_gone = row_count;
  return v_gone;
end $$;

-- The feed of an address, and which of its secrets are good now. A webhook knows an address, not yet a carrier.
create function app.find_telematics_feed(p_provider text, p_key text)
  returns table (carrier_id uuid, id uuid, versions int[])
  language sql stable security definer set search_path = public, pg_temp as $$
  select f.carrier_id, f.id, coalesce(array_agg(s.version order by s.version desc) filter (where s.version is not null), '{}')
    from telematics_feeds f left join telematics_secrets s on s.carrier_id = f.carrier_id and s.feed_id = f.id
      and (s.state = 'current' or s.state = 'previous' and s.until > now())
   where f.endpoint_key = p_key and f.provider = p_provider group by 1, 2
$$;

revoke all on function app.append_events(uuid, jsonb, bytea[]), app.sweep_events(int), app.find_telematics_feed(text, text)
  from public;
grant execute on function app.append_events(uuid, jsonb, bytea[]) to dot_app, dot_worker, dot_gateway;
grant execute on function app.sweep_events(int) to dot_worker;
grant execute on function app.find_telematics_feed(text, text) to dot_app;
