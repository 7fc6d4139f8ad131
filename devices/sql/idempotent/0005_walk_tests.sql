SELECT registry.protect('devices.walk_test', 'place');

GRANT SELECT, INSERT, UPDATE, DELETE ON devices.walk_test TO vicino_service;
GRANT SELECT ON devices.walk_test TO vicino_people;

-- Begins a walk test, or goes on with the one that is under way; null where the viewer may not.
CREATE OR REPLACE FUNCTION devices.begin_walk_test(wanted_home uuid, acted_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands registry.home;
    found  bigint;
BEGIN
    SELECT * INTO stands FROM registry.home
    WHERE public_id = wanted_home AND devices.viewer_may_install(organisation_id) FOR UPDATE;
    SELECT walk_test_id INTO found FROM devices.walk_test WHERE home_id = stands.home_id AND ended_at IS NULL;
    IF found IS NOT NULL OR stands.home_id IS NULL THEN
        RETURN found;
    END IF;
    INSERT INTO devices.walk_test (organisation_id, home_id, started_at, account_id, account_name)
    SELECT stands.organisation_id, stands.home_id, acted_at, account_id, name
    FROM registry.account WHERE account_id = registry.viewer_account()
    RETURNING walk_test_id INTO found;
    RETURN found;
END
$$;

DROP FUNCTION IF EXISTS devices.end_walk_test(uuid, int, int, timestamptz);

-- Ends the walk test of a home with what came of it; null where there is none under way or the viewer may not.
CREATE OR REPLACE FUNCTION devices.end_walk_test(wanted_home uuid, said_answered int, said_heard int, said_expected int,
                                                 acted_at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE devices.walk_test AS test
    SET ended_at = greatest(acted_at, started_at), answered = said_answered, heard = said_heard, expected = said_expected
    FROM registry.home
    WHERE home.home_id = test.home_id AND home.public_id = wanted_home AND ended_at IS NULL
      AND devices.viewer_may_install(test.organisation_id)
    RETURNING walk_test_id
$$;

REVOKE ALL ON FUNCTION devices.begin_walk_test(uuid, timestamptz), devices.end_walk_test(uuid, int, int, int, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.begin_walk_test(uuid, timestamptz), devices.end_walk_test(uuid, int, int, int, timestamptz)
    TO vicino_people;
