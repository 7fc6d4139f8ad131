-- What those close to a person see of the analysis, as far as it is shared with them: see
-- registry/sql/idempotent/0004_consents.sql.
-- How the last days stand: no more than the state, and why it is none.
CREATE OR REPLACE FUNCTION analytics.shared_days(at timestamptz, first date)
RETURNS TABLE (person_id int, day date, state text, because text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, stands.day, stands.state, stands.because
    FROM registry.viewer_shared(at) AS viewer JOIN analytics.wellbeing_day AS stands USING (home_id)
    WHERE viewer.data = 'day' AND stands.day >= first
    ORDER BY 1, 2
$$;

-- Of how much of the expected data the figures of the last days tell, the least of them, and whether something goes on for which
-- days are not judged as usual (but not what). What acts by itself, and what one gets used to, and when, the analysis says.
DROP FUNCTION IF EXISTS analytics.shared_sight(timestamptz, date);
CREATE OR REPLACE FUNCTION analytics.shared_sight(at timestamptz, first date, enough real, lasting text[], learning interval)
RETURNS TABLE (person_id int, coverage real, context_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id,
        (SELECT min(latest.coverage) FROM (
            SELECT DISTINCT ON (kind) indicator.coverage FROM analytics.indicator
            WHERE indicator.home_id = viewer.home_id AND day >= first
                AND NOT EXISTS (
                    -- What was not recorded in a pause was not missed; a night runs from noon to noon.
                    SELECT FROM registry.unwatched WHERE unwatched.home_id = viewer.home_id
                        AND (started_at AT TIME ZONE home.timezone)::date <= day + 1
                        AND (coalesce(ended_at, 'infinity') AT TIME ZONE home.timezone)::date >= day)
            ORDER BY kind, day DESC
        ) AS latest),
        (SELECT min(started_at) FROM analytics.context
         WHERE context.home_id = viewer.home_id AND started_at <= at AND coalesce(ended_at, 'infinity') > at
            AND (standing IN ('entered', 'confirmed') OR (standing = 'proposed' AND confidence >= enough))
            AND (kind <> ALL (lasting) OR started_at > at - learning))
    FROM registry.viewer_shared(at) AS viewer JOIN registry.home USING (home_id)
    WHERE viewer.data = 'day'
$$;

-- The last sleep that was seen: when it began, and up to when.
CREATE OR REPLACE FUNCTION analytics.shared_sleep(at timestamptz, since timestamptz)
RETURNS TABLE (person_id int, asleep_at timestamptz, up_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, last.started_at, last.ended_at
    FROM registry.viewer_shared(at) AS viewer
    CROSS JOIN LATERAL (
        SELECT started_at, ended_at FROM analytics.episode
        WHERE episode.home_id = viewer.home_id AND kind = 'sleep' AND ended_at > since AND ended_at <= at
        ORDER BY started_at DESC LIMIT 1
    ) AS last
    WHERE viewer.data = 'sleep'
$$;

-- When the person was out since an instant.
CREATE OR REPLACE FUNCTION analytics.shared_outings(at timestamptz, since timestamptz)
RETURNS TABLE (person_id int, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, outing.started_at, outing.ended_at
    FROM registry.viewer_shared(at) AS viewer JOIN analytics.episode AS outing USING (home_id)
    WHERE viewer.data = 'outings' AND outing.kind = 'outing' AND outing.ended_at > since AND outing.started_at <= at
    ORDER BY 1, 2
$$;

REVOKE ALL ON FUNCTION analytics.shared_days(timestamptz, date), analytics.shared_sight(timestamptz, date, real, text[], interval),
    analytics.shared_sleep(timestamptz, timestamptz), analytics.shared_outings(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.shared_days(timestamptz, date), analytics.shared_sight(timestamptz, date, real, text[], interval),
    analytics.shared_sleep(timestamptz, timestamptz), analytics.shared_outings(timestamptz, timestamptz) TO vicino_people;
