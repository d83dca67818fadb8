#!/bin/sh
# Two roles and the database: the owner makes and changes tables, the portal reads and writes rows.
# Run as the superuser (postgres); asks for OWNER_PASSWORD and PORTAL_PASSWORD in the environment.
set -eu
: "${OWNER_PASSWORD:?}" "${PORTAL_PASSWORD:?}"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv portal_password PORTAL_PASSWORD
CREATE ROLE smartregion_owner LOGIN CREATEDB PASSWORD :'owner_password';
GRANT pg_read_all_settings TO smartregion_owner;  -- doctor asks on which disk the server's files lie
CREATE ROLE smartregion LOGIN PASSWORD :'portal_password';
CREATE DATABASE smartregion OWNER smartregion_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE smartregion FROM PUBLIC;
GRANT CONNECT ON DATABASE smartregion TO smartregion;
\connect smartregion
GRANT USAGE ON SCHEMA public TO smartregion;
ALTER DEFAULT PRIVILEGES FOR ROLE smartregion_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO smartregion;
ALTER DEFAULT PRIVILEGES FOR ROLE smartregion_owner GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO smartregion;
ALTER DEFAULT PRIVILEGES FOR ROLE smartregion_owner GRANT USAGE ON SCHEMAS TO smartregion;
SQL
