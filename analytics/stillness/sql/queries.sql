-- quiet_days --
-- What is kept of the quiet times of a home on the days of an interval.
SELECT day, begins, lasted, rooms, wheres FROM analytics.quiet_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day < %(last)s ORDER BY day;

-- put_quiet_day --
-- Store the quiet times of a day; unchanged ones stay untouched. Returns the day if anything changed.
INSERT INTO analytics.quiet_day (organisation_id, home_id, day, begins, lasted, rooms, wheres, code_version)
VALUES (%(organisation_id)s, %(home_id)s, %(day)s, %(begins)s::smallint[], %(lasted)s::int[], %(rooms)s::int[],
        %(wheres)s::smallint[], %(code_version)s)
ON CONFLICT (home_id, day) DO UPDATE
SET begins = excluded.begins, lasted = excluded.lasted, rooms = excluded.rooms, wheres = excluded.wheres,
    code_version = excluded.code_version
WHERE (quiet_day.begins, quiet_day.lasted, quiet_day.rooms, quiet_day.wheres, quiet_day.code_version)
    IS DISTINCT FROM (excluded.begins, excluded.lasted, excluded.rooms, excluded.wheres, excluded.code_version)
RETURNING day;

-- forget_expected --
-- Remove what was learned from a day that has changed.
DELETE FROM analytics.expected_gap WHERE home_id = %(home_id)s AND day > %(day)s;

-- expected --
-- What is expected of the quiet times of some homes that begin on a day.
SELECT home_id, state::text AS state FROM analytics.expected_gap
WHERE home_id = ANY (%(homes)s::int[]) AND day = %(day)s AND detector_version = %(version)s;

-- put_expected --
-- Store what is expected on a day.
INSERT INTO analytics.expected_gap (organisation_id, home_id, day, state, detector_version)
VALUES (%(organisation_id)s, %(home_id)s, %(day)s, %(state)s, %(version)s)
ON CONFLICT (home_id, day) DO UPDATE SET state = excluded.state, detector_version = excluded.detector_version;

-- drop_expected --
-- Remove what was expected on days that are over.
DELETE FROM analytics.expected_gap WHERE home_id = %(home_id)s AND day < %(day)s;
