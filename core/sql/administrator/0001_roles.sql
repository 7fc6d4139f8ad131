-- The roles of Vicino and the table of applied migrations. Roles belong to the whole server, so two databases of
-- one server may make them at the same moment: whoever comes second finds them there.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['vicino_owner', 'vicino_service', 'vicino_people', 'vicino_views'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                -- The owner of a hypertable must be able to log in, or TimescaleDB's background jobs do not run.
                EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', wanted,
                               CASE wanted WHEN 'vicino_owner' THEN 'LOGIN' ELSE 'NOLOGIN' END);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
    -- The administrator hands objects over to these roles.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT vicino_owner, vicino_views TO %I', current_user);
    END IF;
    -- The owner hands over views: to the role that is filtered, and the figures of ingest to the services, because only
    -- the owner of a continuous aggregate may refresh it.
    FOREACH wanted IN ARRAY ARRAY['vicino_views', 'vicino_service'] LOOP
        IF NOT pg_has_role('vicino_owner', wanted, 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT %I TO vicino_owner', wanted);
            EXCEPTION WHEN unique_violation OR duplicate_object THEN NULL;
            END;
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA IF NOT EXISTS vicino AUTHORIZATION vicino_owner;

CREATE TABLE IF NOT EXISTS vicino.installation (
    one         boolean PRIMARY KEY DEFAULT true CHECK (one),
    public_id   uuid NOT NULL DEFAULT gen_random_uuid(),
    variant     text NOT NULL CHECK (variant IN ('plain', 'timescale')),
    made_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS vicino.migration (
    folder      text NOT NULL,
    file        text NOT NULL,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (folder, file)
);

ALTER TABLE vicino.installation OWNER TO vicino_owner;
ALTER TABLE vicino.migration OWNER TO vicino_owner;
GRANT USAGE ON SCHEMA vicino TO vicino_service, vicino_people, vicino_views;
GRANT SELECT ON vicino.installation, vicino.migration TO vicino_service;
