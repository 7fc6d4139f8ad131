INSERT INTO registry.edit (organisation_id, thing, thing_id, name, before, after, made_at, made_by, made_by_name)
    VALUES (%(organisation_id)s, 'person', %(person_id)s, %(word)s, jsonb_build_object('name', %(word)s::text), NULL,
    %(now)s, %(staff)s, 'Anna');

INSERT INTO registry.edit (organisation_id, thing, thing_id, name, before, after, made_at, made_by, made_by_name)
    VALUES (%(organisation_id)s, 'home', %(home_id)s, %(word)s, NULL, jsonb_build_object('name', %(word)s::text),
    %(now)s, %(account)s, %(word)s);

INSERT INTO registry.invitation (organisation_id, person_id, capacity, code_digest, made_at, made_by_name, expires_at)
    VALUES (%(organisation_id)s, %(person_id)s, 'self', sha256(%(public)s::bytea), %(now)s, %(word)s, %(now)s +
    interval '1 day');

INSERT INTO registry.account_event (account_id, at, kind, by_name) VALUES (%(account)s, %(now)s, 'sessions_ended',
    %(word)s);

INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at) VALUES (%(account)s, 'comune',
    sha256(%(public)s::bytea), %(now)s);

INSERT INTO registry.provider_request (holder_digest, state_digest, provider, nonce, verifier, wanted, account_id, expires_at)
    VALUES (sha256(%(public)s::bytea), '', 'comune', 'n', 'v', '/', %(account)s, %(now)s);

INSERT INTO registry.passkey (account_id, credential_id, public_key, sign_count, label, added_at) VALUES (%(account)s,
    sha256(%(public)s::bytea), 'x', 0, %(word)s, %(now)s);

INSERT INTO dashboards.session (token_digest, account_id, csrf_token, started_at, seen_at, expires_at) VALUES
    (sha256(%(public)s::bytea), %(account)s, 'c', %(now)s, %(now)s, %(now)s + interval '1 hour');

INSERT INTO dashboards.api_token (token_digest, account_id, name, scopes, made_at, expires_at) VALUES
    (sha256(%(public)s::bytea), %(account)s, %(word)s, '{read}', %(now)s, %(now)s + interval '1 day');

INSERT INTO devices.history (organisation_id, home_id, device_id, at, account_id, account_name, action, before) SELECT
    %(organisation_id)s, %(home_id)s, %(device)s, %(now)s, %(account)s, %(word)s, 'moved',
    jsonb_build_object('name', %(word)s::text);

INSERT INTO devices.offline_rules (home_id, organisation_id, rules, changed_at) VALUES (%(home_id)s,
    %(organisation_id)s, jsonb_build_object('contacts', jsonb_build_array(jsonb_build_object('phone', '+39 333 555 0199'))), %(now)s);

INSERT INTO devices.walk_test (organisation_id, home_id, started_at, account_id, account_name) VALUES
    (%(organisation_id)s, %(home_id)s, %(now)s, %(account)s, %(word)s);

INSERT INTO ingest.reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes, properties,
    digest, source) VALUES (%(now)s, %(now)s, 'x', %(key)s, 'syntax', %(word)s, convert_to(%(word)s, 'UTF8'), 10,
    '[]', sha256(%(public)s::bytea), %(key)s);

INSERT INTO ingest.reject_gone VALUES (%(key)s, 'syntax', 1, 1, %(now)s, %(now)s);

INSERT INTO ingest.urgent (series_id, home_id, quantity_id, ts, value, received_at) VALUES (%(series)s, %(home_id)s,
    20, %(now)s, 1, %(now)s);

INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%(home_id)s, %(now)s, %(now)s);

INSERT INTO ingest.flood (gateway_id, device, started_at, last_at, parked) VALUES (%(gateway)s, '', %(now)s, %(now)s,
    1);

INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, standing, note, made_at, updated_at) VALUES
    (%(organisation_id)s, %(home_id)s, 'visit', %(now)s, 'entered', %(word)s, %(now)s, %(now)s);

INSERT INTO analytics.context_history (organisation_id, home_id, context_id, at, account_id, account_name, action,
    kind, standing, started_at, note) SELECT organisation_id, home_id, context_id, %(now)s, %(account)s, %(word)s,
    'entered', kind, standing, started_at, note FROM analytics.context WHERE home_id = %(home_id)s;

INSERT INTO analytics.expected_visit (organisation_id, home_id, who, weekdays, begins, ends, first_day, entered_at)
    VALUES (%(organisation_id)s, %(home_id)s, %(word)s, '{0}', '8:00', '9:00', '2026-03-01', %(now)s);

INSERT INTO analytics.finding (organisation_id, home_id, person_id, family, kind, severity, started_at, ended_at,
    found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence) VALUES
    (%(organisation_id)s, %(home_id)s, %(person_id)s, 'wellbeing', 'k', 1, %(now)s, %(now)s, %(now)s, %(now)s, 1, 'd',
    '1', %(word)s, %(word)s, jsonb_build_object('who', %(public)s::text));

INSERT INTO analytics.outcome (finding_id, organisation_id, home_id, judged_as, outcome, detector, kind, account_id,
    account_name, at) SELECT finding_id, organisation_id, home_id, gen_random_uuid(), 'true', 'd', 'k', %(staff)s,
    'Anna', %(now)s FROM analytics.finding WHERE home_id = %(home_id)s;

INSERT INTO analytics.rule_setting (organisation_id, home_id, rule, fields, set_at, reason) VALUES
    (%(organisation_id)s, %(home_id)s, 'cold', '{}', %(now)s, %(word)s);

INSERT INTO alerts.address (contact_id, channel, address, added_at) VALUES (%(contact)s, 'sms', '+39 333 555 0199',
    %(now)s);

INSERT INTO alerts.address (account_id, channel, address, added_at) VALUES (%(account)s, 'sms', '+39 0542 555 012',
    %(now)s);

INSERT INTO alerts.digest (contact_id, at, wanted_at) VALUES (%(contact)s, '20:00', %(now)s);

INSERT INTO alerts.news (organisation_id, home_id, about, day, contact_id, channel, address, language, said, made_at,
    state, due_at, until, others) VALUES (%(organisation_id)s, %(home_id)s, 'day', '2026-03-15', %(contact)s, 'sms',
    '+39 333 555 0199', 'it', ARRAY[%(word)s], %(now)s, 'due', %(now)s, %(now)s, '[]');

INSERT INTO alerts.test_alarm (organisation_id, home_id, started_at, ends_at, started_by_name, quantity_id) VALUES
    (%(organisation_id)s, %(home_id)s, %(now)s, %(now)s + interval '1 hour', %(word)s, 20);

INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, to_state, note) VALUES
    (%(organisation_id)s, %(alert)s, %(now)s, %(account)s, %(word)s, 'noted', 'new', %(word)s);

INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address, language,
    due_at, state, sent_at) VALUES (%(organisation_id)s, %(alert)s, 1, 1, 'sms', %(contact)s, '+39 333 555 0199',
    'it', %(now)s, 'sent', %(now)s);

INSERT INTO alerts.reply (notification_id, organisation_id, alert_id, answer, at) SELECT notification_id,
    organisation_id, alert_id, 'there', %(now)s FROM alerts.notification WHERE alert_id = %(alert)s;

INSERT INTO alerts.cause (alert_id, series_id, raised_at) VALUES (%(alert)s, %(series)s, %(now)s);

INSERT INTO alerts.taken_in (source, source_id, alert_id, at)
    SELECT 'urgent', urgent_id, %(alert)s, %(now)s FROM ingest.urgent WHERE home_id = %(home_id)s;

INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en, municipality, offered_at)
    SELECT organisation_id, alert_id, public_id, 1, %(word)s, %(word)s, 'Mordano', %(now)s
    FROM alerts.alert WHERE alert_id = %(alert)s;

INSERT INTO alerts.shift_handover (organisation_id, made_by, made_by_name, note, made_at, until) VALUES
    (%(organisation_id)s, %(staff)s, 'Anna', %(word)s, %(now)s, %(now)s + interval '1 hour');

INSERT INTO alerts.shift_handover_alert SELECT max(shift_handover_id), %(organisation_id)s, %(alert)s, %(staff)s FROM
    alerts.shift_handover;

INSERT INTO alerts.policy (organisation_id, family, kind, version, plan, since, set_by)
    VALUES (%(organisation_id)s, 'safety', 'kind ' || %(home_id)s::text, 1, '{"name": "p", "steps": []}', %(now)s, %(staff)s);

INSERT INTO alerts.policy_draft (organisation_id, family, days, asked_by, asked_at)
    VALUES (%(organisation_id)s, 'safety', 30, %(staff)s, %(now)s);

INSERT INTO alerts.tried_alert (draft_id, alert_id, organisation_id, home_id)
    SELECT draft_id, %(alert)s, %(organisation_id)s, %(home_id)s FROM alerts.policy_draft;

INSERT INTO registry.second_factor (account_id, secret, since, last_step) VALUES (%(account)s, '1234567890123456', %(now)s, 1);

INSERT INTO registry.second_factor_offer (account_id, secret, offered_at) VALUES (%(account)s, '1234567890123456', %(now)s);

INSERT INTO registry.recovery_code (code_digest, account_id, made_at) VALUES (sha256(%(public)s::bytea), %(account)s, %(now)s);

INSERT INTO registry.study (organisation_id, key, name) VALUES (%(organisation_id)s, 's', 'S');

INSERT INTO registry.study_arm (study_id, arm, is_control) SELECT study_id, 'a', false FROM registry.study;

INSERT INTO registry.study_member (organisation_id, study_id, person_id, arm, enrolled_on)
    SELECT %(organisation_id)s, study_id, %(person_id)s, 'a', '2026-03-01' FROM registry.study;

INSERT INTO dashboards.half_sign_in (token_digest, account_id, started_at, expires_at)
    VALUES (sha256(%(public)s::bytea), %(account)s, %(now)s, %(now)s);

INSERT INTO dashboards.research_export (made_at, query, digest, rows, subjects)
    SELECT %(now)s, '{}', 'd', 1, ARRAY[dashboards.pseudonym_for('research', public_id)] FROM registry.home WHERE home_id = %(home_id)s;

INSERT INTO devices.gateway_config (gateway_id, organisation_id, home_id, version, config, changed_at)
    VALUES (%(gateway)s, %(organisation_id)s, %(home_id)s, '1', convert_to(%(word)s, 'UTF8'), %(now)s);

INSERT INTO devices.enrolment (gateway_id, organisation_id, home_id, enrolled_at, password_hash)
    VALUES (%(gateway)s, %(organisation_id)s, %(home_id)s, %(now)s, 'h');

INSERT INTO ingest.reject_room VALUES (%(key)s, 1, 1);

INSERT INTO ingest.replay_request (gateway_key, reason, requested_by, requested_at) VALUES (%(key)s, 'syntax', %(staff)s, %(now)s);

INSERT INTO ingest.gateway_transition (organisation_id, gateway_id, at, online, orderly, boot, power)
    VALUES (%(organisation_id)s, %(gateway)s, %(now)s, true, true, 'b', 'mains');

INSERT INTO ingest.inventory VALUES (%(gateway)s, %(organisation_id)s, 0, %(now)s);

INSERT INTO ingest.found_device (organisation_id, home_id, gateway_id, ident, key, name, vendor, model, description, exposes, quantities,
    unmapped, first_seen, last_seen, is_present)
    VALUES (%(organisation_id)s, %(home_id)s, %(gateway)s, 'i', 'k', %(word)s, 'v', 'm', 'd', '{}', '{}', '{}', %(now)s, %(now)s, true);

INSERT INTO ingest.reading_vital (series_id, ts, value) VALUES (%(series)s, %(now)s, 80);

INSERT INTO ingest.reading_technical (series_id, ts, value) VALUES (%(series)s, %(now)s, 80);

INSERT INTO analytics.calendar VALUES (%(home_id)s, '2026-03-15') ON CONFLICT DO NOTHING;

INSERT INTO analytics.due_day VALUES (%(home_id)s, '2026-03-15', %(now)s, %(now)s);

INSERT INTO analytics.day_digest VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', %(word)s, '1');

INSERT INTO analytics.rhythm (home_id, day, readings, longest_gap_s) VALUES (%(home_id)s, '2026-03-15', 1, array_fill(1::real, ARRAY[24]));

INSERT INTO analytics.device_rhythm (home_id, device_id, day, reports) VALUES (%(home_id)s, %(device)s, '2026-03-15', 1);

INSERT INTO analytics.silence_due VALUES (%(home_id)s, %(now)s);

INSERT INTO analytics.context_due VALUES (%(home_id)s, %(now)s, %(now)s);

INSERT INTO analytics.context_look VALUES (%(home_id)s, %(now)s);

INSERT INTO analytics.day_profile VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', '{1}', 1, 1, '1');

INSERT INTO analytics.day_traces VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', jsonb_build_object('w', %(word)s::text), '1');

INSERT INTO analytics.quiet_day VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', '{}', '{}', '{}', '{}', '1');

INSERT INTO analytics.expected_gap VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', '{}', '1');

INSERT INTO analytics.silence (organisation_id, home_id, subject_kind, subject_id, class, cause, started_at, since, confidence, known_at,
    updated_at) VALUES (%(organisation_id)s, %(home_id)s, 'device', %(device)s, 'sensor_dead', 'c', %(now)s, %(now)s, 1, %(now)s, %(now)s);

INSERT INTO analytics.silenced VALUES (%(organisation_id)s, %(home_id)s, 'k', '2026-03-15', 'visit', %(now)s);

INSERT INTO analytics.room_temperature VALUES (%(organisation_id)s, %(home_id)s, %(room)s, '2026-03-15', array_fill(20::real, ARRAY[24]));

INSERT INTO analytics.preview (organisation_id, home_id, rule, mode, fields, days, asked_by, asked_at)
    VALUES (%(organisation_id)s, %(home_id)s, 'cold', 'active', '{}', 1, %(staff)s, %(now)s);

INSERT INTO analytics.previewed_home (preview_id, organisation_id, home_id)
    SELECT preview_id, %(organisation_id)s, %(home_id)s FROM analytics.preview;

INSERT INTO analytics.change_day (organisation_id, home_id, domain, day, rarity, signs, code_version, pace)
    VALUES (%(organisation_id)s, %(home_id)s, 'night', '2026-03-15', 1, jsonb_build_object('w', %(word)s::text), '1', 'sudden');

INSERT INTO analytics.wellbeing_day (organisation_id, home_id, day, state, coverage, contexts, contributions, parts, kept_back, threshold,
    code_version, stated_at)
    VALUES (%(organisation_id)s, %(home_id)s, '2026-03-15', 'green', 1, '{}', '[]', '[]', '[]', 1, '1', %(now)s);

INSERT INTO alerts.summarised SELECT notification_id, alert_id FROM alerts.notification WHERE alert_id = %(alert)s;

INSERT INTO alerts.push_device (account_id, endpoint, p256dh, auth, label, added_at)
    VALUES (%(account)s, 'https://push.example/1', 'p', 'a', %(word)s, %(now)s);

INSERT INTO alerts.pairing (code, channel, account_id, expires_at) VALUES (sha256(%(public)s::bytea), 'telegram', %(account)s, %(now)s);

INSERT INTO alerts.trial (account_id, channel, address, asked_at) VALUES (%(account)s, 'sms', '+39 0542 555 012', %(now)s);

INSERT INTO registry.caseload (account_id, changed_at) VALUES (%(staff)s, %(now)s);
INSERT INTO registry.caseload_home (account_id, home_id) VALUES (%(staff)s, %(home_id)s);
INSERT INTO registry.edit (organisation_id, thing, thing_id, name, before, after, made_at, made_by, made_by_name)
    SELECT %(organisation_id)s, 'caseload', %(staff)s, 'Anna', '{"limited": false, "homes": []}',
    jsonb_build_object('limited', true, 'homes', jsonb_build_array(home.key)), %(now)s, %(staff)s, 'Anna'
    FROM registry.home WHERE home_id = %(home_id)s;
