DROP FUNCTION IF EXISTS alerts.announce_test(uuid, timestamptz, timestamptz);

-- Announces tests of these quantities of a device, or of any device of the home, unless a call for help of the home is open:
-- then somebody may really need help, and nothing is returned. One that waits already lasts longer.
CREATE OR REPLACE FUNCTION alerts.write_test(wanted_home int, wanted_device int, wanted smallint[], acted_at timestamptz,
                                             lasts_until timestamptz, said_by text) RETURNS SETOF alerts.test_alarm
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM alerts.alert WHERE home_id = wanted_home AND family = 'safety' AND state <> 'resolved') THEN
        RETURN;
    END IF;
    UPDATE alerts.test_alarm SET ended_at = ends_at
    WHERE home_id = wanted_home AND pressed_at IS NULL AND ended_at IS NULL AND ends_at <= acted_at;
    RETURN QUERY
    INSERT INTO alerts.test_alarm AS waits (organisation_id, home_id, device_id, quantity_id, started_at, ends_at, started_by_name)
    SELECT organisation_id, home_id, wanted_device, quantity_id, acted_at, lasts_until, said_by
    FROM registry.home, unnest(wanted) AS quantity_id
    WHERE home_id = wanted_home
    ON CONFLICT (home_id, quantity_id, coalesce(device_id, 0)) WHERE pressed_at IS NULL AND ended_at IS NULL
    DO UPDATE SET ends_at = greatest(waits.ends_at, excluded.ends_at)
    RETURNING waits.*;
END
$$;

-- The home in which the viewer may announce tests, being one who installs or answers there; null for any other.
CREATE OR REPLACE FUNCTION alerts.home_to_test(wanted_home uuid) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT home_id FROM registry.home
    WHERE public_id = wanted_home
      AND (registry.viewer_may_act(organisation_id) OR devices.viewer_may_install(organisation_id))
$$;

-- Announces for the viewer that a device is about to be tried. `seen` is the latest test of it that they have seen: what they
-- asked for while they did not know of a later one is not done again. Returns what came of it: 'announced', 'changed' (there
-- was a later one, which is over), 'open' (somebody may need help), or null where the viewer may not or nothing of it calls.
CREATE OR REPLACE FUNCTION alerts.announce_test(wanted_home uuid, wanted_device int, calls smallint[], seen bigint,
                                                acted_at timestamptz, lasts_until timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands int := alerts.home_to_test(wanted_home);
    wanted smallint[];
    waits  boolean;
BEGIN
    SELECT array_agg(DISTINCT quantity_id) INTO wanted FROM devices.series JOIN devices.device USING (device_id)
    WHERE device_id = wanted_device AND device.home_id = stands AND retired_at IS NULL AND quantity_id = ANY(calls);
    IF wanted IS NULL THEN
        RETURN NULL;
    END IF;
    -- The same form sent twice: the second waits for what the first brings.
    PERFORM pg_advisory_xact_lock(hashtextextended('alerts.test_alarm', wanted_device));
    SELECT bool_and(pressed_at IS NULL AND ended_at IS NULL AND ends_at > acted_at) INTO waits FROM alerts.test_alarm
    WHERE home_id = stands AND device_id = wanted_device AND test_alarm_id > seen;
    IF waits IS NOT NULL THEN
        RETURN CASE WHEN waits THEN 'announced' ELSE 'changed' END;
    END IF;
    PERFORM alerts.write_test(stands, wanted_device, wanted, acted_at, lasts_until, name)
    FROM registry.account WHERE account_id = registry.viewer_account();
    RETURN CASE WHEN FOUND THEN 'announced' ELSE 'open' END;
END
$$;

-- Calls off for the viewer whatever waits in a home to be tried; returns how many there were. An alarm that sounds already
-- because it is tried goes on being a test.
CREATE OR REPLACE FUNCTION alerts.call_off_tests(wanted_home uuid, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended int;
BEGIN
    UPDATE alerts.test_alarm SET ended_at = least(greatest(acted_at, started_at), ends_at)
    WHERE home_id = alerts.home_to_test(wanted_home) AND pressed_at IS NULL AND ended_at IS NULL AND ends_at > acted_at;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;

REVOKE ALL ON FUNCTION alerts.write_test(int, int, smallint[], timestamptz, timestamptz, text), alerts.home_to_test(uuid),
    alerts.announce_test(uuid, int, smallint[], bigint, timestamptz, timestamptz), alerts.call_off_tests(uuid, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.write_test(int, int, smallint[], timestamptz, timestamptz, text) TO vicino_service;
GRANT EXECUTE ON FUNCTION alerts.announce_test(uuid, int, smallint[], bigint, timestamptz, timestamptz),
    alerts.call_off_tests(uuid, timestamptz) TO vicino_people;
GRANT SELECT ON alerts.test_alarm TO vicino_people;
