-- same_home --
-- Which home is a copy of which pattern.
CREATE TEMP TABLE same_home AS
SELECT copy.home_id, copy.organisation_id, pattern.home_id AS pattern, person.person_id
FROM unnest(%(homes)s::text[], %(patterns)s::text[]) AS wanted (home, pattern)
JOIN registry.home AS copy ON copy.key = wanted.home
JOIN registry.home AS pattern ON pattern.key = wanted.pattern
JOIN registry.person ON person.home_id = copy.home_id

-- unchecked --
-- Until the end of the transaction rows may be written without looking up what they refer to, and without waiting for the disk.
SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off

-- same_room --
-- Which room of a copy is which of its pattern.
CREATE TEMP TABLE same_room AS
SELECT same_home.home_id, pattern.room_id AS pattern, copy.room_id AS own
FROM same_home JOIN registry.room AS pattern ON pattern.home_id = same_home.pattern
JOIN registry.room AS copy ON copy.home_id = same_home.home_id AND copy.key = pattern.key

-- same_device --
-- Which device of a copy is which of its pattern.
CREATE TEMP TABLE same_device AS
SELECT same_home.home_id, pattern.device_id AS pattern, copy.device_id AS own
FROM same_home JOIN devices.device AS pattern ON pattern.home_id = same_home.pattern
JOIN devices.device AS copy ON copy.home_id = same_home.home_id AND copy.key = pattern.key

-- same_series --
-- Which series of a copy is which of its pattern.
CREATE TEMP TABLE same_series AS
SELECT same_home.home_id, pattern.series_id AS pattern, copy.series_id AS own
FROM same_home JOIN devices.series AS pattern ON pattern.home_id = same_home.pattern
JOIN devices.series AS copy ON copy.home_id = same_home.home_id AND copy.name = pattern.name

-- same_index --
-- So that each is found at once.
CREATE INDEX ON same_room (home_id, pattern);
CREATE INDEX ON same_device (home_id, pattern);
CREATE INDEX ON same_series (pattern);
ANALYZE same_home; ANALYZE same_room; ANALYZE same_device; ANALYZE same_series

-- copying --
-- What is computed of a pattern, for all its copies: every column of a table but for its own number, each id of home,
-- person, room or device replaced by the copy's.
CREATE FUNCTION pg_temp.copied(source regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    names text;
    made text;
    rows bigint;
    room constant text := '(SELECT own FROM same_room WHERE same_room.home_id = same_home.home_id AND same_room.pattern = %s)';
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), string_agg(CASE attname
        WHEN 'home_id' THEN 'same_home.home_id'
        WHEN 'organisation_id' THEN 'same_home.organisation_id'
        WHEN 'person_id' THEN 'CASE WHEN source.person_id IS NULL THEN NULL ELSE same_home.person_id END'
        WHEN 'room_id' THEN format(room, 'source.room_id')
        WHEN 'device_id' THEN '(SELECT own FROM same_device WHERE same_device.home_id = same_home.home_id'
            ' AND same_device.pattern = source.device_id)'
        WHEN 'rooms' THEN 'ARRAY(SELECT coalesce(' || format(room, 'each') || ', each)'
            ' FROM unnest(source.rooms) WITH ORDINALITY AS known (each, place) ORDER BY place)'
        WHEN 'traces' THEN 'jsonb_set(source.traces, ''{moves}'', (SELECT coalesce(jsonb_agg(jsonb_build_array('
            'move->0, ' || format(room, '(move->>1)::int') || ', ' || format(room, '(move->>2)::int') || ', move->3)'
            ' ORDER BY place), ''[]'') FROM jsonb_array_elements(source.traces->''moves'') WITH ORDINALITY AS seen (move, place)))'
        ELSE 'source.' || quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO names, made
    FROM pg_attribute
    WHERE attrelid = source AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attname <> 'public_id';
    EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s AS source JOIN same_home ON same_home.pattern = source.home_id',
                   source, names, made, source);
    GET DIAGNOSTICS rows = ROW_COUNT;
    RETURN rows;
END $$

-- computed --
-- The tables that hold what was computed of the days of homes: not what is due, nor what is learned for the present day, nor
-- what people enter or what refers to a row by its number.
SELECT DISTINCT table_name AS name FROM information_schema.columns
WHERE table_schema = 'analytics' AND column_name = 'home_id'
  AND table_name NOT IN ('calendar', 'due_day', 'silence_due', 'silence', 'context_due', 'context_look', 'context_history',
                         'expected_gap', 'expected_visit', 'rule_setting', 'silenced')
ORDER BY 1

-- copy_rows --
-- Copy the rows of the patterns in one table.
SELECT pg_temp.copied(%(table)s::regclass) AS rows

-- copy_readings --
-- Give each copy the readings of its pattern.
INSERT INTO {table} (ts, value, series_id, flags)
SELECT ts, value, own, flags FROM {table} JOIN same_series ON same_series.pattern = series_id
WHERE ts >= %(since)s ORDER BY ts

-- put_readings --
-- Readings of the patterns, in PostgreSQL's binary format.
COPY {table} (ts, value, series_id) FROM STDIN

-- ensure_partitions --
-- Make room for readings from one instant to another.
SELECT ingest.ensure_partitions(%(first)s, %(last)s)

-- analyze --
-- So that the planner knows what there is.
VACUUM ANALYZE

-- count_readings --
-- How many readings there are of the homes in an interval.
SELECT (SELECT count(*) FROM ingest.reading_event WHERE ts >= %(start)s AND ts < %(end)s)
     + (SELECT count(*) FROM ingest.reading_level WHERE ts >= %(start)s AND ts < %(end)s)
     + (SELECT count(*) FROM ingest.reading_vital WHERE ts >= %(start)s AND ts < %(end)s)
     + (SELECT count(*) FROM ingest.reading_technical WHERE ts >= %(start)s AND ts < %(end)s) AS readings

-- count_days --
-- How many days of homes have indicators from one day to another.
SELECT count(DISTINCT (home_id, day)) AS days FROM analytics.indicator WHERE day >= %(first)s AND day <= %(last)s

-- gateways_speak --
-- Every gateway is there and has just said so.
INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, said_at, boot, queued, thinned,
                                   clock, version, uptime_s, power)
SELECT gateway_id, organisation_id, true, %(since)s, %(now)s, %(now)s, 'bench', 0, 0, 'synced', 'bench',
       extract(epoch FROM %(now)s - %(since)s::timestamptz), 'mains'
FROM devices.gateway
ON CONFLICT (gateway_id) DO UPDATE SET received_at = excluded.received_at, said_at = excluded.said_at, uptime_s = excluded.uptime_s

-- gateways_came --
-- Since when every gateway is there.
INSERT INTO ingest.gateway_transition (organisation_id, gateway_id, at, online, orderly, boot, started_at, power)
SELECT organisation_id, gateway_id, %(since)s, true, false, 'bench', %(since)s, 'mains' FROM devices.gateway

-- readings_come --
-- Something has come in from every home for the hour of an instant.
INSERT INTO ingest.touched (home_id, hour, received_at)
SELECT home_id, date_trunc('hour', %(now)s::timestamptz), %(now)s FROM registry.home ORDER BY home_id

-- nothing_due --
-- Nothing is due.
DELETE FROM analytics.due_day

-- due --
-- One day of every home is due at an instant.
INSERT INTO analytics.due_day (home_id, day, since, due_at) SELECT home_id, %(day)s, %(at)s, %(at)s FROM registry.home

-- calendar --
-- The calendar has come to a day.
INSERT INTO analytics.calendar (home_id, day) SELECT home_id, %(day)s FROM registry.home
ON CONFLICT (home_id) DO UPDATE SET day = excluded.day

-- spread_looks --
-- Looks at devices, due every ten minutes, fall on the homes in turn, as they do where homes
-- were not all begun at the same instant.
INSERT INTO analytics.silence_due (home_id, due_at) SELECT home_id, %(now)s::timestamptz + home_id %% 2 * interval '5 minutes' FROM registry.home
ON CONFLICT (home_id) DO UPDATE SET due_at = excluded.due_at

-- spread_contexts --
-- Looks for contexts, once an hour, fall on the homes in turn.
INSERT INTO analytics.context_look (home_id, looked_at)
SELECT home_id, %(now)s::timestamptz - interval '1 hour' + home_id %% 12 * interval '5 minutes' FROM registry.home
ON CONFLICT (home_id) DO UPDATE SET looked_at = excluded.looked_at

-- backend --
-- The process of the server that answers.
SELECT pg_backend_pid() AS pid
