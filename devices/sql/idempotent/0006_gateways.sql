-- The gateway of a home, made if there is none: called after the home. Null where the viewer may not.
CREATE OR REPLACE FUNCTION devices.place_gateway(wanted_home uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands registry.home;
    found  text;
BEGIN
    SELECT * INTO stands FROM registry.home
    WHERE public_id = wanted_home AND devices.viewer_may_install(organisation_id) FOR UPDATE;
    SELECT key INTO found FROM devices.gateway WHERE home_id = stands.home_id ORDER BY gateway_id LIMIT 1;
    IF found IS NOT NULL OR stands.home_id IS NULL THEN
        RETURN found;
    END IF;
    -- Another home's gateway may be called so already: then a part of what no other home has is added.
    found := left('gw-' || lower(stands.key), 50);
    IF EXISTS (SELECT FROM devices.gateway WHERE key = found) THEN
        found := found || '-' || left(stands.public_id::text, 8);
    END IF;
    INSERT INTO devices.gateway (organisation_id, home_id, key) VALUES (stands.organisation_id, stands.home_id, found);
    RETURN found;
END
$$;

REVOKE ALL ON FUNCTION devices.place_gateway(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.place_gateway(uuid) TO vicino_people;
