-- What a person's phone has sent: the phone names each piece of evidence itself, so that one it sends again, because no answer
-- reached it, is told and not recorded twice.
create table evidence_keys (
  carrier_id uuid not null,
  user_id uuid not null,
  sent_key uuid not null,
  evidence_id uuid,
  at timestamptz not null default now(),
  primary key (carrier_id, user_id, sent_key)
);
alter table evidence_keys enable row level security;
create policy tenant on evidence_keys to dot_app, dot_worker using (carrier_id = (select app.carrier()))
  with check (carrier_id = (select app.carrier()));
grant select, insert, update, delete on evidence_keys to dot_app, dot_worker;
