-- digests --
-- What the days before tell of a day in some homes, if that is stored, and when each was last heard by what is stored of the day.
SELECT wanted.home_id, digest.digest, rhythm.last_at
FROM unnest(%(homes)s::int[]) AS wanted (home_id)
LEFT JOIN analytics.day_digest AS digest
    ON digest.home_id = wanted.home_id AND digest.day = %(day)s AND digest.code_version = %(code_version)s
LEFT JOIN analytics.rhythm ON rhythm.home_id = wanted.home_id AND rhythm.day = %(day)s;

-- put_digest --
-- Store what the days before tell of a day.
INSERT INTO analytics.day_digest (organisation_id, home_id, day, digest, code_version)
VALUES (%(organisation_id)s, %(home_id)s, %(day)s, %(digest)s, %(code_version)s)
ON CONFLICT (home_id, day) DO UPDATE SET digest = excluded.digest, code_version = excluded.code_version;

-- drop_digests --
-- Remove what was told of days that are over.
DELETE FROM analytics.day_digest WHERE home_id = %(home_id)s AND day < %(day)s;

-- forget_digests --
-- Remove what was told of days after one that has changed.
DELETE FROM analytics.day_digest WHERE home_id = %(home_id)s AND day > %(day)s;
