-- server --
-- Which server it is, its clock, and whether it has TimescaleDB.
SELECT current_setting('server_version_num')::int AS version, clock_timestamp() AS now,
       (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale,
       (SELECT variant FROM vicino.installation) AS variant

-- roles --
-- Roles and logins of Vicino that go around row-level security or may make other roles, the administrator's login apart.
SELECT rolname AS name, rolsuper AS super, rolbypassrls AS bypass, rolcreaterole AS makes_roles FROM pg_roles
WHERE rolname LIKE 'vicino\_%%' AND rolname <> %(administrator)s AND (rolsuper OR rolbypassrls OR rolcreaterole)
ORDER BY 1

-- crossing --
-- Logins of the pages that can become the services, or the owner of the tables.
SELECT member.rolname AS name FROM pg_roles member
WHERE member.rolcanlogin AND NOT member.rolsuper AND pg_has_role(member.oid, 'vicino_people', 'MEMBER')
  AND (pg_has_role(member.oid, 'vicino_service', 'MEMBER') OR pg_has_role(member.oid, 'vicino_owner', 'MEMBER'))
ORDER BY 1

-- missing_roles --
-- Roles that the migrations make and that are not there.
SELECT wanted AS name FROM unnest(%(roles)s::text[]) wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) ORDER BY 1

-- unprotected --
-- Tables with an organisation whose row-level security is not switched on, or not for their owner.
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attname = 'organisation_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND n.nspname = ANY(%(schemas)s)
  AND (n.nspname, c.relname) <> ('registry', 'membership') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
UNION
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%(schemas)s) AND c.relrowsecurity AND NOT c.relforcerowsecurity
ORDER BY 1

-- without_policy --
-- Tables under row-level security that no policy lets anybody of the pages' role read, though it has a right to.
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%(schemas)s) AND c.relrowsecurity
  AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
ORDER BY 1

-- migrations --
-- The incremental files that were run.
SELECT folder, file, checksum FROM vicino.migration

-- connected --
-- Which services are connected to this database.
SELECT application_name AS name, count(*) AS connections FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'vicino %%' GROUP BY 1

-- room_for_connections --
-- How many connections there are, and how many there may be.
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS allowed

-- durable --
-- Settings of the server without which a commit may be lost when the machine fails.
SELECT name FROM pg_settings WHERE (name IN ('fsync', 'full_page_writes') AND setting = 'off')
    OR (name = 'synchronous_commit' AND setting = 'off') ORDER BY 1

-- rejected --
-- Readings that could not be stored since an instant, by reason.
SELECT reason, sum(records)::bigint AS records FROM ingest.reject
WHERE last_at >= %(since)s AND replayed_at IS NULL GROUP BY 1 ORDER BY 2 DESC

-- gateways --
-- Gateways that were not revoked and when they were last heard of, without the canary's.
SELECT gateway.key, coalesce(status.online, false) AS online, status.received_at AS heard_at, status.clock
FROM devices.gateway LEFT JOIN devices.enrolment USING (gateway_id) LEFT JOIN ingest.gateway_status status USING (gateway_id)
WHERE enrolment.revoked_at IS NULL AND gateway.organisation_id NOT IN (SELECT registry.canaries())
ORDER BY status.received_at NULLS FIRST

-- zones --
-- The time zones of homes, and what time each says it is at some instants.
SELECT zone, array_agg(to_char(instant AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI:SS') ORDER BY instant) AS said
FROM (SELECT DISTINCT timezone AS zone FROM registry.home) zones, unnest(%(instants)s::timestamptz[]) instant
GROUP BY 1 ORDER BY 1

-- people --
-- How many active accounts with a role there are, and how many people have an e-mail address.
SELECT (SELECT count(*) FROM registry.account WHERE active AND login <> %(canary)s AND EXISTS (
            SELECT FROM registry.membership WHERE membership.account_id = account.account_id)) AS accounts,
       (SELECT count(*) FROM registry.account WHERE active AND email <> '')
       + (SELECT count(*) FROM registry.contact WHERE email <> '') AS by_mail

-- staff --
-- By role how many accounts sign in by a password of ours, and how many of them have no second factor.
SELECT role, accounts, without FROM registry.without_second_factor()
