-- page_of_readings --
-- A part of the readings of a home as the viewer may see them, ordered by time and series.
SELECT series_id, device_id, quantity_id, ts, value, flags, corrected_ts
FROM ingest.seen_reading
WHERE home_id = %(home_id)s AND ts >= %(start)s AND ts < %(end)s
  AND (ts > %(after)s OR series_id > %(series)s)
  AND (%(quantities)s::smallint[] IS NULL OR quantity_id = ANY (%(quantities)s::smallint[]))
ORDER BY ts, series_id LIMIT %(limit)s
