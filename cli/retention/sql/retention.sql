-- readings --
-- Before which instant the readings of each class were dropped.
SELECT class AS name, nullif(dropped_before, '-infinity') AS kept_from FROM ingest.retention

-- gone_through --
-- From when on what was worked out and closed alerts are kept, and when they were last gone through.
SELECT class AS name, night, kept_from FROM analytics.retention
UNION ALL SELECT class, night, kept_from FROM alerts.retention

-- oldest_rejects --
-- The oldest of it, and how much is due.
SELECT min(last_at) AS oldest, count(*) FILTER (WHERE last_at < %(before)s) AS due FROM ingest.reject

-- oldest_analysis --
-- The oldest of it, and how much is due: days of homes.
SELECT min(day)::timestamptz AS oldest, count(*) FILTER (WHERE day < %(before)s::date) AS due FROM analytics.wellbeing_day

-- oldest_findings --
-- The oldest of it, and how much is due.
SELECT min(started_at) AS oldest, count(*) FILTER (WHERE greatest(started_at, ended_at) < %(before)s) AS due FROM analytics.finding

-- oldest_alerts --
-- The oldest of it, and how much is due.
SELECT min(resolved_at) AS oldest, count(*) FILTER (WHERE resolved_at < %(before)s) AS due FROM alerts.alert WHERE state = 'resolved'

-- oldest_audit --
-- The oldest of it, and how much is due.
SELECT min(at) AS oldest, count(*) FILTER (WHERE at < %(before)s) AS due FROM dashboards.audit
