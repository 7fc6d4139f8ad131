-- What whoever installs sees of readings, who sees none otherwise: what a device says of itself, day by day or last, and what was heard
-- while somebody walked through the home to try it.
CREATE OR REPLACE FUNCTION ingest.battery_days_of(homes int[], quantities smallint[], since timestamptz)
RETURNS TABLE (device_id int, quantity_id smallint, day timestamptz, lowest double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT series.device_id, series.quantity_id, daily.day, daily.minimum
    FROM ingest.daily_technical AS daily
    JOIN devices.series USING (series_id)
    JOIN devices.device USING (device_id)
    WHERE series.home_id = ANY (homes) AND series.quantity_id = ANY (quantities)
        AND (series.organisation_id IN (SELECT registry.viewer_whole_organisations('place'))
             OR series.home_id IN (SELECT registry.viewer_caseload()))
        AND device.retired_at IS NULL AND daily.plausible > 0
        AND daily.day >= since AND daily.day >= coalesce(device.battery_changed_at, since)
    ORDER BY series.device_id, series.quantity_id, daily.day
$$;

-- The readings of a home from two hours before its latest walk test until that was over, half a day later at most; of the rest only
-- the last that each device said of itself (battery, link) in [since, until).
CREATE OR REPLACE FUNCTION ingest.walk_readings(wanted_home int, since timestamptz, until timestamptz)
RETURNS TABLE (device_id int, quantity_id smallint, ts timestamptz, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH standing AS MATERIALIZED (
        SELECT series.series_id, series.device_id, series.quantity_id FROM devices.series
        WHERE series.home_id = wanted_home AND devices.viewer_may_install(series.organisation_id)
    ), walk AS (
        SELECT started_at - interval '2 hours' AS began,
            least(coalesce(ended_at + interval '5 minutes', until), started_at + interval '12 hours', until) AS ends
        FROM devices.walk_test WHERE home_id = wanted_home ORDER BY started_at DESC, walk_test_id DESC LIMIT 1
    ), heard AS (
        SELECT standing.device_id, standing.quantity_id, reading.ts, reading.value
        FROM walk CROSS JOIN standing CROSS JOIN LATERAL (
            SELECT kept.ts, kept.value FROM ingest.reading_event AS kept
            WHERE kept.series_id = standing.series_id AND kept.ts >= walk.began AND kept.ts < walk.ends
            UNION ALL
            SELECT kept.ts, kept.value FROM ingest.reading_level AS kept
            WHERE kept.series_id = standing.series_id AND kept.ts >= walk.began AND kept.ts < walk.ends
            UNION ALL
            SELECT kept.ts, kept.value FROM ingest.reading_vital AS kept
            WHERE kept.series_id = standing.series_id AND kept.ts >= walk.began AND kept.ts < walk.ends
            UNION ALL
            SELECT kept.ts, kept.value FROM ingest.reading_technical AS kept
            WHERE kept.series_id = standing.series_id AND kept.ts >= walk.began AND kept.ts < walk.ends
        ) AS reading
        UNION ALL
        SELECT standing.device_id, standing.quantity_id, last.ts, last.value
        FROM standing CROSS JOIN LATERAL (
            SELECT kept.ts, kept.value FROM ingest.reading_technical AS kept
            WHERE kept.series_id = standing.series_id AND kept.ts >= since AND kept.ts < until ORDER BY kept.ts DESC LIMIT 1
        ) AS last
    )
    SELECT * FROM heard ORDER BY ts, device_id, quantity_id
$$;
REVOKE ALL ON FUNCTION ingest.battery_days_of(int[], smallint[], timestamptz), ingest.walk_readings(int, timestamptz, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.battery_days_of(int[], smallint[], timestamptz), ingest.walk_readings(int, timestamptz, timestamptz)
    TO vicino_people;
