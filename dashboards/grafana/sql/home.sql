-- home_gateway --
-- Whether the gateway is heard.
SELECT (count(*) FILTER (WHERE online) > 0)::int AS online FROM grafana.gateway WHERE home = ${home:sqlstring}

-- home_heard --
-- When the gateway was last heard.
SELECT extract(epoch FROM max(received_at)) * 1000 AS heard FROM grafana.gateway WHERE home = ${home:sqlstring}

-- home_devices --
-- How many devices are installed.
SELECT devices FROM grafana.home WHERE home = ${home:sqlstring}

-- home_days --
-- How each day stands.
SELECT midnight AS time, state FROM grafana.wellbeing_day
WHERE home = ${home:sqlstring} AND day BETWEEN $__timeFrom()::date AND $__timeTo()::date ORDER BY day

-- home_coverage --
-- Of how much of the expected data each day tells.
SELECT midnight AS time, coverage FROM grafana.wellbeing_day
WHERE home = ${home:sqlstring} AND day BETWEEN $__timeFrom()::date AND $__timeTo()::date ORDER BY day

-- home_readings --
-- How many readings came in, by the hour or longer.
SELECT $__timeGroup(hour, '$__interval') AS time, sum(readings)::bigint AS readings FROM grafana.hourly
WHERE home = ${home:sqlstring} AND $__timeFilter(hour) GROUP BY 1 ORDER BY 1

-- home_movement --
-- Movement by kind of room.
SELECT $__timeGroup(hour, '$__interval') AS time, room AS metric, sum(total) AS movement FROM grafana.hourly
WHERE home = ${home:sqlstring} AND quantity_id IN (:movement) AND $__timeFilter(hour) GROUP BY 1, 2 ORDER BY 1

-- home_temperature --
-- How warm it was, by kind of room.
SELECT $__timeGroup(hour, '$__interval') AS time, room AS metric, sum(total) / nullif(sum(plausible), 0) AS temperature
FROM grafana.hourly
WHERE home = ${home:sqlstring} AND quantity_id = :temperature AND $__timeFilter(hour) GROUP BY 1, 2 ORDER BY 1

-- home_silences --
-- What was or is silent, and why.
SELECT subject, class, since, ended_at, battery FROM grafana.silence
WHERE home = ${home:sqlstring} AND since <= $__timeTo()::timestamptz AND (ended_at IS NULL OR ended_at >= $__timeFrom()::timestamptz)
ORDER BY since DESC LIMIT 100

-- home_alerts --
-- Alerts, the latest first.
SELECT opened_at AS opened, family, kind, state, outcome, extract(epoch FROM taken_at - opened_at) AS taken_after
FROM grafana.alert WHERE home = ${home:sqlstring} AND $__timeFilter(opened_at) ORDER BY opened_at DESC LIMIT 100
