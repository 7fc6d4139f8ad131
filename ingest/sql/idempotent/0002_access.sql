SELECT registry.protect('ingest.gateway_status', 'place');
SELECT registry.protect('ingest.gateway_transition', 'place');

REVOKE ALL ON FUNCTION ingest.ensure_partitions(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.ensure_partitions(timestamptz, timestamptz) TO vicino_service;
REVOKE ALL ON FUNCTION ingest.drop_readings(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.drop_readings(text, timestamptz) TO vicino_service;

GRANT USAGE ON SCHEMA ingest TO vicino_service, vicino_people;
GRANT USAGE, CREATE ON SCHEMA ingest TO vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ingest TO vicino_service;
GRANT SELECT ON ingest.gateway_status TO vicino_people;
GRANT SELECT ON ingest.reading_event, ingest.reading_level, ingest.reading_vital, ingest.reading_technical TO vicino_views;

-- Readings as people may see them: only of series that row-level security shows to the viewer. Owned by a role that
-- is itself filtered; with the owner of the tables it would show everything.
DO $$ BEGIN
    IF to_regclass('ingest.seen_reading') IS NOT NULL THEN
        ALTER VIEW ingest.seen_reading OWNER TO vicino_owner;
    END IF;
END $$;
CREATE OR REPLACE VIEW ingest.seen_reading WITH (security_barrier) AS
    SELECT series.home_id, series.device_id, series.quantity_id, reading.series_id, reading.ts, reading.value, reading.flags,
           reading.corrected_ts
    FROM devices.series
    JOIN (
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_event
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_level
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_vital
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_technical
    ) AS reading USING (series_id);
ALTER VIEW ingest.seen_reading OWNER TO vicino_views;
GRANT SELECT ON ingest.seen_reading TO vicino_people;
