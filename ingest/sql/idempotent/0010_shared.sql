-- What those close to a person see of its signs, as far as it is shared with them: see registry/sql/idempotent/0004_consents.sql.
-- Whoever may know how the day goes may know on what that rests: when something was last heard and somebody last moved. By the
-- hour, and in which room, only where that is shared.
CREATE OR REPLACE FUNCTION ingest.shared_signs(at timestamptz, since timestamptz, movement smallint[], watching smallint[])
RETURNS TABLE (person_id int, hour timestamptz, reading_at timestamptz, moved_at timestamptz, room_kind text, moves bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH shared AS (
        SELECT viewer.person_id, viewer.home_id, array_agg(data) AS kinds FROM registry.viewer_shared(at) AS viewer
        GROUP BY 1, 2 HAVING array_agg(data) && ARRAY['day', 'movement']
    ), looked AS (
        SELECT shared.person_id, shared.kinds, series.series_id, series.quantity_id, room.kind AS room_kind
        FROM shared
        JOIN devices.series USING (home_id)
        JOIN devices.device USING (device_id)
        LEFT JOIN registry.room USING (room_id)
        WHERE EXISTS (SELECT FROM devices.series AS other
                      WHERE other.device_id = series.device_id AND other.quantity_id = ANY (watching))
    ), signs AS (
        SELECT looked.person_id, kinds, looked.room_kind, ts, quantity_id = ANY (movement) AND value > 0 AS moved
        FROM looked JOIN ingest.reading_event USING (series_id) WHERE ts >= since AND ts < at
        UNION ALL
        SELECT looked.person_id, kinds, looked.room_kind, ts, false
        FROM looked JOIN ingest.reading_level USING (series_id) WHERE ts >= since AND ts < at
        UNION ALL
        SELECT looked.person_id, kinds, looked.room_kind, ts, false
        FROM looked JOIN ingest.reading_technical USING (series_id) WHERE ts >= since AND ts < at
    )
    SELECT signs.person_id, CASE WHEN 'movement' = ANY (kinds) THEN date_trunc('hour', ts, 'UTC') END, max(ts),
        max(ts) FILTER (WHERE moved),
        CASE WHEN 'room' = ANY (kinds) THEN (array_agg(signs.room_kind ORDER BY ts DESC) FILTER (WHERE moved))[1] END,
        CASE WHEN 'movement' = ANY (kinds) THEN count(*) FILTER (WHERE moved) ELSE 0 END
    FROM signs GROUP BY signs.person_id, kinds, 2
    ORDER BY 1, 2
$$;

-- Whether the home is heard, of whatever is shared of it: where it is not, no call for help arrives either.
CREATE OR REPLACE FUNCTION ingest.shared_gateways(at timestamptz)
RETURNS TABLE (person_id int, online boolean, received_at timestamptz, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, coalesce(status.online, false), status.received_at, status.changed_at
    FROM (SELECT DISTINCT shared.person_id, home_id FROM registry.viewer_shared(at) AS shared) AS viewer
    JOIN devices.gateway USING (home_id)
    LEFT JOIN ingest.gateway_status AS status USING (gateway_id)
$$;

REVOKE ALL ON FUNCTION ingest.shared_signs(timestamptz, timestamptz, smallint[], smallint[]), ingest.shared_gateways(timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.shared_signs(timestamptz, timestamptz, smallint[], smallint[]),
    ingest.shared_gateways(timestamptz) TO vicino_people;
