-- Who may see what could not be stored: whoever is in charge of devices (installers, coordinators and administrators) sees
-- what the registered gateways of their organisations sent. What an unregistered sender sent belongs to no organisation
-- and may tell of anybody: only who administers every organisation at the top of the tree sees it.
CREATE OR REPLACE FUNCTION ingest.viewer_gateways_in_charge() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT key FROM devices.gateway WHERE organisation_id IN (
        SELECT organisation_id FROM registry.viewer_roles() WHERE role IN ('installer', 'coordinator', 'administrator')
    )
$$;

CREATE OR REPLACE FUNCTION ingest.viewer_administers_all() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) > 0 AND count(*) = count(*) FILTER (WHERE organisation_id IN (
        SELECT organisation_id FROM registry.viewer_roles() WHERE role = 'administrator'
    ))
    FROM registry.organisation WHERE parent_id IS NULL
$$;

CREATE OR REPLACE FUNCTION ingest.viewer_may_see_rejects() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.viewer_roles() WHERE role IN ('installer', 'coordinator', 'administrator')
    )
$$;

DO $$
DECLARE
    relation text;
    sender   text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['reject', 'reject_gone', 'replay_request'] LOOP
        sender := CASE relation WHEN 'reject_gone' THEN 'source' ELSE 'gateway_key' END;
        EXECUTE format('ALTER TABLE ingest.%I ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('ALTER TABLE ingest.%I FORCE ROW LEVEL SECURITY', relation);
        EXECUTE format('DROP POLICY IF EXISTS service_sees_all ON ingest.%I', relation);
        EXECUTE format('CREATE POLICY service_sees_all ON ingest.%I TO vicino_service, vicino_owner'
                       ' USING (true) WITH CHECK (true)', relation);
        EXECUTE format('DROP POLICY IF EXISTS viewer_in_charge ON ingest.%I', relation);
        EXECUTE format('CREATE POLICY viewer_in_charge ON ingest.%I FOR SELECT TO vicino_people USING ('
                       ' %I IN (SELECT ingest.viewer_gateways_in_charge())'
                       ' OR (SELECT ingest.viewer_administers_all()))', relation, sender);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.reject_room, ingest.reject_gone, ingest.replay_request TO vicino_service;
GRANT SELECT ON ingest.reject, ingest.reject_gone, ingest.replay_request TO vicino_people;

-- Writes down that the viewer wants rejects tried again, and tells the ingest processes. False where the viewer may not
-- see what is to be tried again, or there is nothing.
CREATE OR REPLACE FUNCTION ingest.request_replay(wanted bigint, with_its_group boolean, asked_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found ingest.reject;
BEGIN
    SELECT * INTO found FROM ingest.reject
    WHERE reject_id = wanted AND replayed_at IS NULL AND gateway_key IS NOT NULL
      AND (gateway_key IN (SELECT ingest.viewer_gateways_in_charge()) OR ingest.viewer_administers_all());
    IF found.reject_id IS NULL THEN
        RETURN false;
    END IF;
    INSERT INTO ingest.replay_request (gateway_key, reason, reject_id, requested_by, requested_at)
    VALUES (found.gateway_key, found.reason, CASE WHEN NOT with_its_group THEN wanted END, registry.viewer_account(), asked_at)
    ON CONFLICT DO NOTHING;
    PERFORM pg_notify('vicino_replay', '');
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION ingest.viewer_gateways_in_charge(), ingest.viewer_administers_all(),
    ingest.viewer_may_see_rejects(), ingest.request_replay(bigint, boolean, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.viewer_gateways_in_charge(), ingest.viewer_administers_all(),
    ingest.viewer_may_see_rejects(), ingest.request_replay(bigint, boolean, timestamptz) TO vicino_people;
