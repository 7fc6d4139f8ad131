-- take_upkeep --
-- The right to keep things in order until the connection ends; false if another process has it.
SELECT pg_try_advisory_lock(hashtext('ingest.upkeep')) AS taken

-- has_timescale --
-- Whether the series lie in TimescaleDB.
SELECT variant = 'timescale' AS timescale FROM vicino.installation

-- rollup_cursor --
-- Up to which touched hour all is in the figures.
SELECT xact::text::bigint AS xact, touched_id FROM ingest.rollup_progress

-- touched_until --
-- The last of the next touched hours behind the cursor, as far as no transaction that is still open can put one before;
-- and how many they are.
SELECT xact::text::bigint AS xact, touched_id, count(*) OVER () AS touched
FROM (
    SELECT xact, touched_id FROM ingest.touched
    WHERE (xact, touched_id) > (%(xact)s::text::xid8, %(touched_id)s) AND xact < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xact, touched_id
    LIMIT %(maximum)s
) AS next
ORDER BY next.xact DESC, touched_id DESC
LIMIT 1

-- touched_spans --
-- The hours touched between two cursors, as stretches of consecutive ones of each home.
SELECT home_id, min(hour) AS start, max(hour) + interval '1 hour' AS stop
FROM (
    SELECT home_id, hour, hour - row_number() OVER (PARTITION BY home_id ORDER BY hour) * interval '1 hour' AS island
    FROM (
        SELECT DISTINCT home_id, hour FROM ingest.touched
        WHERE (xact, touched_id) > (%(xact)s::text::xid8, %(touched_id)s)
          AND (xact, touched_id) <= (%(until_xact)s::text::xid8, %(until_touched_id)s)
    ) AS hours
) AS islands
GROUP BY home_id, island

-- set_rollup_cursor --
-- Remember up to which touched hour all is in the figures.
UPDATE ingest.rollup_progress SET xact = %(xact)s::text::xid8, touched_id = %(touched_id)s

-- dropped_before --
-- Before which instant the readings of each class were dropped; NULL where none was.
SELECT class, nullif(dropped_before, '-infinity') AS dropped_before FROM ingest.retention

-- roll_hours --
-- The hourly figures of these hours of homes, from the readings of one class. OFFSET 0 has each series looked up by its
-- key: without it the planner may read what all homes sent.
INSERT INTO {hourly} AS kept (series_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value)
SELECT series.series_id, figures.*
FROM unnest(%(homes)s::int[], %(starts)s::timestamptz[], %(stops)s::timestamptz[]) AS span (home_id, start, stop)
JOIN devices.series USING (home_id)
CROSS JOIN LATERAL (
    SELECT date_trunc('hour', ts, 'UTC') AS hour, count(*) AS readings, count(*) FILTER (WHERE flags & 1 = 0) AS plausible,
           sum(value) FILTER (WHERE flags & 1 = 0) AS total, min(value) FILTER (WHERE flags & 1 = 0) AS minimum,
           max(value) FILTER (WHERE flags & 1 = 0) AS maximum,
           (array_agg(value ORDER BY ts) FILTER (WHERE flags & 1 = 0))[1] AS first_value,
           (array_agg(value ORDER BY ts DESC) FILTER (WHERE flags & 1 = 0))[1] AS last_value
    FROM {readings} AS reading
    WHERE reading.series_id = series.series_id AND ts >= span.start AND ts < span.stop
    GROUP BY 1
    OFFSET 0
) AS figures
WHERE series.quantity_id = ANY (%(quantities)s::smallint[])
ON CONFLICT (series_id, hour) DO UPDATE
SET readings = excluded.readings, plausible = excluded.plausible, total = excluded.total, minimum = excluded.minimum,
    maximum = excluded.maximum, first_value = excluded.first_value, last_value = excluded.last_value
WHERE (kept.*) IS DISTINCT FROM (excluded.*)

-- roll_days --
-- The daily figures of these days of homes, from the hourly ones of one class.
INSERT INTO {daily} AS kept (series_id, day, readings, plausible, total, minimum, maximum, first_value, last_value)
SELECT series.series_id, figures.*
FROM unnest(%(homes)s::int[], %(starts)s::timestamptz[], %(stops)s::timestamptz[]) AS span (home_id, start, stop)
JOIN devices.series USING (home_id)
CROSS JOIN LATERAL (
    SELECT date_trunc('day', hour, 'Europe/Rome') AS day, sum(readings)::bigint AS readings,
           sum(plausible)::bigint AS plausible, sum(total) AS total, min(minimum) AS minimum, max(maximum) AS maximum,
           (array_agg(first_value ORDER BY hour) FILTER (WHERE plausible > 0))[1] AS first_value,
           (array_agg(last_value ORDER BY hour DESC) FILTER (WHERE plausible > 0))[1] AS last_value
    FROM {hourly} AS hourly
    WHERE hourly.series_id = series.series_id AND hour >= span.start AND hour < span.stop
    GROUP BY 1
    OFFSET 0
) AS figures
WHERE series.quantity_id = ANY (%(quantities)s::smallint[])
ON CONFLICT (series_id, day) DO UPDATE
SET readings = excluded.readings, plausible = excluded.plausible, total = excluded.total, minimum = excluded.minimum,
    maximum = excluded.maximum, first_value = excluded.first_value, last_value = excluded.last_value
WHERE (kept.*) IS DISTINCT FROM (excluded.*)

-- lift_limit_of_decompression --
-- Figures that lie compressed may have to be computed again, however many they are.
SELECT set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', false),
       set_config('client_min_messages', 'warning', false)

-- refresh --
-- Compute one continuous aggregate again between two instants. It cannot be done inside of a transaction.
CALL refresh_continuous_aggregate(%(figures)s::regclass, %(start)s::timestamptz, %(stop)s::timestamptz)

-- latest_touched --
-- The latest hour of which readings came in during the last weeks.
SELECT max(hour) AS hour FROM ingest.touched

-- drop_readings --
-- Drop the whole partitions or chunks of a class that end at or before an instant.
SELECT ingest.drop_readings(%(retention)s, %(before)s) AS dropped

-- drop_figures --
-- Delete the figures before an instant.
DELETE FROM {figures} WHERE {bucket} < %(before)s

-- drop_figure_chunks --
-- Drop the whole chunks of a continuous aggregate that end at or before an instant.
SELECT count(*) AS dropped FROM drop_chunks(%(figures)s::regclass, older_than => %(before)s::timestamptz)

-- compress_figures --
-- Put the chunks of continuous aggregates that end before an instant into the columnstore.
SELECT compress_chunk(format('%%I.%%I', chunk.chunk_schema, chunk.chunk_name)::regclass, if_not_compressed => true)
FROM timescaledb_information.chunks AS chunk
JOIN timescaledb_information.continuous_aggregates AS figures
  ON figures.materialization_hypertable_schema = chunk.hypertable_schema
 AND figures.materialization_hypertable_name = chunk.hypertable_name
WHERE figures.view_schema = 'ingest' AND NOT chunk.is_compressed AND chunk.range_end < %(before)s

-- prune_touched --
-- Delete touched hours that are in the figures and came before an instant, at most so many.
DELETE FROM ingest.touched WHERE touched_id IN (
    SELECT touched.touched_id FROM ingest.touched, ingest.rollup_progress AS done
    WHERE received_at < %(before)s AND (touched.xact, touched.touched_id) <= (done.xact, done.touched_id)
    LIMIT %(maximum)s
)

-- prune_intake --
-- Delete the rows of commits before an instant, except the last one of all, at most so many.
DELETE FROM ingest.intake WHERE intake_id IN (
    SELECT intake_id FROM ingest.intake
    WHERE received_at < %(before)s AND intake_id < (SELECT max(intake_id) FROM ingest.intake)
    LIMIT %(maximum)s
)

-- prune_urgent --
-- Delete calls for help and other safety readings that happened and came in before an instant, at most so many.
DELETE FROM ingest.urgent WHERE urgent_id IN (
    SELECT urgent_id FROM ingest.urgent WHERE received_at < %(before)s AND ts < %(before)s LIMIT %(maximum)s
)

-- prune_found_devices --
-- Delete what gateways found and have not found since an instant, or that of gateways not heard since, unless it is installed.
DELETE FROM ingest.found_device AS found
WHERE last_seen < %(before)s
  AND (NOT is_present OR NOT EXISTS (
      SELECT FROM ingest.gateway_status AS said
      WHERE said.gateway_id = found.gateway_id AND said.received_at >= %(before)s
  ))
  AND NOT EXISTS (
      SELECT FROM devices.device
      WHERE device.gateway_id = found.gateway_id AND device.key = found.key AND device.retired_at IS NULL
  )

-- prune_transitions --
-- Delete what changed in gateways' words before an instant, except the last change of each.
DELETE FROM ingest.gateway_transition AS old
WHERE at < %(before)s AND EXISTS (
    SELECT FROM ingest.gateway_transition AS later
    WHERE later.gateway_id = old.gateway_id AND later.transition_id > old.transition_id
)
