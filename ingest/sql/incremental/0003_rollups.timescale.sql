-- Hourly and daily figures of each series as continuous aggregates. Values outside the plausible range (flag 1) are
-- counted and left out of the figures. A day is one of Europe/Rome, as docs/decisions says.
DO $$
DECLARE
    class text;
    name  text;
BEGIN
    -- Only the owner of a continuous aggregate may refresh it, and nobody can be made its owner afterwards.
    GRANT USAGE, CREATE ON SCHEMA ingest TO vicino_service;
    GRANT SELECT, TRIGGER ON ingest.reading_event, ingest.reading_level, ingest.reading_vital, ingest.reading_technical TO vicino_service;
    SET LOCAL ROLE vicino_service;
    FOREACH class IN ARRAY ARRAY['event', 'level', 'vital', 'technical'] LOOP
        EXECUTE format($view$
            CREATE MATERIALIZED VIEW ingest.%I WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
            SELECT series_id, time_bucket(INTERVAL '1 hour', ts) AS hour, count(*) AS readings,
                   count(*) FILTER (WHERE flags & 1 = 0) AS plausible,
                   sum(value) FILTER (WHERE flags & 1 = 0) AS total,
                   min(value) FILTER (WHERE flags & 1 = 0) AS minimum,
                   max(value) FILTER (WHERE flags & 1 = 0) AS maximum,
                   first(value, ts) FILTER (WHERE flags & 1 = 0) AS first_value,
                   last(value, ts) FILTER (WHERE flags & 1 = 0) AS last_value
            FROM ingest.%I GROUP BY 1, 2 WITH NO DATA
        $view$, 'hourly_' || class, 'reading_' || class);
        EXECUTE format($view$
            CREATE MATERIALIZED VIEW ingest.%I WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
            SELECT series_id, time_bucket(INTERVAL '1 day', hour, 'Europe/Rome') AS day,
                   sum(readings)::bigint AS readings, sum(plausible)::bigint AS plausible, sum(total) AS total,
                   min(minimum) AS minimum, max(maximum) AS maximum,
                   first(first_value, hour) FILTER (WHERE plausible > 0) AS first_value,
                   last(last_value, hour) FILTER (WHERE plausible > 0) AS last_value
            FROM ingest.%I GROUP BY 1, 2 WITH NO DATA
        $view$, 'daily_' || class, 'hourly_' || class);
        FOREACH name IN ARRAY ARRAY['hourly_' || class, 'daily_' || class] LOOP
            PERFORM set_chunk_time_interval(format('ingest.%I', name)::regclass,
                                            CASE WHEN name LIKE 'hourly%' THEN INTERVAL '30 days' ELSE INTERVAL '360 days' END);
            EXECUTE format('ALTER MATERIALIZED VIEW ingest.%I SET (timescaledb.compress,'
                           ' timescaledb.compress_segmentby = ''series_id'', timescaledb.compress_orderby = %L)',
                           name, CASE WHEN name LIKE 'hourly%' THEN 'hour' ELSE 'day' END);
        END LOOP;
    END LOOP;
    SET LOCAL ROLE vicino_owner;
    REVOKE CREATE ON SCHEMA ingest FROM vicino_service;
    REVOKE TRIGGER ON ingest.reading_event, ingest.reading_level, ingest.reading_vital, ingest.reading_technical FROM vicino_service;
END
$$;
