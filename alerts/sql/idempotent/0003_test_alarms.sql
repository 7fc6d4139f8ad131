-- Announces a test alarm in a home for whoever installs or answers there: the first press until then calls nobody. Null where
-- the viewer may not, or an SOS of the home is open: then somebody may really need help.
CREATE OR REPLACE FUNCTION alerts.announce_test(wanted_home uuid, acted_at timestamptz, lasts_until timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO alerts.test_alarm (organisation_id, home_id, started_at, ends_at, started_by_name)
    SELECT home.organisation_id, home.home_id, acted_at, lasts_until, account.name
    FROM registry.home
    JOIN registry.account ON account_id = registry.viewer_account()
    WHERE home.public_id = wanted_home
      AND (registry.viewer_may_act(home.organisation_id) OR devices.viewer_may_install(home.organisation_id))
      AND NOT EXISTS (
          SELECT FROM alerts.alert
          WHERE alert.home_id = home.home_id AND family = 'safety' AND kind = 'sos_button' AND state <> 'resolved'
      )
    RETURNING test_alarm_id
$$;

REVOKE ALL ON FUNCTION alerts.announce_test(uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.announce_test(uuid, timestamptz, timestamptz) TO vicino_people;
GRANT SELECT ON alerts.test_alarm TO vicino_people;
