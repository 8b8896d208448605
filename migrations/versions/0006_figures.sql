-- How many drivers have each of the keys (features/compliance/projection_codes) today, over all carriers; for the worker's figures,
-- which tell numbers and nobody. "Today" is the carrier's own: a terminal two zones away is counted a few hours early or late.
-- It adds what the calendar of each carrier says of the blocks before today and of what waits to be folded, as the duty board does.
create function app.count_drivers(p_keys int[]) returns table (key int, drivers int)
  language sql stable security definer set search_path = public, pg_temp as $$
  with days as materialized (
    select id as carrier_id, (now() at time zone default_time_zone)::date - date '1898-12-31' as day from carriers),
  changes as (
    select u.point >> 7 as key, u.delta from days d
      join duty_calendar c on c.carrier_id = d.carrier_id and c.part = 'c' and c.grain = 2 and c.slot = 0,
      unnest(c.points, c.deltas) as u (point, delta) where (u.point & 127) < d.day >> 10
    union all
    select u.point >> 7, u.delta from days d
      join duty_calendar c on c.carrier_id = d.carrier_id and c.part = 'c' and c.grain = 1 and c.slot = d.day >> 10,
      unnest(c.points, c.deltas) as u (point, delta) where (u.point & 127) < ((d.day >> 5) & 31)
    union all
    select u.point >> 7, u.delta from days d
      join duty_calendar c on c.carrier_id = d.carrier_id and c.part = 'c' and c.grain = 0 and c.slot = d.day >> 5,
      unnest(c.points, c.deltas) as u (point, delta) where (u.point & 127) <= (d.day & 31)
    union all
    select abs(point) >> 17, (point >> 31) | 1 from days d
      join duty_pending p on p.carrier_id = d.carrier_id, unnest(p.changes) as point where (abs(point) & 131071) <= d.day)
  select key, sum(delta)::int from changes where key = any (p_keys) group by key
$$;

revoke all on function app.count_drivers(int[]) from public;
grant execute on function app.count_drivers(int[]) to dot_worker;
