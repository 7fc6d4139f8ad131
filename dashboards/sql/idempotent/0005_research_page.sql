-- What whoever researches sees of homes all of whose residents agree: figures of many together. A researcher sees no row of any
-- table; these functions tell nothing of a sex and age with fewer than five homes, and nothing from before everybody had agreed.
CREATE OR REPLACE FUNCTION dashboards.research_homes(at timestamptz)
RETURNS TABLE (home_id int, since timestamptz, residents int, timezone text, sex text, age_from int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT home_id, since, residents, home.timezone, alone.sex, alone.age_from
    FROM registry.agreeing_homes('research', at)
    JOIN registry.home USING (home_id)
    JOIN registry.organisation ON organisation.organisation_id = home.organisation_id AND organisation.kind <> 'canary'
    -- Of whom a home tells is known where one person lives there.
    LEFT JOIN LATERAL (
        SELECT coalesce(person.sex, '') AS sex, CASE WHEN birth_year IS NOT NULL THEN
            least(greatest((extract(year FROM at)::int - birth_year - 1) / 10 * 10, 50), 90) END AS age_from
        FROM registry.person WHERE person.home_id = home.home_id AND residents = 1
    ) AS alone ON true
    WHERE home.organisation_id IN (SELECT registry.viewer_researches())
$$;

-- Studies and their arms: how many were enrolled, have left, and agree to research.
CREATE OR REPLACE FUNCTION dashboards.research_arms(at timestamptz)
RETURNS TABLE (study text, arm text, is_control boolean, enrolled int, has_left int, agree int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT study.name, study_arm.arm, study_arm.is_control, count(member.person_id)::int, count(member.left_on)::int,
        count(*) FILTER (WHERE member.person_id IS NOT NULL AND registry.holds(member.person_id, 'research', at))::int
    FROM registry.study
    JOIN registry.study_arm USING (study_id)
    LEFT JOIN registry.study_member AS member ON member.study_id = study.study_id AND member.arm = study_arm.arm
    WHERE study.organisation_id IN (SELECT registry.viewer_researches())
    GROUP BY study.study_id, study.name, study_arm.arm, study_arm.is_control
    ORDER BY study.name, study_arm.is_control, study_arm.arm
$$;

-- Who they are: homes by sex and age of the one who lives there; null where more live there, or where they are too few to be told.
CREATE OR REPLACE FUNCTION dashboards.research_cohort(at timestamptz)
RETURNS TABLE (sex text, age_from int, homes int, persons int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(at)), sized AS (
        SELECT *, count(*) OVER (PARTITION BY known.sex, known.age_from) >= 5 AS is_told FROM known
    )
    SELECT CASE WHEN is_told THEN sized.sex END, CASE WHEN is_told THEN sized.age_from END, count(*)::int, sum(residents)::int
    FROM sized GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST
$$;

-- Of how much of the expected data days tell, by the week; weeks with fewer than five homes are left out.
CREATE OR REPLACE FUNCTION dashboards.research_coverage(first date, last date, at timestamptz)
RETURNS TABLE (week date, homes int, days int, coverage double precision, unknown int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT date_trunc('week', day)::date, count(DISTINCT home_id)::int, count(*)::int, avg(coverage), count(*) FILTER (WHERE state = 'unknown')::int
    FROM dashboards.research_homes(at) AS home JOIN analytics.wellbeing_day USING (home_id)
    WHERE day BETWEEN first AND last AND day > (since AT TIME ZONE home.timezone)::date
    GROUP BY 1 HAVING count(DISTINCT home_id) >= 5 ORDER BY 1
$$;

-- What was found of each kind by sex and age of the one who lives there, in how many days of how many homes, and how it was judged.
CREATE OR REPLACE FUNCTION dashboards.research_findings(first date, last date, at timestamptz)
RETURNS TABLE (kind text, sex text, age_from int, homes int, home_days bigint, findings bigint, needed bigint, mistaken bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(at)), days AS (
        SELECT known.sex, known.age_from, count(DISTINCT home_id)::int AS homes, count(*) AS home_days
        FROM known JOIN analytics.wellbeing_day USING (home_id)
        WHERE day BETWEEN first AND last AND day > (since AT TIME ZONE timezone)::date AND state <> 'unknown' AND known.sex IS NOT NULL
        GROUP BY 1, 2 HAVING count(DISTINCT home_id) >= 5
    ), found AS (
        SELECT finding.kind, known.sex, known.age_from, count(*) AS findings,
            count(*) FILTER (WHERE outcome.outcome = 'true') AS needed, count(*) FILTER (WHERE outcome.outcome = 'false') AS mistaken
        FROM known JOIN analytics.finding USING (home_id) LEFT JOIN analytics.outcome USING (finding_id)
        WHERE finding.family = 'wellbeing' AND finding.withdrawn_at IS NULL AND NOT trial
            AND (finding.started_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
            AND (finding.started_at AT TIME ZONE timezone)::date BETWEEN first AND last
        GROUP BY 1, 2, 3
    )
    SELECT found.kind, days.sex, days.age_from, days.homes, days.home_days, found.findings, found.needed, found.mistaken
    FROM days JOIN found ON found.sex = days.sex AND found.age_from IS NOT DISTINCT FROM days.age_from
    ORDER BY 1, 2, 3
$$;

-- Alerts of each family: how many for each home and week, and within how many seconds half were told, taken and closed.
CREATE OR REPLACE FUNCTION dashboards.research_alerts(first date, last date, at timestamptz)
RETURNS TABLE (family text, alerts bigint, per_home_week double precision, told_s double precision, taken_s double precision,
               taken_late_s double precision, closed_s double precision, unanswered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(at)), weeks AS (
        SELECT sum(greatest(0, last - greatest(first, (since AT TIME ZONE timezone)::date + 1) + 1)) / 7.0 AS weeks FROM known
        HAVING count(*) FILTER (WHERE (since AT TIME ZONE timezone)::date < last) >= 5
    ), raised AS (
        SELECT alert.family, extract(epoch FROM (SELECT min(sent_at) FROM alerts.notification AS told
                                                 WHERE told.alert_id = alert.alert_id) - opened_at) AS told,
            extract(epoch FROM said.taken - opened_at) AS taken, extract(epoch FROM resolved_at - opened_at) AS closed,
            coalesce(said.unanswered, false) AS unanswered
        FROM known JOIN alerts.alert USING (home_id)
        CROSS JOIN LATERAL (
            SELECT min(history.at) FILTER (WHERE action = 'taken') AS taken, bool_or(action = 'unanswered') AS unanswered
            FROM alerts.history WHERE history.alert_id = alert.alert_id
        ) AS said
        WHERE (opened_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
            AND (opened_at AT TIME ZONE timezone)::date BETWEEN first AND last
    )
    SELECT raised.family, count(*), count(*) / nullif(weeks.weeks, 0)::float8,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY told), percentile_cont(0.5) WITHIN GROUP (ORDER BY taken),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY taken), percentile_cont(0.5) WITHIN GROUP (ORDER BY closed),
        count(*) FILTER (WHERE unanswered)
    FROM raised CROSS JOIN weeks GROUP BY raised.family, weeks.weeks ORDER BY 1
$$;

-- What happened in homes: contexts as people entered or confirmed them, where they concern at least five homes.
CREATE OR REPLACE FUNCTION dashboards.research_events(first date, last date, at timestamptz)
RETURNS TABLE (kind text, events bigint, homes bigint, days double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT context.kind, count(*), count(DISTINCT home_id), avg(extract(epoch FROM ended_at - started_at)) / 86400
    FROM dashboards.research_homes(at) AS home JOIN analytics.context USING (home_id)
    WHERE standing IN ('entered', 'confirmed') AND (started_at AT TIME ZONE home.timezone)::date > (since AT TIME ZONE home.timezone)::date
        AND (started_at AT TIME ZONE home.timezone)::date BETWEEN first AND last
    GROUP BY 1 HAVING count(DISTINCT home_id) >= 5 ORDER BY 2 DESC, 1
$$;

REVOKE ALL ON FUNCTION dashboards.research_homes(timestamptz), dashboards.research_arms(timestamptz),
    dashboards.research_cohort(timestamptz), dashboards.research_coverage(date, date, timestamptz),
    dashboards.research_findings(date, date, timestamptz), dashboards.research_alerts(date, date, timestamptz),
    dashboards.research_events(date, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.research_arms(timestamptz), dashboards.research_cohort(timestamptz),
    dashboards.research_coverage(date, date, timestamptz), dashboards.research_findings(date, date, timestamptz),
    dashboards.research_alerts(date, date, timestamptz), dashboards.research_events(date, date, timestamptz) TO vicino_people;
