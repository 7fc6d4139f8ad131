-- What the account that looks may see: its organisations and all below them. Empty where nobody is known to look.
CREATE OR REPLACE FUNCTION registry.viewer_account() RETURNS int
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('vicino.account', true), '')::int
$$;

CREATE OR REPLACE FUNCTION registry.viewer_roles() RETURNS TABLE (organisation_id int, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    WITH RECURSIVE seen AS (
        SELECT membership.organisation_id, membership.role
        FROM registry.membership
        JOIN registry.account USING (account_id)
        WHERE account.account_id = registry.viewer_account() AND account.active
        UNION
        SELECT child.organisation_id, seen.role
        FROM registry.organisation child
        JOIN seen ON child.parent_id = seen.organisation_id
    )
    SELECT organisation_id, role FROM seen
$$;

-- Researchers work on pseudonymised exports: their role alone shows no row that names or describes anybody.
CREATE OR REPLACE FUNCTION registry.viewer_organisations() RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM registry.viewer_roles() WHERE role <> 'researcher'
$$;

-- Whoever answers for the people of an organisation acts on its alerts; whoever installs or administers does not.
CREATE OR REPLACE FUNCTION registry.viewer_may_act(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.viewer_roles() WHERE organisation_id = wanted AND role IN ('operator', 'coordinator')
    )
$$;

-- The organisation of test calls, which no count and no analysis knows.
CREATE OR REPLACE FUNCTION registry.canaries() RETURNS SETOF int
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT organisation_id FROM registry.organisation WHERE kind = 'canary'
$$;

-- What sign-in needs, and only for one login.
CREATE OR REPLACE FUNCTION registry.account_for_login(wanted text)
RETURNS TABLE (account_id int, name text, password_hash text, language text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT account_id, name, password_hash, language FROM registry.account WHERE login = lower(wanted) AND active
$$;
REVOKE ALL ON FUNCTION registry.viewer_roles(), registry.viewer_organisations(), registry.viewer_may_act(int),
    registry.account_for_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_roles(), registry.viewer_may_act(int) TO vicino_people;
GRANT EXECUTE ON FUNCTION registry.viewer_organisations() TO vicino_people, vicino_views, vicino_service;
GRANT EXECUTE ON FUNCTION registry.account_for_login(text) TO vicino_people, vicino_service;

-- One rule for every table that has an organisation: people (and the views made for them) see the rows of the
-- organisations of the viewer; the services and the owner see all. What belongs to a home goes with it when the home
-- goes to another organisation.
CREATE OR REPLACE FUNCTION registry.protect(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('DROP POLICY IF EXISTS service_sees_all ON %s', relation);
    EXECUTE format('CREATE POLICY service_sees_all ON %s TO vicino_service, vicino_owner USING (true) WITH CHECK (true)', relation);
    EXECUTE format('DROP POLICY IF EXISTS viewer_sees_own ON %s', relation);
    EXECUTE format('CREATE POLICY viewer_sees_own ON %s TO vicino_people, vicino_views'
                   ' USING (organisation_id IN (SELECT registry.viewer_organisations()))'
                   ' WITH CHECK (organisation_id IN (SELECT registry.viewer_organisations()))', relation);
    IF relation <> 'registry.home'::regclass
       AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'home_id' AND NOT attisdropped)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND conname = 'follows_home') THEN
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT follows_home FOREIGN KEY (home_id, organisation_id)'
                       ' REFERENCES registry.home (home_id, organisation_id) ON UPDATE CASCADE', relation);
    END IF;
END
$$;

SELECT registry.protect('registry.organisation');
SELECT registry.protect('registry.home');
SELECT registry.protect('registry.room');
SELECT registry.protect('registry.person');
SELECT registry.protect('registry.contact');

GRANT USAGE ON SCHEMA registry TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA registry TO vicino_service;
GRANT SELECT ON registry.organisation, registry.home, registry.room, registry.person, registry.contact
    TO vicino_people, vicino_views;

-- People see their own account, and nothing of anybody's password.
CREATE OR REPLACE VIEW registry.own_account WITH (security_barrier) AS
    SELECT account_id, login, name, email, language
    FROM registry.account WHERE account_id = registry.viewer_account() AND active;
GRANT SELECT ON registry.own_account TO vicino_people;
