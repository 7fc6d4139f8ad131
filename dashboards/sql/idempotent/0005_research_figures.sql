-- What whoever researches sees of homes all of whose residents agree: figures of many together, of the page and of the report on a
-- pilot. A researcher sees no row of any table. What is told rests on five homes at least, and so does what is left beside it; nothing
-- is told from before everybody had agreed. The same days give the same figures later on: what changes with time, ages, enrolment and
-- who agreed already, is as of the last day. Who has withdrawn since is out of them all the same: that is as of `at`.
DROP FUNCTION IF EXISTS dashboards.research_homes(timestamptz), dashboards.research_arms(timestamptz),
    dashboards.research_cohort(timestamptz), dashboards.research_alerts(date, date, timestamptz);
-- They may tell something else than before.
DROP FUNCTION IF EXISTS dashboards.research_coverage(date, date, timestamptz), dashboards.research_findings(date, date, timestamptz),
    dashboards.research_events(date, date, timestamptz), dashboards.research_load(date, date, timestamptz),
    dashboards.research_responses(date, date, timestamptz), dashboards.research_kinds(date, date, timestamptz);

CREATE OR REPLACE FUNCTION dashboards.research_homes(last date, at timestamptz)
RETURNS TABLE (home_id int, since timestamptz, residents int, timezone text, sex text, age_from int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT home_id, since, residents, home.timezone, alone.sex, alone.age_from
    FROM registry.agreeing_homes('research', at)
    JOIN registry.home USING (home_id)
    JOIN registry.organisation ON organisation.organisation_id = home.organisation_id AND organisation.kind <> 'canary'
    -- Of whom a home tells is known where one person lives there.
    LEFT JOIN LATERAL (
        SELECT coalesce(person.sex, '') AS sex, CASE WHEN birth_year IS NOT NULL THEN
            least(greatest((extract(year FROM last)::int - birth_year - 1) / 10 * 10, 50), 90) END AS age_from
        FROM registry.person WHERE person.home_id = home.home_id AND residents = 1
    ) AS alone ON true
    WHERE home.organisation_id IN (SELECT registry.viewer_researches()) AND (since AT TIME ZONE home.timezone)::date < last
$$;

-- How many homes, so that the difference to another such count tells of no few: those left over are not told.
CREATE OR REPLACE FUNCTION dashboards.research_count(homes bigint) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (homes / 5 * 5)::int
$$;

-- How many events ended in each way, given the home and the outcome of each. An outcome is told if no home had it, or five or more, and if
-- what is not told of the events is of none, or of five homes or more. Of the choices that leaves it takes the one that tells most of
-- what precision comes from, then most of the rest.
CREATE OR REPLACE FUNCTION dashboards.research_outcomes(homes int[], outcomes text[])
RETURNS TABLE (needed int, mistaken int, explained int, unclear int)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH event AS (
        SELECT home_id, CASE outcome WHEN 'true' THEN 1 WHEN 'false' THEN 2 WHEN 'explained' THEN 4 WHEN 'unclear' THEN 8 ELSE 16 END AS bit
        FROM unnest(homes, outcomes) AS one (home_id, outcome)
    ), sized AS (
        SELECT bit, count(*)::int AS events, count(DISTINCT home_id) AS homes FROM event GROUP BY bit
    ), chosen AS (
        SELECT told FROM generate_series(0, 15) AS told
        WHERE NOT EXISTS (SELECT FROM sized WHERE bit & told <> 0 AND sized.homes < 5)
            AND (SELECT count(DISTINCT home_id) FROM event WHERE bit & told = 0) NOT BETWEEN 1 AND 4
        ORDER BY (told & 1) * 4 + (told & 2) * 2 + (told & 4) / 2 + (told & 8) / 8 DESC, told LIMIT 1
    )
    SELECT CASE WHEN told & 1 <> 0 THEN coalesce(max(events) FILTER (WHERE bit = 1), 0) END,
        CASE WHEN told & 2 <> 0 THEN coalesce(max(events) FILTER (WHERE bit = 2), 0) END,
        CASE WHEN told & 4 <> 0 THEN coalesce(max(events) FILTER (WHERE bit = 4), 0) END,
        CASE WHEN told & 8 <> 0 THEN coalesce(max(events) FILTER (WHERE bit = 8), 0) END
    FROM chosen LEFT JOIN sized ON true GROUP BY told
$$;

-- Alerts of a period, by home.
CREATE OR REPLACE FUNCTION dashboards.research_raised(first date, last date, at timestamptz)
RETURNS TABLE (alert_id bigint, home_id int, family text, kind text, outcome text, opened_on date, opened_at timestamptz, resolved_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alert_id, home_id, family, kind, outcome, (opened_at AT TIME ZONE timezone)::date, opened_at, resolved_at
    FROM dashboards.research_homes(last, at) AS home JOIN alerts.alert USING (home_id)
    WHERE (opened_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
        AND (opened_at AT TIME ZONE timezone)::date BETWEEN first AND last
$$;

-- Studies and their arms: how many were enrolled, had left, and agreed to research by the last day and agree still.
CREATE OR REPLACE FUNCTION dashboards.research_arms(last date, at timestamptz)
RETURNS TABLE (study text, arm text, is_control boolean, enrolled int, has_left int, agree int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT study.name, study_arm.arm, study_arm.is_control, count(member.person_id)::int,
        (count(*) FILTER (WHERE member.left_on <= last))::int,
        (count(*) FILTER (WHERE registry.holds(member.person_id, 'research', at)
            AND registry.holds(member.person_id, 'research', last::timestamp AT TIME ZONE coalesce(home.timezone, 'Europe/Rome'))))::int
    FROM registry.study
    JOIN registry.study_arm USING (study_id)
    LEFT JOIN registry.study_member AS member
        ON member.study_id = study.study_id AND member.arm = study_arm.arm AND member.enrolled_on <= last
    LEFT JOIN registry.person USING (person_id)
    LEFT JOIN registry.home USING (home_id)
    WHERE study.organisation_id IN (SELECT registry.viewer_researches())
    GROUP BY study.study_id, study.name, study_arm.arm, study_arm.is_control
    ORDER BY study.name, study_arm.is_control, study_arm.arm
$$;

-- Who they are: homes by sex and age of the one who lives there; null where more live there, or where they are too few to be told.
CREATE OR REPLACE FUNCTION dashboards.research_cohort(last date, at timestamptz)
RETURNS TABLE (sex text, age_from int, homes int, persons int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(last, at)), sized AS (
        SELECT *, count(*) OVER (PARTITION BY known.sex, known.age_from) >= 5 AS is_told FROM known
    )
    SELECT CASE WHEN is_told THEN sized.sex END, CASE WHEN is_told THEN sized.age_from END, count(*)::int, sum(residents)::int
    FROM sized GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST
$$;

-- Of how much of the expected data days tell, by the week; weeks with fewer than five homes are left out. Shares are in hundredths:
-- finer ones would tell of how many days, and so of how many homes.
CREATE OR REPLACE FUNCTION dashboards.research_coverage(first date, last date, at timestamptz)
RETURNS TABLE (week date, homes int, coverage double precision, unknown double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT date_trunc('week', day)::date, dashboards.research_count(count(DISTINCT home_id)), round(avg(coverage)::numeric, 2)::float8,
        round(avg((state = 'unknown')::int), 2)::float8
    FROM dashboards.research_homes(last, at) AS home JOIN analytics.wellbeing_day USING (home_id)
    WHERE day BETWEEN first AND last AND day > (since AT TIME ZONE home.timezone)::date
    GROUP BY 1 HAVING count(DISTINCT home_id) >= 5 ORDER BY 1
$$;

-- What was found of each kind by sex and age of the one who lives there, in how many days of how many homes, and how it was judged. Groups
-- in which fewer than five homes had that kind are one group of all such: sex and age are null.
CREATE OR REPLACE FUNCTION dashboards.research_findings(first date, last date, at timestamptz)
RETURNS TABLE (kind text, sex text, age_from int, homes int, home_days bigint, findings bigint, needed int, mistaken int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (SELECT * FROM dashboards.research_homes(last, at) AS home WHERE home.sex IS NOT NULL), days AS (
        SELECT home_id, known.sex, coalesce(known.age_from, -1) AS age_from, count(*) AS days
        FROM known JOIN analytics.wellbeing_day USING (home_id)
        WHERE day BETWEEN first AND last AND day > (since AT TIME ZONE timezone)::date AND state <> 'unknown'
        GROUP BY home_id, known.sex, known.age_from
    ), found AS (
        SELECT finding.kind, known.home_id, outcome.outcome
        FROM known JOIN analytics.finding USING (home_id) LEFT JOIN analytics.outcome USING (finding_id)
        WHERE finding.family = 'wellbeing' AND finding.withdrawn_at IS NULL AND NOT trial
            AND (finding.started_at AT TIME ZONE timezone)::date > (since AT TIME ZONE timezone)::date
            AND (finding.started_at AT TIME ZONE timezone)::date BETWEEN first AND last
            AND known.home_id IN (SELECT home_id FROM days)
    ), had AS (
        SELECT kind, home_id, count(*) AS findings FROM found GROUP BY kind, home_id
    ), placed AS (
        SELECT each.kind, days.home_id, days.days, days.sex, days.age_from,
            count(had.home_id) OVER (PARTITION BY each.kind, days.sex, days.age_from) >= 5 AS is_told
        FROM (SELECT DISTINCT kind FROM found) AS each CROSS JOIN days LEFT JOIN had ON had.kind = each.kind AND had.home_id = days.home_id
    ), grouped AS (
        SELECT kind, home_id, days, CASE WHEN is_told THEN placed.sex END AS sex, CASE WHEN is_told THEN placed.age_from END AS age_from
        FROM placed
    ), summed AS (
        SELECT kind, grouped.sex, grouped.age_from, count(*) AS homes, sum(days)::bigint AS home_days FROM grouped GROUP BY 1, 2, 3
    ), counted AS (
        SELECT found.kind, grouped.sex, grouped.age_from, count(*) AS findings, array_agg(home_id) AS had_by, array_agg(found.outcome) AS outcomes
        FROM grouped JOIN found USING (kind, home_id) GROUP BY 1, 2, 3 HAVING count(DISTINCT home_id) >= 5
    )
    SELECT summed.kind, summed.sex, nullif(summed.age_from, -1), dashboards.research_count(summed.homes), summed.home_days, counted.findings,
        told.needed, told.mistaken
    FROM summed JOIN counted ON counted.kind = summed.kind AND counted.sex IS NOT DISTINCT FROM summed.sex
        AND counted.age_from IS NOT DISTINCT FROM summed.age_from
    CROSS JOIN LATERAL dashboards.research_outcomes(counted.had_by, counted.outcomes) AS told
    ORDER BY 1, 2, 3
$$;

-- What happened in homes: contexts as people entered or confirmed them, where they concern at least five homes.
CREATE OR REPLACE FUNCTION dashboards.research_events(first date, last date, at timestamptz)
RETURNS TABLE (kind text, events bigint, homes int, days double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT context.kind, count(*), dashboards.research_count(count(DISTINCT home_id)), avg(extract(epoch FROM ended_at - started_at)) / 86400
    FROM dashboards.research_homes(last, at) AS home JOIN analytics.context USING (home_id)
    WHERE standing IN ('entered', 'confirmed') AND (started_at AT TIME ZONE home.timezone)::date > (since AT TIME ZONE home.timezone)::date
        AND (started_at AT TIME ZONE home.timezone)::date BETWEEN first AND last
    GROUP BY 1 HAVING count(DISTINCT home_id) >= 5 ORDER BY 2 DESC, 1
$$;

-- How many alerts of each family a home had in each week, in hundredths; null where one to four homes had any.
CREATE OR REPLACE FUNCTION dashboards.research_load(first date, last date, at timestamptz)
RETURNS TABLE (week date, family text, homes int, per_home_week double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH weeks AS (
        SELECT date_trunc('week', day)::date AS week, count(DISTINCT home_id) AS homes, count(*) / 7.0 AS home_weeks
        FROM dashboards.research_homes(last, at) CROSS JOIN LATERAL
            generate_series(greatest(first, (since AT TIME ZONE timezone)::date + 1), last, interval '1 day') AS day
        GROUP BY 1 HAVING count(DISTINCT home_id) >= 5
    ), raised AS (
        SELECT date_trunc('week', opened_on)::date AS week, raised.family, count(*) AS alerts, count(DISTINCT home_id) AS had_by
        FROM dashboards.research_raised(first, last, at) AS raised GROUP BY 1, 2
    )
    SELECT weeks.week, every.family, dashboards.research_count(weeks.homes),
        CASE WHEN coalesce(had_by, 0) NOT BETWEEN 1 AND 4 THEN round(coalesce(alerts, 0) / home_weeks, 2)::float8 END
    FROM weeks CROSS JOIN unnest(ARRAY['safety', 'wellbeing', 'technical']) WITH ORDINALITY AS every (family, place)
    LEFT JOIN raised ON raised.week = weeks.week AND raised.family = every.family
    ORDER BY weeks.week, every.place
$$;

-- How many alerts there were of each family, and within how many seconds half and nine in ten were told of, taken and closed. One that goes on
-- and was not yet is later than any; one that is over without was never to be, and does not count.
CREATE OR REPLACE FUNCTION dashboards.research_responses(first date, last date, at timestamptz)
RETURNS TABLE (family text, alerts int, homes int, per_home_week double precision, unanswered int, told_s double precision,
               told_late_s double precision, taken_s double precision, taken_late_s double precision, closed_s double precision,
               closed_late_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH weeks AS (
        SELECT sum(last - greatest(first, (since AT TIME ZONE timezone)::date + 1) + 1) / 7.0 AS home_weeks
        FROM dashboards.research_homes(last, at)
    ), raised AS (
        SELECT raised.family, home_id, resolved_at IS NULL AS goes_on, coalesce(said.unanswered, false) AS unanswered,
            extract(epoch FROM (SELECT min(sent_at) FROM alerts.notification AS told
                                WHERE told.alert_id = raised.alert_id) - opened_at)::float8 AS told,
            extract(epoch FROM said.taken - opened_at)::float8 AS taken, extract(epoch FROM resolved_at - opened_at)::float8 AS closed
        FROM dashboards.research_raised(first, last, at) AS raised
        CROSS JOIN LATERAL (
            SELECT min(history.at) FILTER (WHERE action = 'taken') AS taken, bool_or(action = 'unanswered') AS unanswered
            FROM alerts.history WHERE history.alert_id = raised.alert_id
        ) AS said
    ), judged AS (
        SELECT raised.family, home_id, unanswered,
            CASE WHEN goes_on THEN coalesce(told, 'infinity') ELSE told END AS told,
            CASE WHEN goes_on THEN coalesce(taken, 'infinity') ELSE taken END AS taken, coalesce(closed, 'infinity') AS closed
        FROM raised
    )
    SELECT judged.family, count(*)::int, dashboards.research_count(count(DISTINCT home_id)), round(count(*) / max(home_weeks), 2)::float8,
        CASE WHEN count(DISTINCT home_id) FILTER (WHERE unanswered) NOT BETWEEN 1 AND 4
            AND count(DISTINCT home_id) FILTER (WHERE NOT unanswered) NOT BETWEEN 1 AND 4
        THEN (count(*) FILTER (WHERE unanswered))::int END,
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY told), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY told), 'infinity'),
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY taken), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY taken), 'infinity'),
        nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY closed), 'infinity'), nullif(percentile_disc(0.9) WITHIN GROUP (ORDER BY closed), 'infinity')
    FROM judged CROSS JOIN weeks GROUP BY judged.family HAVING count(DISTINCT home_id) >= 5
    ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], judged.family)
$$;

-- How alerts of each kind ended.
CREATE OR REPLACE FUNCTION dashboards.research_kinds(first date, last date, at timestamptz)
RETURNS TABLE (family text, kind text, homes int, alerts int, needed int, mistaken int, explained int, unclear int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH ended AS (
        SELECT raised.family, raised.kind, count(DISTINCT home_id) AS homes, count(*)::int AS alerts, array_agg(home_id) AS had_by,
            array_agg(outcome) AS outcomes
        FROM dashboards.research_raised(first, last, at) AS raised GROUP BY 1, 2 HAVING count(DISTINCT home_id) >= 5
    )
    SELECT ended.family, ended.kind, dashboards.research_count(ended.homes), ended.alerts, told.needed, told.mistaken, told.explained, told.unclear
    FROM ended CROSS JOIN LATERAL dashboards.research_outcomes(had_by, outcomes) AS told
    ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], ended.family), ended.kind
$$;

REVOKE ALL ON FUNCTION dashboards.research_homes(date, timestamptz), dashboards.research_count(bigint),
    dashboards.research_outcomes(int[], text[]), dashboards.research_raised(date, date, timestamptz),
    dashboards.research_arms(date, timestamptz), dashboards.research_cohort(date, timestamptz),
    dashboards.research_coverage(date, date, timestamptz), dashboards.research_findings(date, date, timestamptz),
    dashboards.research_events(date, date, timestamptz), dashboards.research_load(date, date, timestamptz),
    dashboards.research_responses(date, date, timestamptz), dashboards.research_kinds(date, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.research_arms(date, timestamptz), dashboards.research_cohort(date, timestamptz),
    dashboards.research_coverage(date, date, timestamptz), dashboards.research_findings(date, date, timestamptz),
    dashboards.research_events(date, date, timestamptz), dashboards.research_load(date, date, timestamptz),
    dashboards.research_responses(date, date, timestamptz), dashboards.research_kinds(date, date, timestamptz) TO vicino_people;
