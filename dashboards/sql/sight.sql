-- latest_in_homes --
-- The last reading of a device that watches for people and the last movement, of every home the viewer may see, for each
-- kind of room, within an interval.
WITH watching AS (
    SELECT DISTINCT device_id FROM devices.series
    WHERE quantity_id = ANY (%(watching)s::smallint[]) AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
)
SELECT seen.home_id, room.kind AS room_kind, max(seen.ts) AS reading_at,
       max(seen.ts) FILTER (WHERE seen.quantity_id = ANY (%(movement)s::smallint[]) AND seen.value > 0) AS moved_at
FROM ingest.seen_reading AS seen
JOIN watching USING (device_id)
JOIN devices.device USING (device_id)
LEFT JOIN registry.room USING (room_id)
WHERE seen.ts >= %(since)s AND seen.ts < %(until)s AND (%(home_id)s::int IS NULL OR seen.home_id = %(home_id)s)
GROUP BY seen.home_id, room.kind

-- last_presence --
-- Where somebody was last known to be in each of some homes, however long ago.
SELECT wanted.home_id, room.kind AS room_kind, last.ended_at
FROM unnest(%(home_ids)s::int[]) AS wanted (home_id)
CROSS JOIN LATERAL (
    SELECT room_id, ended_at FROM analytics.episode
    WHERE episode.home_id = wanted.home_id AND kind = 'presence' AND ended_at < %(until)s
    ORDER BY started_at DESC LIMIT 1
) AS last
LEFT JOIN registry.room USING (room_id)
