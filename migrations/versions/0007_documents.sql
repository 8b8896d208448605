-- Uploads in parts, previews, what bulk uploads hold, requests for documents, legal holds, and records that were purged (ADR 24).

-- A file on its way in. Its parts lie in the store as blocks of `blob_name`; nobody but its owner may touch it. `scanned`: the
-- virus scanner has had its say already. `used`: it became the document `document_id`, once.
create table uploads (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  file_name text not null,
  size bigint not null check (size > 0),
  part_size int not null check (part_size > 0),
  state text not null default 'open' check (state in ('open', 'checking', 'ready', 'refused', 'used')),
  blob_name text not null,
  media_type text,
  sha256 bytea,
  scanned boolean not null default false,
  refusal text,
  preview_pages int,
  document_id uuid,
  evidence_id uuid,
  created_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  primary key (carrier_id, id)
);
create index uploads_touched on uploads (carrier_id, touched_at);

create table upload_parts (
  carrier_id uuid not null,
  upload_id uuid not null,
  part int not null check (part > 0),
  size int not null,
  sha256 bytea not null,
  primary key (carrier_id, upload_id, part),
  foreign key (carrier_id, upload_id) references uploads on delete cascade
);

-- `preview_pages`: null before the worker has looked, 0 when there is nothing to show. `restricted`: of the file of 391.53.
-- A purged document keeps its row, and its evidence; its bytes are gone.
alter table documents
  add column restricted boolean not null default false,
  add column preview_pages int,
  add column rejected_because text,
  add column purged_at timestamptz,
  add column purged_by uuid,
  add column purge_reason text;
create index documents_sha256 on documents (carrier_id, driver_id, sha256);

-- What waits for a review, oldest first.
create index evidence_pending on evidence (carrier_id, recorded_at, id) where review = 'pending' and voided_at is null;

create table document_requests (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  requirement text not null,
  note text not null default '' check (length(note) <= 1000),
  due_on date,
  state text not null default 'open' check (state in ('open', 'fulfilled', 'cancelled')),
  asked_by uuid,
  asked_at timestamptz not null default now(),
  settled_at timestamptz,
  settled_by uuid,
  evidence_id uuid,
  primary key (carrier_id, id),
  foreign key (carrier_id, driver_id) references drivers,
  foreign key (carrier_id, evidence_id) references evidence
);
create unique index document_requests_open on document_requests (carrier_id, driver_id, requirement) where state = 'open';
create index document_requests_driver on document_requests (carrier_id, driver_id, asked_at desc);

-- A legal hold on a driver's whole file, or on one document of it. Lifted, never deleted.
create table legal_holds (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  driver_id uuid not null,
  document_id uuid,
  reason text not null check (length(reason) between 3 and 1000),
  set_by uuid,
  set_at timestamptz not null default now(),
  lifted_at timestamptz,
  lifted_by uuid,
  lift_reason text,
  primary key (carrier_id, id),
  foreign key (carrier_id, driver_id) references drivers,
  foreign key (carrier_id, document_id) references documents
);
create unique index legal_holds_standing on legal_holds (carrier_id, driver_id, coalesce(document_id, '00000000-0000-0000-0000-000000000000'))
  where lifted_at is null;

-- Many scans at once. An item is an upload, what we think it is, and what the person at work has entered so far.
create table bulk_batches (
  carrier_id uuid not null references carriers,
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (carrier_id, id)
);

create table bulk_items (
  carrier_id uuid not null,
  id uuid not null default gen_random_uuid(),
  batch_id uuid not null,
  number int not null,
  upload_id uuid not null,
  file_name text not null,
  state text not null default 'reading' check (state in ('reading', 'waiting', 'done', 'left_out', 'refused')),
  found jsonb not null default '{}',
  draft jsonb not null default '{}',
  refusal text,
  driver_id uuid,
  evidence_id uuid,
  settled_at timestamptz,
  primary key (carrier_id, id),
  unique (carrier_id, batch_id, number),
  unique (carrier_id, batch_id, upload_id),
  foreign key (carrier_id, batch_id) references bulk_batches
);
comment on column bulk_items.upload_id is 'No foreign key: an upload that was refused or left out is forgotten, the item is not.';

do $$
declare t text;
begin
  foreach t in array array['uploads', 'upload_parts', 'document_requests', 'legal_holds', 'bulk_batches', 'bulk_items'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy tenant on %I to dot_app, dot_worker using (carrier_id = (select app.carrier()))
      with check (carrier_id = (select app.carrier()))', t);
    execute format('grant select, insert, update on %I to dot_app, dot_worker', t);
  end loop;
  grant delete on uploads, upload_parts to dot_app, dot_worker;
end $$;
