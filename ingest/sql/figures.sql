-- home_hours --
-- The hourly figures of a home as the viewer may see them.
SELECT series_id, device_id, quantity_id, hour, readings, plausible, total, minimum, maximum, first_value, last_value
FROM ingest.seen_hourly
WHERE home_id = %(home_id)s AND hour >= %(start)s AND hour < %(end)s
  AND (%(quantities)s::smallint[] IS NULL OR quantity_id = ANY (%(quantities)s::smallint[]))
ORDER BY hour, series_id

-- home_days --
-- The daily figures of a home as the viewer may see them.
SELECT series_id, device_id, quantity_id, day, readings, plausible, total, minimum, maximum, first_value, last_value
FROM ingest.seen_daily
WHERE home_id = %(home_id)s AND day >= %(start)s AND day < %(end)s
  AND (%(quantities)s::smallint[] IS NULL OR quantity_id = ANY (%(quantities)s::smallint[]))
ORDER BY day, series_id
