-- What `filled.py` fills an empty database with; its values stand in braces.
INSERT INTO registry.organisation (key, name, kind) VALUES ('union', 'Unione', 'union');
INSERT INTO registry.organisation (key, name, kind, parent_id)
SELECT 'town-' || n, 'Comune ' || n, 'municipality', 1 FROM generate_series(1, 2) AS n;
INSERT INTO registry.organisation (key, name, kind) VALUES ('canary', 'Prove', 'canary');
INSERT INTO registry.account (login, name) VALUES ({login}, 'Operatrice Celata');
INSERT INTO registry.home (organisation_id, key, name, address, municipality, access_notes)
SELECT 2 + n % 2, 'casa-zenobia-' || n, 'Casa ' || {person} || ' ' || n, {address}, 'Borgo', {note}
FROM generate_series(1, {homes}) AS n;
INSERT INTO registry.home (organisation_id, key, name) VALUES (4, 'canary', 'Prove');
INSERT INTO registry.room (organisation_id, home_id, key, name, kind)
SELECT organisation_id, home_id, kind, {person}, kind FROM registry.home,
    unnest(ARRAY['bedroom', 'bathroom', 'kitchen', 'living']) AS kind;
INSERT INTO registry.person (organisation_id, home_id, key, name, birth_year, sex, phone)
SELECT organisation_id, home_id, 'zenobia-' || home_id, {person} || ' ' || home_id, 1930 + home_id % 25,
    CASE home_id % 3 WHEN 0 THEN 'male' ELSE 'female' END, {phone}
FROM registry.home;
INSERT INTO registry.contact (organisation_id, person_id, key, name, phone, email)
SELECT organisation_id, person_id, 'figlia', {contact}, {phone}, 'ermenegilda@fuochi.example' FROM registry.person;
INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, note, recorded_by_name)
SELECT organisation_id, person_id, purpose, 'consent', {now}::timestamptz - interval '150 days', {note}, 'Operatrice Celata'
FROM registry.person, unnest(ARRAY['care', 'research']) AS purpose;
INSERT INTO devices.gateway (organisation_id, home_id, key)
SELECT organisation_id, home_id, 'gw-zenobia-' || home_id FROM registry.home;
INSERT INTO devices.enrolment (gateway_id, organisation_id, home_id, enrolled_at, password_hash)
SELECT gateway_id, organisation_id, home_id, {now}::timestamptz - interval '1 day' * (80 - gateway_id), 'x' FROM devices.gateway;
INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, boot, queued, thinned,
    clock, version, uptime_s, power)
SELECT gateway_id, organisation_id, gateway_id % 5 > 0, {now}::timestamptz - interval '3 hours', {now}::timestamptz - interval '1 minute',
    'b', gateway_id % 7, 0, 'synced', '0.1.' || gateway_id % 2, 1000, 'mains'
FROM devices.gateway WHERE gateway_id % 11 > 0;
INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key, name)
SELECT organisation_id, home_id, gateway_id, room_id, 'pir-' || room.kind, {person} FROM devices.gateway JOIN registry.room USING (home_id, organisation_id);
INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)
SELECT organisation_id, home_id, gateway_id, device_id, device.key || '.' || quantity, quantity
FROM devices.device, unnest(ARRAY[{occupancy}, {temperature}]) AS quantity;
INSERT INTO ingest.hourly_event
SELECT series_id, hour, 12, 12, 6, 0, 1, 0, 1 FROM devices.series,
    generate_series(date_trunc('hour', {now}::timestamptz) - interval '1 day' * {hourly_days}, {now}, '1 hour') AS hour
WHERE quantity_id = {occupancy};
INSERT INTO ingest.hourly_level
SELECT series_id, hour, 4, 4, 84, 20, 22, 20, 22 FROM devices.series,
    generate_series(date_trunc('hour', {now}::timestamptz) - interval '1 day' * {hourly_days}, {now}, '1 hour') AS hour
WHERE quantity_id = {temperature};
INSERT INTO analytics.indicator (organisation_id, home_id, kind, day, value, unit, coverage, readings, code_version, computed_at)
SELECT organisation_id, home_id, kind, {now}::date - back, (home_id + back) % 9, '1', 0.5 + 0.05 * (back % 10), 300, '1', {now}
FROM registry.home, unnest({kinds}::text[]) AS kind, generate_series(0, {days}) AS back;
INSERT INTO analytics.baseline (organisation_id, home_id, kind, day, median, spread, low, high, days)
SELECT organisation_id, home_id, kind, day, 4, 1, 2, 6, 28 FROM analytics.indicator;
INSERT INTO analytics.wellbeing_day (organisation_id, home_id, day, state, score, coverage, because, contexts, contributions,
    parts, kept_back, threshold, code_version, stated_at)
SELECT organisation_id, home_id, {now}::date - back, (ARRAY['green', 'green', 'yellow', 'red', 'unknown'])[1 + (home_id + back) % 5],
    (home_id + back) % 7, 0.5 + 0.05 * (back % 10), CASE (home_id + back) % 5 WHEN 4 THEN 'coverage' END, '{{}}',
    jsonb_build_object('note', {note}), '{{}}', '{{}}', 4, '1', {now}
FROM registry.home, generate_series(0, {days}) AS back;
INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at, readings, code_version)
SELECT room.organisation_id, home_id, room_id, sort, {now}::timestamptz - interval '1 day' * back, {now}::timestamptz - interval '1 day' * back + interval '40 minutes', 3, '1'
FROM registry.room, unnest(ARRAY['sleep', 'in_bed', 'outing', 'presence', 'meal']) AS sort, generate_series(1, {days}) AS back
WHERE room.kind IN ('bedroom', 'living');
INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at, found_at, updated_at, coverage,
    detector, detector_version, explanation_it, explanation_en, evidence, trial)
SELECT organisation_id, home_id, 'wellbeing', 'night_bathroom_visits', 0.5, {now}::timestamptz - interval '1 day' * back,
    {now}::timestamptz - interval '1 day' * back + interval '8 hours', {now}, {now}, 0.9, 'night', '1', {person}, {person},
    jsonb_build_object('who', {person}), back % 3 = 0
FROM registry.home, generate_series(1, {days}, 2) AS back;
INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, note, why_it, made_at, updated_at)
SELECT organisation_id, home_id, 'visit', {now}::timestamptz - interval '1 day' * back, {now}::timestamptz - interval '1 day' * (back - 1), 'entered', {note}, {person}, {now}, {now}
FROM registry.home, generate_series(1, {days}, 10) AS back;
INSERT INTO analytics.silence (organisation_id, home_id, subject_kind, subject_id, class, cause, started_at, since, ended_at, confidence,
    battery, known_at, updated_at)
SELECT organisation_id, home_id, 'device', home_id, 'battery_low', 'weak', {now}::timestamptz - interval '1 day' * back,
    {now}::timestamptz - interval '1 day' * back, CASE WHEN back > 4 THEN {now}::timestamptz - interval '1 day' * (back - 1) END, 0.9, 8, {now}, {now}
FROM registry.home, generate_series(1, {days}, 2) AS back;
INSERT INTO alerts.alert (organisation_id, home_id, person_id, family, kind, severity, happened_at, opened_at, updated_at,
    explanation_it, explanation_en, policy, state, outcome, resolved_at, taken_by, taken_by_name, taken_at)
SELECT person.organisation_id, home_id, person_id, family, kind, 1, at, at, at, {person}, {person}, '{{}}',
    CASE WHEN back = 1 THEN 'new' ELSE 'resolved' END, CASE WHEN back > 1 THEN (ARRAY['true', 'false', 'explained'])[1 + back % 3] END,
    CASE WHEN back > 1 THEN at + interval '1 hour' END, CASE WHEN back > 1 THEN 1 END, CASE WHEN back > 1 THEN 'Operatrice Celata' ELSE '' END,
    CASE WHEN back > 1 THEN at + interval '3 minutes' END
FROM registry.person, generate_series(1, {days}) AS back,
    (VALUES ('safety', 'sos_button'), ('wellbeing', 'night_bathroom_visits')) AS sort (family, kind),
    LATERAL (SELECT {now}::timestamptz - interval '1 day' * back + interval '1 minute' * home_id AS at) AS moment;
INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, to_state, note)
SELECT organisation_id, alert_id, opened_at + interval '1 minute' * after, 1, 'Operatrice Celata', action, 'new', {note}
FROM alerts.alert, (VALUES ('opened', 0), ('taken', 3), ('resolved', 60)) AS step (action, after);
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address, language, state, due_at, sent_at)
SELECT organisation_id, alert_id, 1, 0, 'email', 1, 'ermenegilda@fuochi.example', 'it', 'sent', opened_at, opened_at + interval '2 seconds'
FROM alerts.alert;
