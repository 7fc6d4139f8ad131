-- The figures of all classes as one, for services.
CREATE OR REPLACE VIEW ingest.hourly AS
    SELECT series_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.hourly_event
    UNION ALL
    SELECT series_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.hourly_level
    UNION ALL
    SELECT series_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.hourly_vital
    UNION ALL
    SELECT series_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.hourly_technical;

CREATE OR REPLACE VIEW ingest.daily AS
    SELECT series_id, day, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.daily_event
    UNION ALL
    SELECT series_id, day, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.daily_level
    UNION ALL
    SELECT series_id, day, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.daily_vital
    UNION ALL
    SELECT series_id, day, readings, plausible, total, minimum, maximum, first_value, last_value FROM ingest.daily_technical;

GRANT SELECT ON ingest.hourly, ingest.daily TO vicino_service;
GRANT SELECT ON ingest.hourly, ingest.daily TO vicino_views;

-- The figures as people may see them. The views belong to a role that row-level security filters. `day` is midnight of
-- the home's own zone: where that is not the zone of the daily figures, days are put together from hours.
DO $$ BEGIN
    IF to_regclass('ingest.seen_hourly') IS NOT NULL THEN
        ALTER VIEW ingest.seen_hourly OWNER TO vicino_owner;
        ALTER VIEW ingest.seen_daily OWNER TO vicino_owner;
    END IF;
END $$;
CREATE OR REPLACE VIEW ingest.seen_hourly WITH (security_barrier) AS
    SELECT series.home_id, series.device_id, series.quantity_id, figures.*
    FROM devices.series JOIN ingest.hourly AS figures USING (series_id);
CREATE OR REPLACE VIEW ingest.seen_daily WITH (security_barrier) AS
    SELECT series.home_id, series.device_id, series.quantity_id, figures.*
    FROM registry.home JOIN devices.series USING (home_id) JOIN ingest.daily AS figures USING (series_id)
    WHERE home.timezone = 'Europe/Rome'
    UNION ALL
    SELECT series.home_id, series.device_id, series.quantity_id, figures.*
    FROM registry.home JOIN devices.series USING (home_id)
    CROSS JOIN LATERAL (
        SELECT series_id, date_trunc('day', hour, home.timezone) AS day, sum(readings)::bigint AS readings,
               sum(plausible)::bigint AS plausible, sum(total) AS total, min(minimum) AS minimum, max(maximum) AS maximum,
               (array_agg(first_value ORDER BY hour) FILTER (WHERE plausible > 0))[1] AS first_value,
               (array_agg(last_value ORDER BY hour DESC) FILTER (WHERE plausible > 0))[1] AS last_value
        FROM ingest.hourly WHERE hourly.series_id = series.series_id
        GROUP BY 1, 2
    ) AS figures
    WHERE home.timezone <> 'Europe/Rome';
ALTER VIEW ingest.seen_hourly OWNER TO vicino_views;
ALTER VIEW ingest.seen_daily OWNER TO vicino_views;
GRANT SELECT ON ingest.seen_hourly, ingest.seen_daily TO vicino_people;
