-- What Grafana signs in as, and the schema of the views that it sees: nothing in it names anybody.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vicino_grafana') THEN
        CREATE ROLE vicino_grafana NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
CREATE SCHEMA IF NOT EXISTS grafana AUTHORIZATION vicino_owner;
