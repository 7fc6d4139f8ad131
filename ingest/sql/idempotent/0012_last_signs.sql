-- When each series of events last told anything, and last anything above 0, within [since, until): for a short while that ends now.
-- What came lately lies together in the tables. The planner does not know that: it would take the index by series, thousands of times.
CREATE OR REPLACE FUNCTION ingest.last_events(since timestamptz, until timestamptz)
RETURNS TABLE (series_id int, told_at timestamptz, moved_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_indexscan = off SET enable_indexonlyscan = off
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 AS $$
    SELECT series_id, max(ts), max(ts) FILTER (WHERE value > 0) FROM ingest.reading_event WHERE ts >= since AND ts < until GROUP BY series_id
$$;

-- The same of all other series, of which none says that somebody moves.
CREATE OR REPLACE FUNCTION ingest.last_of_others(since timestamptz, until timestamptz)
RETURNS TABLE (series_id int, told_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_indexscan = off SET enable_indexonlyscan = off
SET enable_seqscan = off SET max_parallel_workers_per_gather = 0 AS $$
    SELECT series_id, max(ts) FROM ingest.reading_level WHERE ts >= since AND ts < until GROUP BY series_id
    UNION ALL SELECT series_id, max(ts) FROM ingest.reading_vital WHERE ts >= since AND ts < until GROUP BY series_id
    UNION ALL SELECT series_id, max(ts) FROM ingest.reading_technical WHERE ts >= since AND ts < until GROUP BY series_id
$$;
REVOKE ALL ON FUNCTION ingest.last_events(timestamptz, timestamptz), ingest.last_of_others(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.last_events(timestamptz, timestamptz), ingest.last_of_others(timestamptz, timestamptz) TO vicino_views;

-- The last signs of homes that the viewer may see, of those in `homes` or of all: the last movement and in which kind of room, and the
-- last reading of a device that tells any of `watching`, within [since, until). A home that moved at `fresh` or later is not searched for
-- readings beside its movement: its devices are heard. All of `movement` are of `watching`.
-- It belongs to a role that row-level security filters, and so sees no series but those of homes whose life the viewer may see.
-- What came since `fresh` is read as it lies in the tables, in the order of time; only in homes that nothing of it is
-- of, each series is looked up by itself, backwards from there.
DO $$ BEGIN
    IF to_regprocedure('ingest.last_signs(int[],smallint[],smallint[],timestamptz,timestamptz,timestamptz)') IS NOT NULL THEN
        ALTER FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) OWNER TO vicino_owner;
    END IF;
END $$;
CREATE OR REPLACE FUNCTION ingest.last_signs(homes int[], movement smallint[], watching smallint[], since timestamptz, until timestamptz,
                                             fresh timestamptz)
RETURNS TABLE (home_id int, room_kind text, reading_at timestamptz, moved_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH lately AS MATERIALIZED (
        SELECT told.series_id, told.told_at, told.moved_at FROM ingest.last_events(fresh, until) AS told WHERE fresh < until
    ), moved_lately AS MATERIALIZED (
        SELECT DISTINCT ON (series.home_id) series.home_id, series.device_id, lately.moved_at AS ts
        FROM lately JOIN devices.series USING (series_id)
        WHERE lately.moved_at IS NOT NULL AND series.quantity_id = ANY (movement) AND (homes IS NULL OR series.home_id = ANY (homes))
        ORDER BY series.home_id, lately.moved_at DESC
    ), still AS MATERIALIZED (
        SELECT series.home_id, series.device_id, series.series_id, series.quantity_id, series.quantity_id = ANY (movement) AS moves
        FROM devices.series
        WHERE (homes IS NULL OR series.home_id = ANY (homes))
            AND series.home_id NOT IN (SELECT moved_lately.home_id FROM moved_lately)
    ), latest AS MATERIALIZED (
        SELECT moved_lately.home_id, moved_lately.device_id, moved_lately.ts FROM moved_lately
        UNION ALL
        (SELECT DISTINCT ON (still.home_id) still.home_id, still.device_id, last.ts
         FROM still CROSS JOIN LATERAL (
             SELECT kept.ts FROM ingest.reading_event AS kept
             WHERE kept.series_id = still.series_id AND kept.ts >= since AND kept.ts < least(fresh, until) AND kept.value > 0
             ORDER BY kept.ts DESC LIMIT 1
         ) AS last
         WHERE still.moves ORDER BY still.home_id, last.ts DESC)
    ), watched AS MATERIALIZED (
        SELECT still.home_id, still.series_id, still.quantity_id FROM still
        WHERE EXISTS (SELECT FROM still AS other
                      WHERE other.home_id = still.home_id AND other.device_id = still.device_id AND other.quantity_id = ANY (watching))
    ), heard_lately AS MATERIALIZED (
        SELECT watched.home_id, max(told.told_at) AS ts
        FROM watched JOIN (
            SELECT lately.series_id, lately.told_at FROM lately
            UNION ALL
            SELECT other.series_id, other.told_at
            FROM ingest.last_of_others(fresh, until) AS other WHERE fresh < until AND EXISTS (SELECT FROM still)
        ) AS told USING (series_id)
        GROUP BY watched.home_id
    ), heard AS (
        SELECT heard_lately.home_id, heard_lately.ts FROM heard_lately
        UNION ALL
        SELECT watched.home_id, max(last.ts)
        FROM watched CROSS JOIN LATERAL (
            (SELECT ts FROM ingest.reading_event AS kept
             WHERE kept.series_id = watched.series_id AND ts >= since AND ts < least(fresh, until) ORDER BY ts DESC LIMIT 1)
            UNION ALL
            -- What tells of people are events.
            (SELECT ts FROM ingest.reading_level AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id
                 AND ts >= since AND ts < least(fresh, until) ORDER BY ts DESC LIMIT 1)
            UNION ALL
            (SELECT ts FROM ingest.reading_vital AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id
                 AND ts >= since AND ts < least(fresh, until) ORDER BY ts DESC LIMIT 1)
            UNION ALL
            (SELECT ts FROM ingest.reading_technical AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id
                 AND ts >= since AND ts < least(fresh, until) ORDER BY ts DESC LIMIT 1)
        ) AS last
        WHERE watched.home_id NOT IN (SELECT heard_lately.home_id FROM heard_lately)
        GROUP BY watched.home_id
    )
    SELECT coalesce(latest.home_id, heard.home_id), room.kind, greatest(heard.ts, latest.ts), latest.ts
    FROM latest FULL JOIN heard ON heard.home_id = latest.home_id
    LEFT JOIN devices.device USING (device_id) LEFT JOIN registry.room ON room.room_id = device.room_id
$$;

REVOKE ALL ON FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) TO vicino_people;
ALTER FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) OWNER TO vicino_views;
