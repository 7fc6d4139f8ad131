-- gateways_by_state --
-- How many gateways are there, by whether they are heard.
SELECT count(*) FILTER (WHERE online) AS heard, count(*) FILTER (WHERE NOT online AND received_at IS NOT NULL) AS silent,
    count(*) FILTER (WHERE received_at IS NULL) AS never_heard
FROM grafana.gateway WHERE organisation IN (${organisation:sqlstring})

-- gateways_silent --
-- Gateways that are not heard, the longest silent first.
SELECT organisation, home, gateway, changed_at AS since, power, queued, version
FROM grafana.gateway
WHERE NOT online AND received_at IS NOT NULL AND organisation IN (${organisation:sqlstring})
ORDER BY changed_at LIMIT 100

-- gateways_versions --
-- Which version of the program runs on how many gateways.
SELECT version, count(*) AS gateways FROM grafana.gateway
WHERE version IS NOT NULL AND organisation IN (${organisation:sqlstring})
GROUP BY 1 ORDER BY 2 DESC

-- silences_open --
-- What is silent now, and why.
SELECT organisation, home, subject, class, since, battery
FROM grafana.silence
WHERE ended_at IS NULL AND organisation IN (${organisation:sqlstring})
ORDER BY since LIMIT 200

-- silences_begun --
-- Silences that began, by class and day.
SELECT date_trunc('day', since, 'Europe/Rome') AS time, class AS metric, count(*) AS silences
FROM grafana.silence
WHERE $__timeFilter(since) AND organisation IN (${organisation:sqlstring})
GROUP BY 1, 2 ORDER BY 1
