-- shown --
-- The tables of the schema `analytics` that pages read and that hold what was computed of the days of homes.
SELECT DISTINCT table_name AS name FROM information_schema.columns
WHERE table_schema = 'analytics' AND column_name = 'home_id'
  AND table_name IN ('episode', 'indicator', 'baseline', 'hourly', 'wellbeing_day', 'finding', 'context', 'silenced', 'sighted',
                     'stated')
ORDER BY 1

-- copy_readings --
-- Give each copy the readings of its pattern, some minutes earlier than there, in every home others.
INSERT INTO {table} (ts, value, series_id, flags)
SELECT ts - home_id %% 29 * interval '1 minute', value, own, flags
FROM {table} JOIN same_series ON same_series.pattern = series_id
WHERE ts >= %(since)s ORDER BY ts

-- forget_readings --
-- Delete readings of the patterns that are older than those of the other homes; only in a database made for a measurement.
DELETE FROM {table} WHERE ts < %(since)s

-- count_readings --
-- How many readings there are.
SELECT (SELECT count(*) FROM ingest.reading_event) + (SELECT count(*) FROM ingest.reading_level)
     + (SELECT count(*) FROM ingest.reading_vital) + (SELECT count(*) FROM ingest.reading_technical) AS n

-- count_episodes --
-- How many episodes there are.
SELECT count(*) AS n FROM analytics.episode

-- count_indicators --
-- How many indicators of days there are.
SELECT count(*) AS n FROM analytics.indicator

-- count_alerts --
-- How many alerts there are.
SELECT count(*) AS n FROM alerts.alert

-- alerts_of_findings --
-- An alert of each finding, as the alert worker opens it: judged within the day, but for the last finding of every eighth home,
-- which is open, and in a third of those somebody is in charge. One in three is of the last days.
WITH told AS (
    SELECT finding.*, row_number() OVER (PARTITION BY home_id ORDER BY started_at DESC, finding_id DESC) = 1 AND home_id %% 8 = 0 AS open,
           least(ended_at + home_id %% 600 * interval '1 minute', %(now)s::timestamptz - interval '1 day') AS told_at
    FROM analytics.finding WHERE withdrawn_at IS NULL AND NOT trial
), timed AS (
    SELECT told.*, open AND home_id %% 24 = 0 AS taken,
           CASE WHEN open THEN %(now)s::timestamptz - (60 + home_id * 37 %% 2600) * interval '1 minute' ELSE told_at END AS opened_at
    FROM told
), made AS (
    INSERT INTO alerts.alert (organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
        explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, policy, step)
    SELECT timed.organisation_id, home_id, person_id, family, timed.kind, severity,
        CASE WHEN taken THEN 'in_charge' WHEN open THEN 'new' ELSE 'resolved' END, started_at, opened_at, opened_at,
        explanation_it, explanation_en, timed.coverage, evidence,
        CASE WHEN taken OR NOT open THEN account_id END, CASE WHEN taken OR NOT open THEN account.name ELSE '' END,
        CASE WHEN taken OR NOT open THEN opened_at + interval '40 minutes' END,
        CASE WHEN NOT open THEN opened_at + interval '3 hours' END,
        CASE WHEN NOT open THEN (ARRAY['true', 'true', 'false', 'explained'])[finding_id %% 4 + 1] END,
        %(policies)s::jsonb -> family, 1
    FROM timed CROSS JOIN (SELECT account_id, name FROM registry.account ORDER BY account_id LIMIT 1) AS account
    ON CONFLICT DO NOTHING
    RETURNING alert_id
)
SELECT count(*) AS n FROM made

-- calls --
-- Four presses of the button of every home in a year, with an outcome; one in two hundred has called just now.
WITH pressed AS (
    SELECT home_id, home.organisation_id, person_id, nth, nth = 0 AND home_id %% 200 = 3 AS open,
           %(now)s::timestamptz - CASE WHEN nth = 0 AND home_id %% 200 = 3 THEN home_id %% 40 * interval '1 minute'
               ELSE (nth * 90 + home_id * 31 %% 88 + 1) * interval '1 day' + home_id * 53 %% 1440 * interval '1 minute' END AS at
    FROM registry.home JOIN registry.person USING (home_id) CROSS JOIN generate_series(0, 3) AS nth
    WHERE NOT EXISTS (SELECT FROM registry.organisation WHERE organisation.organisation_id = home.organisation_id AND kind = 'canary')
), made AS (
    INSERT INTO alerts.alert (organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
        explanation_it, explanation_en, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, policy, step)
    SELECT organisation_id, home_id, person_id, 'safety', 'sos_button', 1, CASE WHEN open THEN 'new' ELSE 'resolved' END, at, at, at,
        'Pulsante SOS premuto alle ' || to_char(at, 'HH24:MI') || '.', 'SOS button pressed at ' || to_char(at, 'HH24:MI') || '.',
        jsonb_build_object('quantity', 'sos_button', 'value', 1, 'happened_at', at, 'received_at', at + interval '1 second'),
        CASE WHEN NOT open THEN account_id END, CASE WHEN NOT open THEN account.name ELSE '' END,
        CASE WHEN NOT open THEN at + interval '2 minutes' END, CASE WHEN NOT open THEN at + interval '50 minutes' END,
        CASE WHEN NOT open THEN (ARRAY['true', 'false'])[home_id %% 2 + 1] END, %(policies)s::jsonb -> 'safety', 1
    FROM pressed CROSS JOIN (SELECT account_id, name FROM registry.account ORDER BY account_id LIMIT 1) AS account
    RETURNING alert_id
)
SELECT count(*) AS n FROM made

-- histories --
-- What happened to the alerts.
INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, from_state, to_state, outcome)
SELECT organisation_id, alert_id, opened_at, NULL::int, '', 'opened', NULL, 'new', NULL FROM alerts.alert
UNION ALL
SELECT organisation_id, alert_id, taken_at, taken_by, taken_by_name, 'taken', 'new', 'in_charge', NULL FROM alerts.alert WHERE taken_at IS NOT NULL
UNION ALL
SELECT organisation_id, alert_id, resolved_at, taken_by, taken_by_name, 'resolved', 'in_charge', 'resolved', outcome
FROM alerts.alert WHERE resolved_at IS NOT NULL
ORDER BY 2, 3

-- messages --
-- Two people were told of each alert by a message.
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address, language, state, due_at,
                                 first_due_at, sent_at, attempts)
SELECT organisation_id, alert_id, 1, 0, 'email', account_id, account.login || '@example.org', 'it', 'sent', opened_at, opened_at,
       opened_at + interval '3 seconds', 1
FROM alerts.alert CROSS JOIN (SELECT account_id, login FROM registry.account ORDER BY account_id LIMIT 2) AS account

-- silences --
-- In one home of thirty something is silent: a battery, a sensor.
INSERT INTO analytics.silence (organisation_id, home_id, subject_kind, subject_id, class, cause, started_at, since, confidence,
                               known_at, updated_at)
SELECT DISTINCT ON (home_id) organisation_id, home_id, 'device', device_id,
    CASE home_id %% 2 WHEN 0 THEN 'battery_low' ELSE 'sensor_dead' END, 'unheard', at, at, 0.9, at, at
FROM devices.device CROSS JOIN (SELECT %(now)s::timestamptz - interval '40 hours' AS at) AS since
WHERE home_id %% 30 = 7 ORDER BY home_id, device_id

-- gateways_speak --
-- Every gateway has just spoken, but for one in fifty, which has been offline for some hours.
INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, said_at, boot, queued, thinned, clock,
                                   version, uptime_s, power)
SELECT gateway_id, organisation_id, home_id %% 50 <> 5, %(now)s::timestamptz - interval '5 hours',
    %(now)s::timestamptz - CASE WHEN home_id %% 50 = 5 THEN interval '5 hours' ELSE home_id %% 50 * interval '1 second' END, %(now)s,
    'bench', 0, 0, 'synced', 'bench', 400000, 'mains'
FROM devices.gateway
ON CONFLICT (gateway_id) DO UPDATE SET online = excluded.online, changed_at = excluded.changed_at, received_at = excluded.received_at

-- worked_on --
-- Alerts are worked on, for as long as is measured.
INSERT INTO alerts.heartbeat (part, at) VALUES ('alerts', %(until)s) ON CONFLICT (part) DO UPDATE SET at = excluded.at

-- share_password --
-- Every account has the password of one.
UPDATE registry.account SET password_hash = one.password_hash
FROM registry.account AS one WHERE one.login = %(login)s AND account.login <> one.login

-- filled --
-- Say that the database has all that it is to have: by the number of homes and of days, and until when they were lived.
CREATE TABLE public.bench_filled AS SELECT %(homes)s::int AS homes, %(days)s::int AS days, %(now)s::timestamptz AS until

-- found_filled --
-- The homes and days that the database was filled with, if it was.
SELECT homes, days, until FROM public.bench_filled

-- is_filled --
-- Whether the database was filled.
SELECT to_regclass('public.bench_filled') IS NOT NULL AS filled

-- persons --
-- The public ids of the people, in an order in which homes that follow each other are far apart.
SELECT public_id::text AS public_id FROM registry.person ORDER BY person_id * 7919 % 10007, person_id

-- alerts --
-- The public ids of alerts, open and resolved ones in turn, of different homes.
SELECT public_id::text AS public_id FROM (
    SELECT public_id, row_number() OVER (PARTITION BY state = 'resolved' ORDER BY home_id * 7919 %% 10007, opened_at DESC) AS place
    FROM alerts.alert
) AS placed ORDER BY place, public_id LIMIT %(number)s

-- open_alert --
-- Open an alert of a home, as the alert worker does: who shows alerts is told when the transaction ends.
INSERT INTO alerts.alert (organisation_id, home_id, person_id, family, kind, severity, happened_at, opened_at, updated_at,
                          explanation_it, explanation_en, evidence, policy, step)
SELECT home.organisation_id, home_id, person_id, 'safety', 'sos_button', 1, %(now)s, %(now)s, %(now)s, %(said)s, %(said)s, '{}',
    %(policies)s::jsonb -> 'safety', 1
FROM registry.home JOIN registry.person USING (home_id)
WHERE person.public_id = %(person)s
RETURNING public_id::text AS public_id

-- end_alert --
-- End an alert.
UPDATE alerts.alert SET state = 'resolved', resolved_at = %(now)s, outcome = 'true', updated_at = %(now)s WHERE public_id = %(public_id)s

-- without_open_call --
-- The people without an open call for help, in an order in which homes that follow each other are far apart.
SELECT public_id::text AS public_id FROM registry.person
WHERE NOT EXISTS (SELECT FROM alerts.alert WHERE alert.home_id = person.home_id AND state <> 'resolved' AND kind = 'sos_button')
ORDER BY person_id * 7919 % 10007, person_id
