#!/bin/sh
# Once, when the cluster is made: the login roles (none a superuser, none bypasses row-level security) and the database.
# psql reads the passwords from the secrets itself, so that none is on a command line.
set -eu
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set owner `cat /run/secrets/database_owner_password`
\set app `cat /run/secrets/database_app_password`
\set worker `cat /run/secrets/database_worker_password`
\set gateway `cat /run/secrets/database_gateway_password`
\set monitor `cat /run/secrets/database_monitor_password`
CREATE ROLE dot_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'owner';
CREATE ROLE dot_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'app';
CREATE ROLE dot_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'worker';
CREATE ROLE dot_gateway LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'gateway';
CREATE ROLE dot_monitor LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'monitor';
CREATE DATABASE dot_copilot OWNER dot_owner;
REVOKE ALL ON DATABASE dot_copilot, postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE dot_copilot TO dot_app, dot_worker, dot_gateway, dot_monitor;
-- Reads the server's statistics and settings, and not one row of a table.
GRANT pg_monitor TO dot_monitor;
SQL
