-- seen_of_days --
-- How much of each day of a home that is over was seen, from a day on.
SELECT day, coverage FROM analytics.day_profile WHERE home_id = %(home_id)s AND day >= %(first)s ORDER BY day;

-- told_since --
-- What is told of the person of a home and holds, but for what is on trial, if it reaches beyond an instant; and what was told,
-- changed or withdrawn right now, whenever it was.
SELECT finding_id, kind, severity, started_at, ended_at, evidence -> 'domain' #>> '{}' AS domain, evidence -> 'shown_on' AS shown_on,
       withdrawn_at IS NULL AND NOT trial AS holds, updated_at = %(now)s AS changed
FROM analytics.finding
WHERE home_id = %(home_id)s AND family = 'wellbeing'
    AND (ended_at >= %(start)s AND withdrawn_at IS NULL AND NOT trial OR updated_at = %(now)s)
ORDER BY started_at, finding_id;

-- kept_back --
-- What contexts keep from being told of a home, from a day on.
SELECT day, kind, context_kind FROM analytics.silenced WHERE home_id = %(home_id)s AND day >= %(first)s ORDER BY day, kind;

-- known_days --
-- The days on which there was a verdict on some indicators of a home.
SELECT kind, array_agg(day ORDER BY day) AS days FROM analytics.indicator
WHERE home_id = %(home_id)s AND kind = ANY (%(kinds)s::text[]) AND day >= %(first)s AND day <= %(last)s AND value IS NOT NULL
GROUP BY kind;

-- put_wellbeing_days --
-- Store how days stand; unchanged rows stay untouched. Returns the days that are new or different.
INSERT INTO analytics.wellbeing_day (organisation_id, home_id, day, state, score, coverage, because, contexts, contributions, parts,
                                     kept_back, threshold, code_version, stated_at)
SELECT %(organisation_id)s, %(home_id)s, day, state, score, coverage, because, string_to_array(contexts, ' '), contributions::jsonb,
       parts::jsonb, kept_back::jsonb, threshold, %(code_version)s, %(now)s
FROM unnest(%(day)s::date[], %(state)s::text[], %(score)s::float8[], %(coverage)s::real[], %(because)s::text[], %(contexts)s::text[],
            %(contributions)s::text[], %(parts)s::text[], %(kept_back)s::text[], %(threshold)s::float8[])
    AS made (day, state, score, coverage, because, contexts, contributions, parts, kept_back, threshold)
ON CONFLICT (home_id, day) DO UPDATE
SET state = excluded.state, score = excluded.score, coverage = excluded.coverage, because = excluded.because,
    contexts = excluded.contexts, contributions = excluded.contributions, parts = excluded.parts, kept_back = excluded.kept_back,
    threshold = excluded.threshold, code_version = excluded.code_version, stated_at = excluded.stated_at
WHERE (wellbeing_day.state, wellbeing_day.score, wellbeing_day.coverage, wellbeing_day.because, wellbeing_day.contexts,
       wellbeing_day.contributions, wellbeing_day.parts, wellbeing_day.kept_back, wellbeing_day.threshold, wellbeing_day.code_version)
    IS DISTINCT FROM (excluded.state, excluded.score, excluded.coverage, excluded.because, excluded.contexts,
                      excluded.contributions, excluded.parts, excluded.kept_back, excluded.threshold, excluded.code_version)
RETURNING day;

-- seen_days --
-- How the days of a home stand, as the viewer may see them, in order.
SELECT day, state, score, coverage, because, contexts, contributions::text, parts::text, kept_back::text, threshold
FROM analytics.wellbeing_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day;

-- seen_latest --
-- Which version of its days is that of every home that the viewer may see, and how many of its devices and gateways are silent now;
-- homes of which there is neither are left out.
SELECT home_id, version, coalesce(silent, 0) AS silent
FROM (
    SELECT home_id, version::text FROM analytics.stated WHERE home_id = %(home_id)s OR %(home_id)s::int IS NULL
) AS stated
FULL JOIN (
    SELECT home_id, count(*)::int AS silent FROM analytics.silence
    WHERE ended_at IS NULL AND withdrawn_at IS NULL AND (home_id = %(home_id)s OR %(home_id)s::int IS NULL) GROUP BY home_id
) AS quiet USING (home_id);

-- seen_held --
-- The last day of some homes, with the days and states before it that are not older than a day given; nothing but the version where
-- none is. The version is that of the same moment.
WITH before AS (
    SELECT home_id, max(day) AS day, array_agg(day ORDER BY day) AS days, array_agg(state ORDER BY day) AS states,
           array_agg(score ORDER BY day) AS scores
    FROM analytics.wellbeing_day WHERE day >= %(first)s AND home_id = ANY (%(homes)s::int[]) GROUP BY home_id
)
SELECT stated.home_id, stated.version::text, latest.day, latest.state, latest.score, latest.coverage, latest.because, latest.contexts,
       latest.contributions::text, latest.parts::text, latest.kept_back::text, latest.threshold, before.days, before.states, before.scores
FROM analytics.stated
LEFT JOIN (before JOIN analytics.wellbeing_day AS latest USING (home_id, day)) ON before.home_id = stated.home_id
WHERE stated.home_id = ANY (%(homes)s::int[]);
