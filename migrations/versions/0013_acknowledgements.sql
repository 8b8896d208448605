-- What a carrier has its drivers acknowledge, such as the receipt of its drug and alcohol policy (49 CFR 382.601). A signature is
-- evidence like any other: its details name the form, the version and the digest of the text that was signed.
create table acknowledgement_forms (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  requirement text not null,
  version int not null default 1,
  ask_from int not null default 1,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  primary key (carrier_id, id)
);
-- Whatever was ever signed can be read again: versions are added, never changed.
create table acknowledgement_texts (
  carrier_id uuid not null,
  form_id uuid not null,
  version int not null,
  words jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (carrier_id, form_id, version),
  foreign key (carrier_id, form_id) references acknowledgement_forms
);
create index evidence_acknowledged on evidence (carrier_id, (details -> 'acknowledgement' ->> 'form'))
  where details ? 'acknowledgement';
do $$
declare t text;
begin
  foreach t in array array['acknowledgement_forms', 'acknowledgement_texts'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
  end loop;
end $$;
grant select, insert, update on acknowledgement_forms to dot_app, dot_worker;
grant select, insert on acknowledgement_texts to dot_app, dot_worker;
