-- organisation --
-- The organisation of a key.
SELECT organisation_id FROM registry.organisation WHERE key = %(key)s

-- organisations --
-- The keys of all organisations, so that one can be chosen.
SELECT key FROM registry.organisation WHERE kind <> 'canary' ORDER BY key

-- admit --
-- A login sees an organisation and all below it, or all of them.
INSERT INTO dashboards.grafana_reader (login, organisation_id) VALUES (%(login)s, %(organisation)s)
ON CONFLICT (login) DO UPDATE SET organisation_id = excluded.organisation_id

-- become_owner --
-- Acts as the owner of the tables until the transaction ends.
SET LOCAL ROLE vicino_owner

-- bound --
-- What the login begins every session with: it writes nothing, and nothing that it asks takes long.
ALTER ROLE {login} SET statement_timeout = '20s';
ALTER ROLE {login} SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE {login} SET default_transaction_read_only = on;
ALTER ROLE {login} CONNECTION LIMIT 10;

-- serves_otherwise --
-- Whether a login is there that does more than to read as Grafana: one of the services, an administrator's.
SELECT FROM pg_roles AS login
WHERE rolname = %(login)s AND (rolsuper OR rolcreaterole OR EXISTS (
    SELECT FROM pg_auth_members JOIN pg_roles AS role ON role.oid = roleid WHERE member = login.oid AND role.rolname <> %(role)s))
