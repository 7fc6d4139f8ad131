-- residents --
-- Who lives in the home: years of birth become bands of ten years, and nothing else is told.
SELECT dashboards.pseudonym_for('research', public_id) AS resident, birth_year, sex
FROM registry.person WHERE home_id = %(home)s ORDER BY resident

-- enrolments --
-- In which studies and arms who lives in the home takes part.
SELECT dashboards.pseudonym_for('research', person.public_id) AS resident, study.key AS study, study_member.arm, is_control AS control,
    enrolled_on, left_on
FROM registry.person
JOIN registry.study_member USING (person_id)
JOIN registry.study USING (study_id)
JOIN registry.study_arm ON study_arm.study_id = study.study_id AND study_arm.arm = study_member.arm
WHERE home_id = %(home)s
ORDER BY study, resident

-- indicators --
-- Indicators of days, beside what was usual before them.
SELECT indicator.kind, indicator.day, value, unit, coverage::float8 AS coverage, low, median, high, readings, code_version
FROM analytics.indicator
LEFT JOIN analytics.baseline ON baseline.home_id = indicator.home_id AND baseline.kind = indicator.kind
    AND baseline.day = indicator.day
WHERE indicator.home_id = %(home)s AND indicator.day BETWEEN %(first)s AND %(last)s
ORDER BY indicator.kind, indicator.day

-- days --
-- How days stand.
SELECT day, state, score, coverage::float8 AS coverage, because, threshold, code_version
FROM analytics.wellbeing_day WHERE home_id = %(home)s AND day BETWEEN %(first)s AND %(last)s
ORDER BY day

-- episodes --
-- Stretches of sleep, outings, and so on, that began in the time.
SELECT episode.kind, room.kind AS room, started_at, ended_at, code_version
FROM analytics.episode LEFT JOIN registry.room USING (room_id)
WHERE episode.home_id = %(home)s AND started_at >= %(since)s AND started_at < %(until)s
ORDER BY started_at, episode.kind, ended_at, room

-- findings --
-- What analysis found, on trial and taken back as well.
SELECT family, kind, detector, detector_version, severity::float8 AS severity, coverage::float8 AS coverage, started_at, ended_at,
    found_at, trial, withdrawn_at IS NOT NULL AS withdrawn
FROM analytics.finding WHERE home_id = %(home)s AND started_at >= %(since)s AND started_at < %(until)s
ORDER BY started_at, kind, detector, subject

-- alerts --
-- Alerts and what became of them.
SELECT family, kind, severity::float8 AS severity, happened_at, opened_at,
    (SELECT min(sent_at) FROM alerts.notification WHERE notification.alert_id = alert.alert_id) AS told_at,
    (SELECT min(at) FROM alerts.history WHERE history.alert_id = alert.alert_id AND action = 'taken') AS taken_at,
    resolved_at, state, outcome, times
FROM alerts.alert WHERE home_id = %(home)s AND opened_at >= %(since)s AND opened_at < %(until)s
ORDER BY opened_at, kind, alert_id

-- contexts --
-- What was going on at home, as entered, confirmed or proposed; not what people wrote of it.
SELECT kind, started_at, ended_at, standing, detector, confidence::float8 AS confidence
FROM analytics.context
WHERE home_id = %(home)s AND standing IN ('proposed', 'entered', 'confirmed') AND started_at >= %(since)s AND started_at < %(until)s
ORDER BY started_at, kind, context_id

-- silences --
-- What was silent, and why.
SELECT subject_kind AS what, class, cause, since, ended_at, confidence::float8 AS confidence, battery::float8 AS battery
FROM analytics.silence
WHERE home_id = %(home)s AND withdrawn_at IS NULL AND since >= %(since)s AND since < %(until)s
ORDER BY since, class, silence_id

-- events --
-- What sensors of movement, doors and so on said.
SELECT 'd' || device.device_id - (SELECT min(device_id) FROM devices.device WHERE home_id = %(home)s) AS device,
    room.kind AS room, device.place, quantity_id, ts AS at, value, flags
FROM devices.series
JOIN devices.device USING (device_id)
LEFT JOIN registry.room ON room.room_id = device.room_id
JOIN ingest.reading_event USING (series_id)
WHERE series.home_id = %(home)s AND ts >= %(since)s AND ts < %(until)s
ORDER BY ts, device.device_id, series_id

-- measurements --
-- What scales, blood pressure monitors and the like measured.
SELECT quantity_id, ts AS at, value, flags
FROM devices.series JOIN ingest.reading_vital USING (series_id)
WHERE series.home_id = %(home)s AND ts >= %(since)s AND ts < %(until)s
ORDER BY ts, series_id

-- levels --
-- Temperature, humidity, light and so on by the hour.
SELECT room.kind AS room, quantity_id, hour, readings, plausible, total / nullif(plausible, 0) AS mean, minimum, maximum
FROM devices.series
JOIN devices.device USING (device_id)
LEFT JOIN registry.room ON room.room_id = device.room_id
JOIN ingest.hourly_level USING (series_id)
WHERE series.home_id = %(home)s AND hour >= %(since)s AND hour < %(until)s
ORDER BY hour, quantity_id, room, series_id
