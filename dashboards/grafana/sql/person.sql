-- person_indicator --
-- One indicator, day by day, beside what is usual for the person.
SELECT midnight AS time, value, low, high FROM grafana.indicator
WHERE home = ${home:sqlstring} AND kind = :kind AND day BETWEEN $__timeFrom()::date AND $__timeTo()::date ORDER BY day

-- person_days --
-- How each day stands.
SELECT midnight AS time, state FROM grafana.wellbeing_day
WHERE home = ${home:sqlstring} AND day BETWEEN $__timeFrom()::date AND $__timeTo()::date ORDER BY day

-- person_score --
-- How far from usual each day was, and from where on that is told.
SELECT midnight AS time, score, threshold FROM grafana.wellbeing_day
WHERE home = ${home:sqlstring} AND day BETWEEN $__timeFrom()::date AND $__timeTo()::date ORDER BY day

-- person_episodes --
-- Hours of each day in bed, asleep and out.
SELECT date_trunc('day', started_at, 'Europe/Rome') AS time, kind AS metric, sum(extract(epoch FROM ended_at - started_at)) AS lasted
FROM grafana.episode
WHERE home = ${home:sqlstring} AND kind IN ('in_bed', 'sleep', 'outing') AND $__timeFilter(started_at) GROUP BY 1, 2 ORDER BY 1

-- person_findings --
-- What analysis has found, the latest first.
SELECT started_at AS started, kind, severity, coverage, trial, withdrawn FROM grafana.finding
WHERE home = ${home:sqlstring} AND family = 'wellbeing' AND $__timeFilter(started_at) ORDER BY started_at DESC LIMIT 100

-- person_contexts --
-- What was going on at home, to be drawn over the pictures.
SELECT started_at AS time, least(coalesce(ended_at, $__timeTo()::timestamptz), $__timeTo()::timestamptz) AS timeend, kind AS text, standing AS tags
FROM grafana.context
WHERE home = ${home:sqlstring} AND started_at <= $__timeTo()::timestamptz AND (ended_at IS NULL OR ended_at >= $__timeFrom()::timestamptz)
ORDER BY started_at
