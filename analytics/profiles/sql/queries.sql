-- hourly --
-- The hourly indicators of a home on the days of an interval.
SELECT kind, day, value FROM analytics.hourly
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s;

-- day_profiles --
-- The rooms of a home's days in which somebody was seen, in order, and on what that rests.
SELECT day, rooms, coverage, readings FROM analytics.day_profile
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day;

-- put_profiles --
-- Store the rooms and hourly indicators of days, each as the text of an array; unchanged rows stay untouched. Returns the days of
-- those that changed.
WITH hours AS (
    INSERT INTO analytics.hourly (organisation_id, home_id, kind, day, value, code_version)
    SELECT %(organisation_id)s, %(home_id)s, kind, day, value::float8[], %(code_version)s
    FROM unnest(%(hourly_days)s::date[], %(kinds)s::text[], %(values)s::text[]) AS made (day, kind, value)
    ON CONFLICT (home_id, kind, day) DO UPDATE SET value = excluded.value, code_version = excluded.code_version
    WHERE (hourly.value, hourly.code_version) IS DISTINCT FROM (excluded.value, excluded.code_version)
    RETURNING day
), rooms AS (
    INSERT INTO analytics.day_profile (organisation_id, home_id, day, rooms, coverage, readings, code_version)
    SELECT %(organisation_id)s, %(home_id)s, day, rooms::int[], coverage, readings, %(code_version)s
    FROM unnest(%(days)s::date[], %(rooms)s::text[], %(coverages)s::float8[], %(readings)s::int[]) AS made (day, rooms, coverage, readings)
    ON CONFLICT (home_id, day) DO UPDATE
    SET rooms = excluded.rooms, coverage = excluded.coverage, readings = excluded.readings, code_version = excluded.code_version
    WHERE (day_profile.rooms, day_profile.coverage, day_profile.readings, day_profile.code_version)
        IS DISTINCT FROM (excluded.rooms, excluded.coverage, excluded.readings, excluded.code_version)
    RETURNING day
)
SELECT day FROM hours UNION SELECT day FROM rooms;
