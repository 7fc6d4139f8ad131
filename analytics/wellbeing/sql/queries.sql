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
-- The last day of every home that the viewer may see, with the days and states before it that are not older than a day given, and
-- how many of its devices and gateways are silent now; homes of which there is neither are left out. All of that is left to what
-- `seen_held` tells: here `week` and `own` say which it is, a hash of the days and one of the last day.
WITH before AS (
    SELECT home_id, max(day) AS day, bit_xor(hash_record_extended(ROW (day, state, score), 0)) AS week
    FROM analytics.wellbeing_day WHERE day >= %(first)s AND (home_id = %(home_id)s OR %(home_id)s::int IS NULL) GROUP BY home_id
), quiet AS (
    SELECT home_id, count(*)::int AS silent FROM analytics.silence
    WHERE ended_at IS NULL AND withdrawn_at IS NULL AND (home_id = %(home_id)s OR %(home_id)s::int IS NULL) GROUP BY home_id
)
SELECT home_id, day, week,
       hash_record_extended(ROW (state, score, coverage, because, contexts, contributions, parts, kept_back, threshold), 0) AS own,
       coalesce(silent, 0) AS silent
FROM before JOIN analytics.wellbeing_day USING (home_id, day) FULL JOIN quiet USING (home_id);

-- seen_held --
-- What the last days of some homes hold, and the days before them, by the same hashes.
WITH before AS (
    SELECT home_id, max(day) AS day, array_agg(day ORDER BY day) AS days, array_agg(state ORDER BY day) AS states,
           array_agg(score ORDER BY day) AS scores, bit_xor(hash_record_extended(ROW (day, state, score), 0)) AS week
    FROM analytics.wellbeing_day WHERE day >= %(first)s AND home_id = ANY (%(homes)s::int[]) GROUP BY home_id
)
SELECT home_id, day, week,
       hash_record_extended(ROW (state, score, coverage, because, contexts, contributions, parts, kept_back, threshold), 0) AS own,
       state, score, coverage, because, contexts, contributions::text, parts::text, kept_back::text, threshold, days, states, scores
FROM before JOIN analytics.wellbeing_day USING (home_id, day);
