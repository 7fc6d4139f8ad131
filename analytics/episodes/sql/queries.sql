-- episodes_beginning --
-- The episodes of a home that begin in an interval, to compare with those computed anew.
SELECT episode_id, room_id, kind, started_at, ended_at, readings, code_version FROM analytics.episode
WHERE home_id = %(home_id)s AND started_at >= %(start)s AND started_at < %(end)s;

-- restate_episodes --
-- Say of episodes until when they last, and on how many readings they rest.
UPDATE analytics.episode SET ended_at = made.ended_at, readings = made.readings, code_version = %(code_version)s
FROM unnest(%(ids)s::bigint[], %(ends)s::timestamptz[], %(readings)s::int[]) AS made (episode_id, ended_at, readings)
WHERE episode.episode_id = made.episode_id;

-- delete_episodes --
-- Remove episodes that came out differently.
DELETE FROM analytics.episode WHERE episode_id = ANY (%(ids)s::bigint[]);

-- put_episodes --
-- Store episodes of a home.
INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at, readings, code_version)
SELECT %(organisation_id)s, %(home_id)s, room_id, kind, started_at, ended_at, readings, %(code_version)s
FROM unnest(%(rooms)s::int[], %(kinds)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(readings)s::int[])
    AS made (room_id, kind, started_at, ended_at, readings)
ORDER BY started_at, kind;
