-- alerts_open --
-- Open alerts by family, now.
SELECT count(*) FILTER (WHERE family = 'safety') AS safety, count(*) FILTER (WHERE family = 'wellbeing') AS wellbeing,
    count(*) FILTER (WHERE family = 'technical') AS technical
FROM grafana.alert
WHERE state <> 'resolved' AND organisation IN (${organisation:sqlstring}) AND opened_at > $__timeTo()::timestamptz - interval '90 days'

-- alerts_untaken --
-- For how long the oldest alert that nobody has taken waits.
SELECT coalesce(max(extract(epoch FROM $__timeTo()::timestamptz - opened_at)), 0) AS waits
FROM grafana.alert
WHERE state = 'new' AND family = 'safety' AND organisation IN (${organisation:sqlstring}) AND opened_at > $__timeTo()::timestamptz - interval '90 days'

-- alerts_opened --
-- Alerts that opened, by family and day.
SELECT date_trunc('day', opened_at, 'Europe/Rome') AS time, family AS metric, count(*) AS alerts
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring})
GROUP BY 1, 2 ORDER BY 1

-- alerts_taken_within --
-- How long it took until somebody took charge: half of the alerts, and nine in ten.
SELECT date_trunc('week', opened_at, 'Europe/Rome') AS time,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM taken_at - opened_at)) AS half,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM taken_at - opened_at)) AS nine_in_ten
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring}) AND family IN (${family:sqlstring}) AND taken_at IS NOT NULL
GROUP BY 1 ORDER BY 1

-- alerts_told_within --
-- How long it took until a channel had the first message.
SELECT date_trunc('day', opened_at, 'Europe/Rome') AS time, family AS metric,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM told_at - opened_at)) AS told
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring}) AND told_at IS NOT NULL
GROUP BY 1, 2 ORDER BY 1

-- alerts_outcomes --
-- How alerts ended.
SELECT outcome, count(*) AS alerts
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring}) AND family IN (${family:sqlstring}) AND outcome IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC

-- alerts_kinds --
-- What alerts were about, and how they ended.
SELECT kind, count(*) AS alerts, count(*) FILTER (WHERE outcome = 'true') AS needed,
    count(*) FILTER (WHERE outcome = 'false') AS mistaken, count(*) FILTER (WHERE outcome = 'explained') AS explained,
    count(*) FILTER (WHERE unanswered) AS unanswered
FROM grafana.alert
WHERE $__timeFilter(opened_at) AND organisation IN (${organisation:sqlstring}) AND family IN (${family:sqlstring})
GROUP BY 1 ORDER BY 2 DESC LIMIT 30
