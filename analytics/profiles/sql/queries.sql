-- hourly --
-- The hourly indicators of a home on the days of an interval.
SELECT kind, day, value FROM analytics.hourly
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s;

-- day_profiles --
-- The rooms of a home's days in which somebody was seen, in order, and on what that rests.
SELECT day, rooms, coverage, readings FROM analytics.day_profile
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day;

-- put_hourly --
-- Store an hourly indicator of a day; an unchanged one stays untouched. Returns its day if anything changed.
INSERT INTO analytics.hourly (organisation_id, home_id, kind, day, value, code_version)
VALUES (%(organisation_id)s, %(home_id)s, %(kind)s, %(day)s, %(value)s::float8[], %(code_version)s)
ON CONFLICT (home_id, kind, day) DO UPDATE SET value = excluded.value, code_version = excluded.code_version
WHERE (hourly.value, hourly.code_version) IS DISTINCT FROM (excluded.value, excluded.code_version)
RETURNING day;

-- put_day_profile --
-- Store the rooms of a day; unchanged ones stay untouched. Returns the day if anything changed.
INSERT INTO analytics.day_profile (organisation_id, home_id, day, rooms, coverage, readings, code_version)
VALUES (%(organisation_id)s, %(home_id)s, %(day)s, %(rooms)s::int[], %(coverage)s, %(readings)s, %(code_version)s)
ON CONFLICT (home_id, day) DO UPDATE
SET rooms = excluded.rooms, coverage = excluded.coverage, readings = excluded.readings, code_version = excluded.code_version
WHERE (day_profile.rooms, day_profile.coverage, day_profile.readings, day_profile.code_version)
    IS DISTINCT FROM (excluded.rooms, excluded.coverage, excluded.readings, excluded.code_version)
RETURNING day;
