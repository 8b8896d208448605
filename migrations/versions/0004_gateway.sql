-- The gateway (role dot_gateway) holds no table: it executes the functions at the end, and nothing else.

-- Every definition of a tool, resource or prompt ever offered, by the SHA-256 (hex) of its canonical form.
create table mcp_definitions (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  kind text not null,
  definition jsonb not null,
  first_seen_at timestamptz not null default now()
);

-- What each upstream offers now. `trust`: built-in (ours), baseline (this hash came with the release), none: a carrier's pin
-- decides. `baseline_hash` is what the release approves under this name, if anything: a changed tool, not a new one.
create table mcp_offered (
  upstream text not null,
  kind text not null,
  name text not null,
  hash text not null references mcp_definitions,
  scope text,
  trust text not null check (trust in ('built-in', 'baseline', 'none')),
  baseline_hash text,
  seen_at timestamptz not null default now(),
  primary key (upstream, kind, name)
);

-- A carrier's decision on exactly one definition under one name; a name approved with another hash is thereby not approved.
create table mcp_pins (
  carrier_id uuid not null references carriers,
  upstream text not null,
  kind text not null,
  name text not null,
  hash text not null references mcp_definitions,
  decision text not null default 'approved' check (decision in ('approved', 'rejected')),
  approved_by uuid not null,  -- who decided, either way
  approved_at timestamptz not null default now(),
  primary key (carrier_id, upstream, kind, name, hash),
  foreign key (carrier_id, approved_by) references users
);
alter table mcp_pins enable row level security;
create policy tenant on mcp_pins to dot_app, dot_worker using (carrier_id = (select app.carrier()))
  with check (carrier_id = (select app.carrier()));
grant select, insert, update, delete on mcp_pins to dot_app, dot_worker;

-- How each gateway process finds each upstream. Read mcp_upstream_health.
create table mcp_upstreams (
  name text not null,
  gateway text not null,
  state text not null check (state in ('ready', 'down', 'starting', 'off')),
  detail text not null default '',
  tools int not null default 0,
  checked_at timestamptz not null default now(),
  primary key (name, gateway)
);
-- One row an upstream: the worst of what the gateways said within three minutes; what was said last, if nobody did.
create view mcp_upstream_health as
  select distinct on (name) name, state, detail, tools, checked_at, gateway from mcp_upstreams
  order by name, checked_at < now() - interval '3 minutes',
    case when checked_at < now() - interval '3 minutes' then 0
      else array_position(array['down', 'starting', 'ready', 'off'], state) end, checked_at desc;
grant select on mcp_definitions, mcp_offered, mcp_upstreams, mcp_upstream_health to dot_app, dot_worker;

-- Calls of assistants in the audit log: each once, and the newest quickly.
create unique index audit_log_call on audit_log (carrier_id, (details ->> 'call')) where action = 'assistant.call';
create index audit_log_calls on audit_log (carrier_id, seq desc) where action = 'assistant.call';

-- Whether a session still stands, as app.enter asks, without entering.
create function app.standing(p_session uuid, p_version int) returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from sessions s join users u on u.carrier_id = s.carrier_id and u.id = s.user_id
    where s.id = p_session and s.revoked_at is null and s.expires_at > now()
      and u.disabled_at is null and u.token_version = p_version
      and (u.expires_on is null or u.expires_on >= current_date - 1))
$$;

-- Appends calls to the carrier's hash chain; a call that is there already is passed over, so a batch may be sent again.
-- p_calls: [{call, session, via, upstream, tool, started_at (epoch seconds), ...}]; what else there is goes to the details.
-- Returns how many were new. The actor is the session's user, whatever the gateway says. `at` is when the entry was written,
-- details.started_at when the call came.
create function app.audit_calls(p_carrier uuid, p_calls jsonb) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare v record; v_seq bigint; v_head bytea; v_hash bytea; v_at timestamptz; v_new int := 0;
begin
  -- Before the head of the chain is locked, in one order, and not at every call: nobody waits for nobody.
  with used as (
    select (c ->> 'session')::uuid as session, max(to_timestamp((c ->> 'started_at')::float8)) as at
      from jsonb_array_elements(p_calls) c group by 1),
  held as (
    select k.id, used.at from connections k join used on used.session = k.session_id
     where k.carrier_id = p_carrier and (k.last_used_at is null or k.last_used_at < used.at - interval '5 seconds')
     order by k.id for update of k)
  update connections k set last_used_at = held.at from held where k.carrier_id = p_carrier and k.id = held.id;

  insert into audit_heads (carrier_id) values (p_carrier) on conflict do nothing;
  select seq, hash into v_seq, v_head from audit_heads where carrier_id = p_carrier for update;
  for v in
    select one.user_id, coalesce(one.via, c ->> 'via', 'mcp') as via,
        left((c ->> 'upstream') || '/' || (c ->> 'tool'), 400) as subject,
        (c - array['carrier', 'session', 'via', 'end']) || jsonb_build_object('started_at',
          to_char(to_timestamp((c ->> 'started_at')::float8) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as details
      from jsonb_array_elements(p_calls) with ordinality x (c, place)
      left join sessions one on one.carrier_id = p_carrier and one.id = (c ->> 'session')::uuid
     order by place
  loop
    v_at := clock_timestamp();
    v_hash := app.audit_hash(v_head, v_seq + 1, v_at, v.user_id, v.via, 'assistant.call', 'tool', v.subject, v.details);
    -- A call that is there already leaves the chain as it is.
    insert into audit_log (carrier_id, seq, at, actor_id, via, action, subject_type, subject_id, details, hash)
      values (p_carrier, v_seq + 1, v_at, v.user_id, v.via, 'assistant.call', 'tool', v.subject, v.details, v_hash)
      on conflict (carrier_id, (details ->> 'call')) where action = 'assistant.call' do nothing;
    if found then
      v_seq := v_seq + 1;
      v_head := v_hash;
      v_new := v_new + 1;
    end if;
  end loop;
  update audit_heads set seq = v_seq, hash = v_head where carrier_id = p_carrier and v_new > 0;
  return v_new;
end $$;

-- What an upstream offers now: [{kind, name, hash, definition, scope, trust, baseline_hash}]. What it no longer offers is
-- forgotten after a day, so that two gateways that see it change one after the other don't fight.
create function app.offer_tools(p_upstream text, p_offered jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into mcp_definitions (hash, kind, definition)
    select distinct on (o ->> 'hash') o ->> 'hash', o ->> 'kind', o -> 'definition' from jsonb_array_elements(p_offered) o
     order by o ->> 'hash' on conflict do nothing;
  insert into mcp_offered as had (upstream, kind, name, hash, scope, trust, baseline_hash)
    select distinct on (o ->> 'kind', o ->> 'name') p_upstream, o ->> 'kind', o ->> 'name', o ->> 'hash', o ->> 'scope',
        o ->> 'trust', o ->> 'baseline_hash'
      from jsonb_array_elements(p_offered) o order by o ->> 'kind', o ->> 'name'
    on conflict (upstream, kind, name) do update set hash = excluded.hash, scope = excluded.scope, trust = excluded.trust,
      baseline_hash = excluded.baseline_hash, seen_at = now();
  delete from mcp_offered had where had.upstream = p_upstream and had.seen_at < now() - interval '1 day';
end $$;

-- The decisions of all carriers. It grows with what admins decide by hand, so it stays small.
create function app.pins() returns table (carrier_id uuid, upstream text, kind text, name text, hash text, decision text)
  language sql stable security definer set search_path = public, pg_temp as
$$ select p.carrier_id, p.upstream, p.kind, p.name, p.hash, p.decision from mcp_pins p $$;

create function app.report_upstream(p_name text, p_gateway text, p_state text, p_detail text, p_tools int) returns void
  language sql security definer set search_path = public, pg_temp as $$
  delete from mcp_upstreams where checked_at < now() - interval '1 day';
  insert into mcp_upstreams (name, gateway, state, detail, tools) values (p_name, p_gateway, p_state, left(p_detail, 500), p_tools)
    on conflict (name, gateway) do update set state = excluded.state, detail = excluded.detail, tools = excluded.tools,
      checked_at = now();
$$;

revoke all on function app.standing(uuid, int), app.audit_calls(uuid, jsonb), app.offer_tools(text, jsonb), app.pins(),
  app.report_upstream(text, text, text, text, int) from public;
grant usage on schema app to dot_gateway;
grant execute on function app.standing(uuid, int), app.audit_calls(uuid, jsonb), app.offer_tools(text, jsonb), app.pins(),
  app.report_upstream(text, text, text, text, int) to dot_gateway;
