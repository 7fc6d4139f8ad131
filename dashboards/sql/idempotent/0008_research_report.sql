-- What the report on a pilot tells besides the page for research: like there, of homes all of whose residents agree, from the day after
-- they did, and of no cell that fewer than five homes are in.

-- Alerts of each family in each week, and the days of homes in it.
CREATE OR REPLACE FUNCTION dashboards.research_load(first date, last date, at timestamptz)
RETURNS TABLE (week date, family text, homes int, home_days int, alerts int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(at)), weeks AS (
        SELECT date_trunc('week', day)::date AS week, count(DISTINCT home_id)::int AS homes, count(*)::int AS home_days
        FROM known CROSS JOIN LATERAL
            generate_series(greatest(first, (since AT TIME ZONE timezone)::date + 1), last, interval '1 day') AS day
        GROUP BY 1 HAVING count(DISTINCT home_id) >= 5
    ), raised AS (
        SELECT date_trunc('week', (opened_at AT TIME ZONE timezone)::date)::date AS week, alert.family, count(*)::int AS alerts
        FROM known JOIN alerts.alert USING (home_id)
        WHERE (opened_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
            AND (opened_at AT TIME ZONE timezone)::date BETWEEN first AND last
        GROUP BY 1, 2
    )
    SELECT weeks.week, every.family, homes, home_days, coalesce(raised.alerts, 0)
    FROM weeks CROSS JOIN unnest(ARRAY['safety', 'wellbeing', 'technical']) WITH ORDINALITY AS every (family, place)
    LEFT JOIN raised ON raised.week = weeks.week AND raised.family = every.family
    ORDER BY weeks.week, every.place
$$;

-- Within how many seconds half and nine in ten were told of, taken and closed. One that goes on and was not yet is later than any;
-- one that is over without was never to be, and does not count.
CREATE OR REPLACE FUNCTION dashboards.research_responses(first date, last date, at timestamptz)
RETURNS TABLE (family text, alerts int, homes int, unanswered int, told_s double precision, told_late_s double precision,
               taken_s double precision, taken_late_s double precision, closed_s double precision, closed_late_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH raised AS (
        SELECT alert.family, home_id, resolved_at IS NULL AS goes_on, coalesce(said.unanswered, false) AS unanswered,
            extract(epoch FROM (SELECT min(sent_at) FROM alerts.notification AS told
                                WHERE told.alert_id = alert.alert_id) - opened_at)::float8 AS told,
            extract(epoch FROM said.taken - opened_at)::float8 AS taken, extract(epoch FROM resolved_at - opened_at)::float8 AS closed
        FROM dashboards.research_homes(at) AS home JOIN alerts.alert USING (home_id)
        CROSS JOIN LATERAL (
            SELECT min(history.at) FILTER (WHERE action = 'taken') AS taken, bool_or(action = 'unanswered') AS unanswered
            FROM alerts.history WHERE history.alert_id = alert.alert_id
        ) AS said
        WHERE (opened_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
            AND (opened_at AT TIME ZONE timezone)::date BETWEEN first AND last
    ), judged AS (
        SELECT family, home_id, unanswered,
            CASE WHEN goes_on THEN coalesce(told, 'infinity') ELSE told END AS told,
            CASE WHEN goes_on THEN coalesce(taken, 'infinity') ELSE taken END AS taken, coalesce(closed, 'infinity') AS closed
        FROM raised
    )
    SELECT family, count(*)::int, count(DISTINCT home_id)::int, (count(*) FILTER (WHERE unanswered))::int,
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY told), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY told), 'infinity'),
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY taken), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY taken), 'infinity'),
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY closed), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY closed), 'infinity')
    FROM judged GROUP BY family HAVING count(DISTINCT home_id) >= 5
    ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family)
$$;

-- How alerts of each kind ended.
CREATE OR REPLACE FUNCTION dashboards.research_kinds(first date, last date, at timestamptz)
RETURNS TABLE (family text, kind text, homes int, alerts int, needed int, mistaken int, explained int, unclear int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT family, kind, count(DISTINCT home_id)::int, count(*)::int, (count(*) FILTER (WHERE outcome = 'true'))::int,
        (count(*) FILTER (WHERE outcome = 'false'))::int, (count(*) FILTER (WHERE outcome = 'explained'))::int,
        (count(*) FILTER (WHERE outcome = 'unclear'))::int
    FROM dashboards.research_homes(at) AS home JOIN alerts.alert USING (home_id)
    WHERE (opened_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
        AND (opened_at AT TIME ZONE timezone)::date BETWEEN first AND last
    GROUP BY 1, 2 HAVING count(DISTINCT home_id) >= 5
    ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), kind
$$;

REVOKE ALL ON FUNCTION dashboards.research_load(date, date, timestamptz), dashboards.research_responses(date, date, timestamptz),
    dashboards.research_kinds(date, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.research_load(date, date, timestamptz), dashboards.research_responses(date, date, timestamptz),
    dashboards.research_kinds(date, date, timestamptz) TO vicino_people;
