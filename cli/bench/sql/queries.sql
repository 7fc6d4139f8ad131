-- stored --
-- How many readings the workers have committed so far.
SELECT coalesce(sum(stored), 0)::bigint AS stored FROM ingest.tally

-- keys --
-- The keys of all readings, in PostgreSQL's binary format.
COPY (
    SELECT series_id, (extract(epoch FROM ts) * 1000)::bigint AS at_ms FROM ingest.reading_event
    UNION ALL SELECT series_id, (extract(epoch FROM ts) * 1000)::bigint FROM ingest.reading_level
    UNION ALL SELECT series_id, (extract(epoch FROM ts) * 1000)::bigint FROM ingest.reading_vital
    UNION ALL SELECT series_id, (extract(epoch FROM ts) * 1000)::bigint FROM ingest.reading_technical
) TO STDOUT (FORMAT BINARY)

-- opened_alerts --
-- All alerts, by the gateways of their homes.
SELECT alert.public_id::text AS public_id, gateway.key AS gateway_key, alert.opened_at
FROM alerts.alert JOIN devices.gateway USING (home_id)

-- empty --
-- As it was before anything came; only in a database that was made for a measurement.
TRUNCATE ingest.reading_event, ingest.reading_level, ingest.reading_vital, ingest.reading_technical, ingest.intake,
         ingest.touched, ingest.tally, ingest.reject

-- checkpoint --
-- So that nobody pays during a measurement for what was written before.
CHECKPOINT

-- make_database --
-- A database for one measurement.
CREATE DATABASE {name}

-- drop_database --
-- Away with the database of a measurement and whoever is in it.
DROP DATABASE IF EXISTS {name} WITH (FORCE)
