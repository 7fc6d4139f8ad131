-- latest_in_homes --
-- The last reading of a device that watches for people, the last movement and in which kind of room, of every home the viewer may see
-- or of some, within an interval.
SELECT home_id, room_kind, reading_at, moved_at
FROM ingest.last_signs(%(homes)s::int[], %(movement)s::smallint[], %(watching)s::smallint[], %(since)s, %(until)s, %(fresh)s)

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
