-- columns --
-- The columns of a part, in their order.
SELECT attname AS name FROM pg_attribute
WHERE attrelid = to_regclass('dashboards.held_' || %(part)s) AND attnum > 0 AND NOT attisdropped AND attname <> 'of_person'
ORDER BY attnum

-- rows --
-- Rows of a part as documents; of a part by time those of a stretch of it.
SELECT held FROM dashboards.copy_rows(%(person)s, %(part)s, %(since)s, %(until)s, %(now)s) AS held

-- span --
-- From when to when there are readings.
SELECT first, last FROM dashboards.copy_span(%(person)s, %(now)s)

-- may_have --
-- The number of a person of whom the viewer may have a copy.
SELECT dashboards.copied_person(%(person)s, %(now)s) AS person_id

-- wait_for_a_slow_line --
-- A transaction that asks for nothing for a minute is ended.
SELECT set_config('idle_in_transaction_session_timeout', '60s', true)
