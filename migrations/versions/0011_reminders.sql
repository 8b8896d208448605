-- When whom to remind of what: days before the last day, per requirement ('*': every other one) and role; -1: it has run out.
create table reminder_rules (
  carrier_id uuid not null references carriers,
  requirement text not null,
  role text not null check (role in ('driver', 'safety_manager', 'supervisor', 'admin', 'coach')),
  steps int[] not null check (steps <@ array[90, 60, 30, 14, 7, -1]),
  primary key (carrier_id, requirement, role)
);
-- A person's own wishes, and the day (where they are) up to which they have been looked at.
create table reminder_people (
  carrier_id uuid not null,
  user_id uuid not null,
  by_mail boolean not null default true,
  planned_on date,
  primary key (carrier_id, user_id),
  foreign key (carrier_id, user_id) references users
);
-- What each person was reminded of: once per driver, requirement, last day and step, however often the planner runs.
create table reminders (
  carrier_id uuid not null,
  user_id uuid not null,
  driver_id uuid not null,
  requirement text not null,
  due_on date not null,
  step int not null,
  at timestamptz not null default now(),
  primary key (carrier_id, user_id, driver_id, requirement, due_on, step)
);
create index reminders_old on reminders (due_on);
-- What a person sees in the application: one a day, with everything in it.
create table notices (
  carrier_id uuid not null,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  on_day date not null,
  items jsonb not null,
  total int not null,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  primary key (carrier_id, id),
  unique (carrier_id, user_id, on_day)
);
do $$
declare t text;
begin
  foreach t in array array['reminder_rules', 'reminder_people', 'reminders', 'notices'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update, delete on %I to dot_app, dot_worker', t);
  end loop;
end $$;
