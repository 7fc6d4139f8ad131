-- episodes_beginning --
-- The episodes of homes that begin in an interval of each, to compare with those computed anew.
SELECT episode.home_id, episode_id, room_id, kind, started_at, ended_at, readings, code_version
FROM unnest(%(homes)s::int[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted (home_id, first, last)
JOIN analytics.episode ON episode.home_id = wanted.home_id AND started_at >= wanted.first AND started_at < wanted.last;

-- restate_episodes --
-- Say of episodes until when they last, and on how many readings they rest.
UPDATE analytics.episode SET ended_at = made.ended_at, readings = made.readings, code_version = %(code_version)s
FROM unnest(%(ids)s::bigint[], %(ends)s::timestamptz[], %(readings)s::int[]) AS made (episode_id, ended_at, readings)
WHERE episode.episode_id = made.episode_id;

-- delete_episodes --
-- Remove episodes that came out differently.
DELETE FROM analytics.episode WHERE episode_id = ANY (%(ids)s::bigint[]);

-- put_episodes --
-- Store episodes of homes.
INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at, readings, code_version)
SELECT organisation_id, home_id, room_id, kind, started_at, ended_at, readings, %(code_version)s
FROM unnest(%(organisations)s::int[], %(homes)s::int[], %(rooms)s::int[], %(kinds)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(readings)s::int[])
    AS made (organisation_id, home_id, room_id, kind, started_at, ended_at, readings)
ORDER BY home_id, started_at, kind;
