-- pilot_homes --
-- How many homes there are, and people who live in them.
SELECT count(*) AS homes, coalesce(sum(residents), 0)::bigint AS persons, coalesce(sum(devices), 0)::bigint AS devices FROM grafana.home
WHERE organisation IN (${organisation:sqlstring})

-- pilot_states --
-- How many homes stand how, day by day.
SELECT (day::timestamp AT TIME ZONE 'Europe/Rome') AS time, state AS metric, count(*) AS homes FROM grafana.wellbeing_day
WHERE day BETWEEN $__timeFrom()::date AND $__timeTo()::date AND organisation IN (${organisation:sqlstring})
GROUP BY day, state ORDER BY day

-- pilot_coverage --
-- Of how much of the expected data the days tell: the middle home, and the one that nine in ten are better than.
SELECT (day::timestamp AT TIME ZONE 'Europe/Rome') AS time, percentile_cont(0.5) WITHIN GROUP (ORDER BY coverage) AS half,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY coverage) AS nine_in_ten
FROM grafana.wellbeing_day
WHERE day BETWEEN $__timeFrom()::date AND $__timeTo()::date AND organisation IN (${organisation:sqlstring})
GROUP BY day ORDER BY day

-- pilot_enrolled --
-- How many gateways have been enrolled so far.
SELECT enrolled_at AS time, sum(count(*)) OVER (ORDER BY enrolled_at) AS gateways FROM grafana.gateway
WHERE enrolled_at IS NOT NULL AND enrolled_at <= $__timeTo()::timestamptz AND organisation IN (${organisation:sqlstring})
GROUP BY enrolled_at ORDER BY enrolled_at

-- pilot_load --
-- Alerts for each home and week, by family.
SELECT date_trunc('week', opened_at, 'Europe/Rome') AS time, family AS metric,
    count(*)::float / nullif((SELECT count(*) FROM grafana.home WHERE organisation IN (${organisation:sqlstring})), 0) AS alerts
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring})
GROUP BY 1, 2 ORDER BY 1

-- pilot_precision --
-- Of the changes in wellbeing that somebody judged: for how many of them attention was needed.
SELECT date_trunc('week', opened_at, 'Europe/Rome') AS time,
    count(*) FILTER (WHERE outcome = 'true')::float / nullif(count(*) FILTER (WHERE outcome IN ('true', 'false')), 0) AS needed
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring}) AND family = 'wellbeing'
GROUP BY 1 ORDER BY 1

-- pilot_detectors --
-- What each detector has found, what of it was on trial, and what later data took back.
SELECT detector, kind, count(*) AS findings, count(*) FILTER (WHERE trial) AS on_trial, count(*) FILTER (WHERE withdrawn) AS taken_back
FROM grafana.finding
WHERE $__timeFilter(started_at) AND organisation IN (${organisation:sqlstring})
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 50

-- pilot_agreements --
-- What the use of data rests on at present, by purpose.
SELECT organisation, purpose, basis, count(*) AS persons FROM grafana.agreement
WHERE valid_from <= $__timeTo()::timestamptz AND (ended_at IS NULL OR ended_at > $__timeTo()::timestamptz) AND organisation IN (${organisation:sqlstring})
GROUP BY 1, 2, 3 ORDER BY 1, 2
