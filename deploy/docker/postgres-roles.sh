#!/bin/sh
# The login roles (none a superuser, none bypasses row-level security) and the database. Run when the cluster is made, and again
# after an upgrade that brings a role: it may be repeated.
# psql reads the passwords from the secrets itself, so that none is on a command line.
set -eu
PGPASSWORD=${PGPASSWORD:-$(cat /run/secrets/database_superuser_password)}
export PGPASSWORD
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner `cat /run/secrets/database_owner_password`
\set app `cat /run/secrets/database_app_password`
\set worker `cat /run/secrets/database_worker_password`
\set gateway `cat /run/secrets/database_gateway_password`
\set monitor `cat /run/secrets/database_monitor_password`
SELECT 'CREATE ROLE ' || name FROM unnest(ARRAY['dot_owner', 'dot_app', 'dot_worker', 'dot_gateway', 'dot_monitor']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE dot_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'owner';
ALTER ROLE dot_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'app';
ALTER ROLE dot_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'worker';
ALTER ROLE dot_gateway LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'gateway';
ALTER ROLE dot_monitor LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'monitor';
SELECT 'CREATE DATABASE dot_copilot OWNER dot_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'dot_copilot') \gexec
REVOKE ALL ON DATABASE dot_copilot, postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE dot_copilot TO dot_app, dot_worker, dot_gateway, dot_monitor;
-- Reads the server's statistics and settings, and not one row of a table.
GRANT pg_monitor TO dot_monitor;
SQL
