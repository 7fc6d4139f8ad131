-- All that is held about a person, for the person's own copy (GDPR, articles 15 and 20): one view for each part of it, whose rows say
-- of whom they are (`of_person`); a part that is read a stretch of time at a time has an `at`. Nobody reads these views but through the
-- function below. What is private of others is left out: how contacts are reached, what is told of somebody else who lives there.
DROP FUNCTION IF EXISTS dashboards.copy_rows(uuid, text, timestamptz, timestamptz, timestamptz), dashboards.copy_span(uuid, timestamptz);
DO $$
DECLARE
    old     text;
    part    text;
    origin  text;
    joined  text;
    hidden  text[];
    shown   text;
BEGIN
    FOR old IN SELECT relname FROM pg_class WHERE relnamespace = 'dashboards'::regnamespace AND relkind = 'v' AND relname ~ '^held_' LOOP
        EXECUTE format('DROP VIEW IF EXISTS dashboards.%I CASCADE', old);
    END LOOP;
    -- Whole tables: the part, the table, how its rows belong to a person (`whose`), and which columns say nothing or are of others.
    FOR part, origin, joined, hidden IN VALUES
        ('person', 'registry.person', 'one.person_id = whose.person_id', '{home_id}'::text[]),
        ('home', 'registry.home', 'one.home_id = whose.home_id', '{}'),
        ('rooms', 'registry.room', 'one.home_id = whose.home_id', '{}'),
        ('contacts', 'registry.contact', 'one.person_id = whose.person_id', '{contact_id,phone,email}'),
        ('consents', 'registry.consent', 'one.person_id = whose.person_id', '{consent_id,recorded_by,withdrawn_by}'),
        ('devices', 'devices.device', 'one.home_id = whose.home_id', '{}'),
        ('device_places', 'devices.placement', 'one.home_id = whose.home_id', '{}'),
        ('device_changes', 'devices.history', 'one.home_id = whose.home_id', '{account_id}'),
        ('walk_tests', 'devices.walk_test', 'one.home_id = whose.home_id', '{account_id}'),
        ('gateways', 'devices.gateway', 'one.home_id = whose.home_id', '{}'),
        ('devices_found', 'ingest.found_device', 'one.home_id = whose.home_id', '{}'),
        ('calls', 'ingest.urgent', 'one.home_id = whose.home_id', '{heard_by}'),
        ('episodes', 'analytics.episode', 'one.home_id = whose.home_id', '{}'),
        ('indicators', 'analytics.indicator', 'one.home_id = whose.home_id', '{}'),
        ('indicators_by_hour', 'analytics.hourly', 'one.home_id = whose.home_id', '{}'),
        ('usual', 'analytics.baseline', 'one.home_id = whose.home_id', '{}'),
        ('days', 'analytics.wellbeing_day', 'one.home_id = whose.home_id', '{}'),
        ('changes', 'analytics.change_day', 'one.home_id = whose.home_id', '{}'),
        ('quiet_times', 'analytics.quiet_day', 'one.home_id = whose.home_id', '{}'),
        ('quiet_times_expected', 'analytics.expected_gap', 'one.home_id = whose.home_id', '{}'),
        ('rhythm', 'analytics.rhythm', 'one.home_id = whose.home_id', '{}'),
        ('device_rhythm', 'analytics.device_rhythm', 'one.home_id = whose.home_id', '{}'),
        ('profiles', 'analytics.day_profile', 'one.home_id = whose.home_id', '{}'),
        ('traces', 'analytics.day_traces', 'one.home_id = whose.home_id', '{}'),
        ('digests', 'analytics.day_digest', 'one.home_id = whose.home_id', '{}'),
        ('warmth', 'analytics.room_temperature', 'one.home_id = whose.home_id', '{}'),
        ('silences', 'analytics.silence', 'one.home_id = whose.home_id', '{}'),
        ('not_told', 'analytics.silenced', 'one.home_id = whose.home_id', '{}'),
        ('contexts', 'analytics.context', 'one.home_id = whose.home_id', '{public_id}'),
        ('context_changes', 'analytics.context_history', 'one.home_id = whose.home_id', '{account_id}'),
        ('visits', 'analytics.expected_visit', 'one.home_id = whose.home_id', '{entered_by}'),
        ('rules', 'analytics.rule_setting', 'one.home_id = whose.home_id', '{set_by}'),
        ('findings', 'analytics.finding', 'one.home_id = whose.home_id AND coalesce(one.person_id, whose.person_id) = whose.person_id', '{}'),
        ('alerts', 'alerts.alert', 'one.home_id = whose.home_id AND coalesce(one.person_id, whose.person_id) = whose.person_id',
         '{public_id,taken_by,policy,escalates_at,idle_step,idle_at}'),
        ('test_calls', 'alerts.test_alarm', 'one.home_id = whose.home_id', '{}')
    LOOP
        SELECT string_agg(format('one.%I', attname), ', ' ORDER BY attnum) INTO STRICT shown FROM pg_attribute
        WHERE attrelid = origin::regclass AND attnum > 0 AND NOT attisdropped
            AND attname <> ALL (hidden || ARRAY['organisation_id', 'home_id', 'person_id']);
        EXECUTE format('CREATE VIEW dashboards.%I WITH (security_barrier) AS SELECT whose.person_id AS of_person, %s'
                       ' FROM registry.person AS whose JOIN %s AS one ON %s', 'held_' || part, shown, origin, joined);
    END LOOP;
END
$$;

CREATE VIEW dashboards.held_shares WITH (security_barrier) AS
    SELECT share.person_id AS of_person, contact.name AS contact, data, from_minute, to_minute, since, set_by_name, ended_at, ended_by_name
    FROM registry.share JOIN registry.contact USING (contact_id);
CREATE VIEW dashboards.held_accounts WITH (security_barrier) AS
    SELECT close.person_id AS of_person, account.name, capacity, contact.name AS contact, since, ended_at
    FROM registry.person_account AS close JOIN registry.account USING (account_id) LEFT JOIN registry.contact USING (contact_id);
CREATE VIEW dashboards.held_invitations WITH (security_barrier) AS
    SELECT invitation.person_id AS of_person, capacity, contact.name AS contact, made_at, made_by_name, expires_at, revoked_at, used_at
    FROM registry.invitation LEFT JOIN registry.contact USING (contact_id);
CREATE VIEW dashboards.held_pauses WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, started_at, until, ended_at,
        CASE WHEN pause.person_id = whose.person_id THEN begun_by_name END AS begun_by_name,
        CASE WHEN pause.person_id = whose.person_id THEN ended_by_name END AS ended_by_name
    FROM registry.person AS whose JOIN registry.pause USING (home_id);
CREATE VIEW dashboards.held_studies WITH (security_barrier) AS
    SELECT member.person_id AS of_person, study.name AS study, member.arm, enrolled_on, left_on
    FROM registry.study_member AS member JOIN registry.study USING (study_id);
CREATE VIEW dashboards.held_edits WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, thing, edit.name, before - '{phone,email}'::text[] AS before, after - '{phone,email}'::text[] AS after,
        made_at, made_by_name
    FROM registry.person AS whose JOIN registry.edit ON thing = 'contact'
        AND thing_id IN (SELECT contact_id FROM registry.contact WHERE contact.person_id = whose.person_id)
    UNION ALL
    SELECT whose.person_id, thing, edit.name, before, after, made_at, made_by_name
    FROM registry.person AS whose JOIN registry.edit ON (thing = 'person' AND thing_id = whose.person_id)
        OR (thing = 'home' AND thing_id = whose.home_id)
        OR (thing = 'room' AND thing_id IN (SELECT room_id FROM registry.room WHERE room.home_id = whose.home_id));

-- The account of the person, where there is one.
CREATE VIEW dashboards.held_account WITH (security_barrier) AS
    SELECT close.person_id AS of_person, login, account.name, email, account.language, active
    FROM registry.person_account AS close JOIN registry.account USING (account_id) WHERE capacity = 'self';
CREATE VIEW dashboards.held_account_events WITH (security_barrier) AS
    SELECT close.person_id AS of_person, event.at AS happened_at, kind, by_name
    FROM registry.person_account AS close JOIN registry.account_event AS event USING (account_id) WHERE capacity = 'self';
CREATE VIEW dashboards.held_sign_ins WITH (security_barrier) AS
    SELECT close.person_id AS of_person, device, started_at, seen_at, expires_at
    FROM registry.person_account AS close JOIN dashboards.session USING (account_id) WHERE capacity = 'self';
CREATE VIEW dashboards.held_passkeys WITH (security_barrier) AS
    SELECT close.person_id AS of_person, label, added_at, used_at
    FROM registry.person_account AS close JOIN registry.passkey USING (account_id) WHERE capacity = 'self';
CREATE VIEW dashboards.held_identities WITH (security_barrier) AS
    SELECT close.person_id AS of_person, provider, linked_at, used_at
    FROM registry.person_account AS close JOIN registry.identity USING (account_id) WHERE capacity = 'self';
CREATE VIEW dashboards.held_addresses WITH (security_barrier) AS
    SELECT close.person_id AS of_person, channel, address, position, added_at, verified_at, gone_at, gone_for
    FROM registry.person_account AS close JOIN alerts.address USING (account_id) WHERE capacity = 'self';

-- What gateways say of the home.
CREATE VIEW dashboards.held_gateway_now WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, gateway.key AS gateway, online, changed_at, received_at, version, power, trouble, mains_lost,
        mains_back
    FROM registry.person AS whose JOIN devices.gateway USING (home_id) JOIN ingest.gateway_status USING (gateway_id);
CREATE VIEW dashboards.held_gateway_past WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, gateway.key AS gateway, change.at AS happened_at, heard_before, online, orderly, change.started_at,
        power, mains_lost, mains_back, trouble
    FROM registry.person AS whose JOIN devices.gateway USING (home_id) JOIN ingest.gateway_transition AS change USING (gateway_id);
CREATE VIEW dashboards.held_rejects WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, reject.gateway_key AS gateway, first_at, last_at, reason, detail,
        encode(payload, 'base64') AS payload, records, count
    FROM registry.person AS whose JOIN devices.gateway USING (home_id) JOIN ingest.reject ON reject.gateway_key = gateway.key;

-- Readings, and the figures made of them, which stay when readings are dropped.
CREATE VIEW dashboards.held_series WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, series_id, device_id, series.name, quantity_id
    FROM registry.person AS whose JOIN devices.series USING (home_id);
CREATE VIEW dashboards.held_readings WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, ts AS at, series.series_id, value, flags, corrected_ts
    FROM registry.person AS whose JOIN devices.series USING (home_id) JOIN (
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_event
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_level
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_vital
        UNION ALL SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_technical
    ) AS reading USING (series_id);
DO $$
DECLARE
    span    text;
    bucket  text;
BEGIN
    FOR span, bucket IN VALUES ('hourly', 'hour'), ('daily', 'day') LOOP
        EXECUTE format('CREATE VIEW dashboards.%I WITH (security_barrier) AS SELECT whose.person_id AS of_person, figure.at,'
            ' series.series_id, readings, plausible, total, minimum, maximum, first_value, last_value'
            ' FROM registry.person AS whose JOIN devices.series USING (home_id) JOIN (%s) AS figure USING (series_id)', 'held_figures_' || span,
            (SELECT string_agg(format('SELECT series_id, %I AS at, readings, plausible, total, minimum, maximum, first_value, last_value'
                                      ' FROM ingest.%I', bucket, span || '_' || class), ' UNION ALL ')
             FROM unnest(ARRAY['event', 'level', 'vital', 'technical']) AS class));
    END LOOP;
END
$$;

-- Alerts: what became of them, who was told by which way, and what volunteers were asked for.
CREATE VIEW dashboards.held_alert_changes WITH (security_barrier) AS
    SELECT held.of_person, history.alert_id, history.at AS happened_at, account_name, action, from_state, to_state, history.outcome, note, detail
    FROM dashboards.held_alerts AS held JOIN alerts.history USING (alert_id);
CREATE VIEW dashboards.held_outcomes WITH (security_barrier) AS
    SELECT held.of_person, outcome.finding_id, outcome.outcome, outcome.reason, account_name, outcome.at AS happened_at
    FROM dashboards.held_findings AS held JOIN analytics.outcome USING (finding_id);
CREATE VIEW dashboards.held_messages WITH (security_barrier) AS
    SELECT held.of_person, message.alert_id, message.channel, coalesce(contact.name, account.name, '') AS whom, message.purpose, message.state,
        message.due_at, message.sent_at, message.delivered_at, message.read_at, reply.answer, reply.at AS answered_at
    FROM dashboards.held_alerts AS held JOIN alerts.notification AS message USING (alert_id)
    LEFT JOIN registry.contact ON contact.contact_id = message.contact_id
    LEFT JOIN registry.account ON account.account_id = message.account_id
    LEFT JOIN alerts.reply USING (notification_id);
CREATE VIEW dashboards.held_news WITH (security_barrier) AS
    SELECT whose.person_id AS of_person, news.about, news.day, news.alert_id, news.channel, coalesce(contact.name, account.name, '') AS whom,
        news.said, news.state, news.made_at, news.sent_at, news.delivered_at, news.read_at
    FROM registry.person AS whose JOIN alerts.news USING (home_id)
    LEFT JOIN alerts.alert USING (alert_id)
    LEFT JOIN registry.contact ON contact.contact_id = news.contact_id
    LEFT JOIN registry.account ON account.account_id = news.account_id
    WHERE coalesce(alert.person_id, contact.person_id, whose.person_id) = whose.person_id;
CREATE VIEW dashboards.held_tasks WITH (security_barrier) AS
    SELECT held.of_person, task.alert_id, organisation.name AS association, task_it, task_en, task.municipality, task.state, offered_at, accepted_at,
        account.name AS accepted_by, ended_at, task.outcome
    FROM dashboards.held_alerts AS held JOIN alerts.handover AS task USING (alert_id)
    JOIN registry.organisation ON organisation.organisation_id = task.organisation_id
    LEFT JOIN registry.account ON account.account_id = task.accepted_by;

-- Who looked, as long as it is kept.
CREATE VIEW dashboards.held_looks WITH (security_barrier) AS
    SELECT audit_key.person_id AS of_person, audit.at AS happened_at, account.name, coalesce(close.capacity, '') AS capacity,
        coalesce((SELECT string_agg(DISTINCT organisation.name, ', ') FROM registry.membership JOIN registry.organisation USING (organisation_id)
                  WHERE membership.account_id = audit.account_id), '') AS organisations, audit.method, audit.route
    FROM dashboards.audit_key
    JOIN dashboards.audit ON audit.persons @> ARRAY[dashboards.pseudonym(audit_key.key)]
    JOIN registry.account USING (account_id)
    LEFT JOIN registry.person_account AS close ON close.account_id = audit.account_id AND close.person_id = audit_key.person_id;

-- The number of a person of whom the viewer may have a copy: the person, a delegate, an administrator of the organisation.
CREATE OR REPLACE FUNCTION dashboards.copied_person(wanted uuid, at timestamptz) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.person_id FROM registry.person WHERE public_id = wanted AND (
        EXISTS (SELECT FROM registry.viewer_close_to(at) AS close
                WHERE close.person_id = person.person_id AND close.capacity IN ('self', 'delegate'))
        OR EXISTS (SELECT FROM registry.viewer_roles() AS held
                   WHERE held.organisation_id = person.organisation_id AND held.role = 'administrator'))
$$;

-- Rows of a part as documents; of a part with an `at` those from an instant up to another, in order.
CREATE FUNCTION dashboards.copy_rows(wanted uuid, part text, since timestamptz, until timestamptz, at timestamptz) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose   int := dashboards.copied_person(wanted, copy_rows.at);
BEGIN
    IF whose IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format('SELECT to_jsonb(held) - ''of_person'' FROM dashboards.%I AS held WHERE of_person = $1', 'held_' || part)
        || CASE WHEN since IS NULL THEN '' ELSE ' AND held.at >= $2 AND held.at < $3 ORDER BY held.at' END USING whose, since, until;
END
$$;

-- From when to when there are readings or figures; nulls where there are none.
CREATE FUNCTION dashboards.copy_span(wanted uuid, at timestamptz) RETURNS TABLE (first timestamptz, last timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(found.first), max(found.last)
    FROM registry.person JOIN devices.series USING (home_id)
    CROSS JOIN LATERAL (
        SELECT min(ts) AS first, max(ts) AS last FROM ingest.reading_event WHERE series_id = series.series_id
        UNION ALL SELECT min(ts), max(ts) FROM ingest.reading_level WHERE series_id = series.series_id
        UNION ALL SELECT min(ts), max(ts) FROM ingest.reading_vital WHERE series_id = series.series_id
        UNION ALL SELECT min(ts), max(ts) FROM ingest.reading_technical WHERE series_id = series.series_id
        UNION ALL SELECT min(day), max(day) FROM ingest.daily_event WHERE series_id = series.series_id
        UNION ALL SELECT min(day), max(day) FROM ingest.daily_level WHERE series_id = series.series_id
        UNION ALL SELECT min(day), max(day) FROM ingest.daily_vital WHERE series_id = series.series_id
        UNION ALL SELECT min(day), max(day) FROM ingest.daily_technical WHERE series_id = series.series_id
    ) AS found
    WHERE person.person_id = dashboards.copied_person(wanted, copy_span.at)
$$;

REVOKE ALL ON FUNCTION dashboards.copied_person(uuid, timestamptz), dashboards.copy_rows(uuid, text, timestamptz, timestamptz, timestamptz),
    dashboards.copy_span(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.copied_person(uuid, timestamptz), dashboards.copy_rows(uuid, text, timestamptz, timestamptz, timestamptz),
    dashboards.copy_span(uuid, timestamptz) TO vicino_people, vicino_service;
-- Who makes a copy at the terminal is written down as on the pages.
GRANT EXECUTE ON FUNCTION dashboards.note_look(int[], int[], text, text, timestamptz) TO vicino_service;
