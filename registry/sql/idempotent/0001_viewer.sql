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

-- Whether the viewer, as an operator, looks after some homes only.
CREATE OR REPLACE FUNCTION registry.viewer_has_caseload() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.caseload WHERE account_id = registry.viewer_account())
$$;

-- What each role may see, by the sort of data (`sight`):
--   place    homes, rooms, gateways, devices and how they stand: whoever installs, administers or cares
--   people   who lives there and whom to call, consents: whoever administers or cares
--   life     how they live: days, nights, findings, alerts, readings: whoever cares, which is operators and coordinators
--   care     how alerts are worked on (policies, shifts, who was told), of the organisation as a whole: whoever cares
--   administration   what was changed: whoever administers
CREATE OR REPLACE FUNCTION registry.sees(role text, sight text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE sight
        WHEN 'place' THEN role IN ('operator', 'coordinator', 'installer', 'administrator')
        WHEN 'people' THEN role IN ('operator', 'coordinator', 'administrator')
        WHEN 'life' THEN role IN ('operator', 'coordinator')
        WHEN 'care' THEN role IN ('operator', 'coordinator')
        WHEN 'administration' THEN role = 'administrator'
        ELSE false
    END
$$;

-- The organisations of which the viewer sees a sort of data.
CREATE OR REPLACE FUNCTION registry.viewer_organisations(sight text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM registry.viewer_roles() WHERE registry.sees(role, sight)
$$;

-- Those of which the viewer sees it of every home: an operator with a caseload does not.
CREATE OR REPLACE FUNCTION registry.viewer_whole_organisations(sight text) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM registry.viewer_roles()
    WHERE registry.sees(role, sight) AND (role <> 'operator' OR NOT registry.viewer_has_caseload())
$$;

-- The homes of the viewer's caseload, as far as the viewer is an operator of their organisations still.
CREATE OR REPLACE FUNCTION registry.viewer_caseload() RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT home.home_id FROM registry.caseload_home JOIN registry.home USING (home_id)
    WHERE account_id = registry.viewer_account()
        AND home.organisation_id IN (SELECT organisation_id FROM registry.viewer_roles() WHERE role = 'operator')
$$;

-- What decides which rows an account sees, as one word: accounts of which it is the same see the same rows. All policies rest on it: the
-- roles with the organisations below, and the caseload. Whoever was the viewer is so afterwards.
CREATE OR REPLACE FUNCTION registry.sight_of(wanted int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    viewer   text := current_setting('vicino.account', true);
    roles    text;
    caseload text := 'all homes';
BEGIN
    PERFORM set_config('vicino.account', wanted::text, true);
    SELECT string_agg(organisation_id || ' ' || role, ',' ORDER BY organisation_id, role) INTO roles FROM registry.viewer_roles();
    IF registry.viewer_has_caseload() THEN
        SELECT string_agg(home_id::text, ',' ORDER BY home_id) INTO caseload FROM registry.viewer_caseload() AS home_id;
    END IF;
    PERFORM set_config('vicino.account', coalesce(viewer, ''), true);
    RETURN encode(sha256(convert_to(coalesce(roles, '') || ';' || coalesce(caseload, 'none'), 'UTF8')), 'hex');
END
$$;

-- Whoever answers for the people of an organisation acts on its alerts; whoever installs or administers does not. A caseload does not
-- count here: help for a home must not depend on whose it is.
CREATE OR REPLACE FUNCTION registry.viewer_may_act(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.viewer_roles() WHERE organisation_id = wanted AND registry.sees(role, 'care'))
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
    SELECT account_id, name, password_hash, language FROM registry.account
    WHERE login = lower(wanted) AND active AND NOT by_provider_only
$$;
REVOKE ALL ON FUNCTION registry.viewer_roles(), registry.viewer_organisations(), registry.viewer_may_act(int),
    registry.account_for_login(text), registry.viewer_has_caseload(), registry.viewer_organisations(text),
    registry.viewer_whole_organisations(text), registry.viewer_caseload(), registry.sight_of(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_roles(), registry.viewer_may_act(int), registry.viewer_has_caseload(),
    registry.sight_of(int) TO vicino_people;
GRANT EXECUTE ON FUNCTION registry.viewer_organisations(), registry.viewer_organisations(text),
    registry.viewer_whole_organisations(text), registry.viewer_caseload() TO vicino_people, vicino_views, vicino_service;
GRANT EXECUTE ON FUNCTION registry.account_for_login(text) TO vicino_people, vicino_service;

-- One rule for every table that has an organisation: people, and the views made for them, see the rows of which their roles show
-- them that sort of data; the services and the owner see all. Where a row belongs to a home, an operator with a caseload sees it if
-- the home is in it (or if something has just happened there: `alerts` adds that); where it belongs to a person, if they see the person.
-- `to_views` is the sort for views of readings, where it is another one. What belongs to a home goes with it when the home goes to
-- another organisation.
DROP FUNCTION IF EXISTS registry.protect(regclass);
CREATE OR REPLACE FUNCTION registry.protect(relation regclass, sight text, to_views text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    has_home   boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'home_id' AND NOT attisdropped);
    has_person boolean := EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation AND attname = 'person_id' AND NOT attisdropped);
    wanted     record;
    rows       text;
BEGIN
    IF sight NOT IN ('organisation', 'place', 'people', 'life', 'care', 'administration') THEN
        RAISE EXCEPTION 'There is no sort of data %', sight;
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format('DROP POLICY IF EXISTS service_sees_all ON %s', relation);
    EXECUTE format('CREATE POLICY service_sees_all ON %s TO vicino_service, vicino_owner USING (true) WITH CHECK (true)', relation);
    FOR wanted IN SELECT * FROM (VALUES ('viewer_sees_own', 'vicino_people', sight),
                                        ('views_see_own', 'vicino_views', coalesce(to_views, sight))) AS each (policy, who, sort) LOOP
        rows := CASE
            WHEN wanted.sort = 'organisation' THEN 'organisation_id IN (SELECT registry.viewer_organisations())'
            WHEN wanted.sort IN ('place', 'people', 'life') AND has_home THEN
                format('organisation_id IN (SELECT registry.viewer_whole_organisations(%L))'
                       ' OR home_id IN (SELECT registry.viewer_caseload())', wanted.sort)
            WHEN wanted.sort = 'people' AND has_person THEN 'person_id IN (SELECT person.person_id FROM registry.person)'
            ELSE format('organisation_id IN (SELECT registry.viewer_organisations(%L))', wanted.sort)
        END;
        EXECUTE format('DROP POLICY IF EXISTS %I ON %s', wanted.policy, relation);
        EXECUTE format('CREATE POLICY %I ON %s TO %I USING (%s) WITH CHECK (%s)', wanted.policy, relation, wanted.who, rows, rows);
    END LOOP;
    IF has_home AND relation <> 'registry.home'::regclass
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND conname = 'follows_home') THEN
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT follows_home FOREIGN KEY (home_id, organisation_id)'
                       ' REFERENCES registry.home (home_id, organisation_id) ON UPDATE CASCADE', relation);
    END IF;
END
$$;

SELECT registry.protect('registry.organisation', 'organisation');
SELECT registry.protect('registry.home', 'place', to_views => 'life');
SELECT registry.protect('registry.room', 'place');
SELECT registry.protect('registry.person', 'people');
SELECT registry.protect('registry.contact', 'people');

GRANT USAGE ON SCHEMA registry TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA registry TO vicino_service;
GRANT SELECT ON registry.organisation, registry.home, registry.room, registry.person, registry.contact
    TO vicino_people, vicino_views;

-- People see their own account, and nothing of anybody's password.
CREATE OR REPLACE VIEW registry.own_account WITH (security_barrier) AS
    SELECT account_id, login, name, email, language
    FROM registry.account WHERE account_id = registry.viewer_account() AND active;
GRANT SELECT ON registry.own_account TO vicino_people;

-- The homes of whose people the viewer may see how they live. It belongs to a role that is filtered by that.
GRANT CREATE ON SCHEMA registry TO vicino_views;
DO $$ BEGIN
    IF to_regclass('registry.cared_home') IS NOT NULL THEN
        ALTER VIEW registry.cared_home OWNER TO vicino_owner;
    END IF;
END $$;
CREATE OR REPLACE VIEW registry.cared_home WITH (security_barrier) AS SELECT home_id, public_id, organisation_id FROM registry.home;
ALTER VIEW registry.cared_home OWNER TO vicino_views;
GRANT SELECT ON registry.cared_home TO vicino_people, vicino_owner;
