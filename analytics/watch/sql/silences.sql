-- silences --
-- What is told of the silences of some homes that were not over at an instant.
SELECT home_id, silence_id, subject_kind, subject_id, class, cause, started_at, since, ended_at, confidence, battery, systems, devices,
       known_at
FROM analytics.silence
WHERE home_id = ANY (%(homes)s::int[]) AND withdrawn_at IS NULL AND (ended_at IS NULL OR ended_at >= %(start)s)
ORDER BY since, silence_id;

-- homes_with_open_silence --
-- The homes of which a gateway is told to be silent.
SELECT DISTINCT home_id FROM analytics.silence
WHERE subject_kind IN ('gateway', 'systems') AND ended_at IS NULL AND withdrawn_at IS NULL;

-- put_silence --
-- Store a silence, or what is known of it now; an unchanged one stays untouched. Returns its id if anything changed.
INSERT INTO analytics.silence AS old (organisation_id, home_id, subject_kind, subject_id, class, cause, started_at, since,
                                      ended_at, confidence, battery, systems, devices, known_at, updated_at)
VALUES (%(organisation_id)s, %(home_id)s, %(subject_kind)s, %(subject_id)s, %(class)s, %(cause)s, %(started_at)s, %(since)s,
        %(ended_at)s, %(confidence)s::real, %(battery)s::real, %(systems)s, %(devices)s, %(now)s, %(now)s)
ON CONFLICT (home_id, subject_kind, subject_id, started_at) DO UPDATE
SET class = excluded.class, cause = excluded.cause, since = excluded.since, ended_at = excluded.ended_at,
    confidence = excluded.confidence, battery = excluded.battery, systems = excluded.systems, devices = excluded.devices,
    updated_at = excluded.updated_at, withdrawn_at = NULL
WHERE (old.class, old.cause, old.since, old.ended_at, old.battery, old.systems, old.devices, old.withdrawn_at)
    IS DISTINCT FROM (excluded.class, excluded.cause, excluded.since, excluded.ended_at, excluded.battery,
                      excluded.systems, excluded.devices, NULL)
RETURNING silence_id;

-- withdraw_silence --
-- Say of a silence that it was none.
UPDATE analytics.silence SET withdrawn_at = %(now)s, updated_at = %(now)s WHERE silence_id = %(silence_id)s;

-- homes_to_look_at --
-- Put homes among those whose devices are looked at; one that is there already keeps its time.
INSERT INTO analytics.silence_due (home_id, due_at)
SELECT home_id, %(due_at)s FROM unnest(%(homes)s::int[]) AS wanted (home_id)
ORDER BY home_id
ON CONFLICT (home_id) DO NOTHING;

-- look_again_at --
-- Say when the devices of homes are next looked at.
UPDATE analytics.silence_due SET due_at = %(due_at)s WHERE home_id = ANY (%(homes)s::int[]);

-- looks_due --
-- The homes whose devices are to be looked at, among some.
SELECT home_id FROM analytics.silence_due WHERE home_id = ANY (%(homes)s::int[]) AND due_at <= %(now)s ORDER BY home_id;

-- told_links --
-- The finding of one kind that was told last of each device of some homes.
SELECT DISTINCT ON (home_id, subject) home_id, (evidence #>> '{devices,0}')::int AS device_id, started_at,
       (evidence ->> 'until')::timestamptz AS until, (evidence ->> 'share')::float8 AS share
FROM analytics.finding WHERE home_id = ANY (%(homes)s::int[]) AND kind = %(kind)s AND withdrawn_at IS NULL
ORDER BY home_id, subject, started_at DESC;
