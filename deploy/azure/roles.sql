-- The database's roles on Azure, once for each environment; safe to run again.
--
--   PGPASSWORD="$(az account get-access-token --resource-type oss-rdbms --query accessToken --output tsv)" \
--   psql "host=psql-NAME-ENV.postgres.database.azure.com dbname=postgres user=GROUP sslmode=verify-full sslrootcert=system" \
--     --set=identities='id-NAME-ENV id-NAME-ENV-slot' --file=deploy/azure/roles.sql
--
-- as a member of the group of administrators. The passwords come from the environment (DOT_OWNER_PASSWORD and so on), where the
-- pipeline puts what the vault has. Each identity gets a login that may take on the roles and do nothing else.
\set ON_ERROR_STOP on
\getenv owner_password DOT_OWNER_PASSWORD
\getenv app_password DOT_APP_PASSWORD
\getenv worker_password DOT_WORKER_PASSWORD
\getenv gateway_password DOT_GATEWAY_PASSWORD

select format('create role %I login nosuperuser nocreaterole nocreatedb', name)
from unnest(array['dot_owner', 'dot_app', 'dot_worker', 'dot_gateway']) as name
where not exists (select 1 from pg_roles where rolname = name) \gexec
alter role dot_owner password :'owner_password';
alter role dot_app password :'app_password';
alter role dot_worker password :'worker_password';
alter role dot_gateway password :'gateway_password';

revoke all on database dot_copilot from public;
grant all on database dot_copilot to dot_owner;
grant connect on database dot_copilot to dot_app, dot_worker, dot_gateway;

select format('select pgaadauth_create_principal(%L, false, false)', name)
from unnest(string_to_array(:'identities', ' ')) as name
where name <> '' and not exists (select 1 from pg_roles where rolname = name) \gexec
select format('grant dot_app, dot_worker, dot_gateway to %I with inherit false, set true', name)
from unnest(string_to_array(:'identities', ' ')) as name
where name <> '' \gexec
-- The role is taken on after the database has let the login in.
select format('grant connect on database dot_copilot to %I', name)
from unnest(string_to_array(:'identities', ' ')) as name
where name <> '' \gexec

\connect dot_copilot
grant all on schema public to dot_owner;
