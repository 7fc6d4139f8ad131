-- The last signs of homes that the viewer may see, of those in `homes` or of all: the last movement and in which kind of room, and the
-- last reading of a device that tells any of `watching`, within [since, until). A home that moved at `fresh` or later is not searched for
-- readings beside its movement: its devices are heard.
-- It belongs to a role that row-level security filters, and so sees no series but those of homes whose life the viewer may see.
-- Each series is looked up by itself, backwards from `until`: what a union of homes reports in half a day is not read for it.
DO $$ BEGIN
    IF to_regprocedure('ingest.last_signs(int[],smallint[],smallint[],timestamptz,timestamptz,timestamptz)') IS NOT NULL THEN
        ALTER FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) OWNER TO vicino_owner;
    END IF;
END $$;
CREATE OR REPLACE FUNCTION ingest.last_signs(homes int[], movement smallint[], watching smallint[], since timestamptz, until timestamptz,
                                             fresh timestamptz)
RETURNS TABLE (home_id int, room_kind text, reading_at timestamptz, moved_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH watched AS MATERIALIZED (
        SELECT series.home_id, series.series_id, series.quantity_id, device.room_id
        FROM devices.series JOIN devices.device USING (device_id)
        WHERE (homes IS NULL OR series.home_id = ANY (homes))
            AND EXISTS (SELECT FROM devices.series AS other
                        WHERE other.home_id = series.home_id AND other.device_id = series.device_id
                            AND other.quantity_id = ANY (watching))
    ), moved AS MATERIALIZED (
        SELECT watched.home_id, watched.room_id, last.ts
        FROM watched CROSS JOIN LATERAL (
            SELECT ts FROM ingest.reading_event AS kept
            WHERE kept.series_id = watched.series_id AND ts >= since AND ts < until AND value > 0 ORDER BY ts DESC LIMIT 1
        ) AS last
        WHERE watched.quantity_id = ANY (movement)
    ), lately AS MATERIALIZED (
        SELECT moved.home_id FROM moved GROUP BY moved.home_id HAVING max(ts) >= fresh
    ), heard AS (
        SELECT watched.home_id, max(last.ts) AS ts
        FROM watched CROSS JOIN LATERAL (
            (SELECT ts FROM ingest.reading_event AS kept
             WHERE kept.series_id = watched.series_id AND ts >= since AND ts < until ORDER BY ts DESC LIMIT 1)
            UNION ALL
            -- What tells of people are events.
            (SELECT ts FROM ingest.reading_level AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id AND ts >= since AND ts < until
             ORDER BY ts DESC LIMIT 1)
            UNION ALL
            (SELECT ts FROM ingest.reading_vital AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id AND ts >= since AND ts < until
             ORDER BY ts DESC LIMIT 1)
            UNION ALL
            (SELECT ts FROM ingest.reading_technical AS kept
             WHERE watched.quantity_id <> ALL (watching) AND kept.series_id = watched.series_id AND ts >= since AND ts < until
             ORDER BY ts DESC LIMIT 1)
        ) AS last
        WHERE watched.home_id NOT IN (SELECT lately.home_id FROM lately)
        GROUP BY watched.home_id
    ), latest AS (
        SELECT DISTINCT ON (moved.home_id) moved.home_id, moved.room_id, moved.ts FROM moved ORDER BY moved.home_id, moved.ts DESC
    )
    SELECT coalesce(latest.home_id, heard.home_id), room.kind, greatest(heard.ts, latest.ts), latest.ts
    FROM latest FULL JOIN heard ON heard.home_id = latest.home_id LEFT JOIN registry.room USING (room_id)
$$;

REVOKE ALL ON FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) TO vicino_people;
ALTER FUNCTION ingest.last_signs(int[], smallint[], smallint[], timestamptz, timestamptz, timestamptz) OWNER TO vicino_views;
