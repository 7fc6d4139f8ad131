-- make_staging --
-- The table of this session alone into which readings are copied before they are sorted into their tables.
CREATE TEMPORARY TABLE IF NOT EXISTS staging (
    message         int NOT NULL,
    series_id       int NOT NULL,
    ts              timestamptz NOT NULL,
    value           double precision NOT NULL,
    flags           smallint NOT NULL,
    route           smallint NOT NULL,
    home_id         int NOT NULL,
    corrected_ts    timestamptz
) ON COMMIT DELETE ROWS

-- copy_staging --
-- Readings of one commit, in PostgreSQL's binary format.
COPY pg_temp.staging (message, series_id, ts, value, flags, route, home_id, corrected_ts) FROM STDIN (FORMAT BINARY)

-- copy_readings --
-- Readings of one commit straight into their table, in PostgreSQL's binary format. Fails if one is there already.
COPY {readings} (ts, value, series_id, flags, corrected_ts) FROM STDIN (FORMAT BINARY)

-- ensure_partition --
-- The partitions of the month of one instant. It commits by itself, so that nobody waits for its lock for long.
SELECT ingest.ensure_partitions(%(month)s, %(month)s)

-- unwatched --
-- What may not be recorded: series of homes of which nothing is looked at, and when. Of a device that also calls for help its
-- battery and its link go on being known; of one that does not, nothing is kept, because each of its reports would tell of a
-- movement.
SELECT series.series_id, unwatched.started_at, unwatched.ended_at
FROM registry.unwatched
JOIN devices.series USING (home_id)
JOIN LATERAL (
    SELECT bool_or(other.quantity_id = ANY (%(wellbeing)s::smallint[])) AS tells,
           bool_or(other.quantity_id = ANY (%(safety)s::smallint[])) AS calls
    FROM devices.series AS other WHERE other.device_id = series.device_id
) AS device ON true
WHERE home_id = ANY (%(homes)s::int[]) AND started_at < %(end)s AND coalesce(ended_at, 'infinity') > %(start)s
  AND quantity_id <> ALL (%(safety)s::smallint[])
  AND (quantity_id = ANY (%(wellbeing)s::smallint[]) OR (device.tells AND NOT device.calls))

-- insert_intake --
-- When and by which lane the readings of one commit came.
INSERT INTO ingest.intake (received_at, lane) VALUES (%(received_at)s, %(lane)s)

-- insert_readings --
-- The staged readings of one route into their table; those whose key is there already are left out. Says for which hours
-- of which homes how many were new.
WITH inserted AS (
    INSERT INTO {readings} (ts, value, series_id, flags, corrected_ts)
    SELECT ts, value, series_id, flags, corrected_ts FROM pg_temp.staging WHERE route = %(route)s
    ON CONFLICT DO NOTHING
    RETURNING series_id, ts
), homes AS (
    SELECT DISTINCT series_id, home_id FROM pg_temp.staging WHERE route = %(route)s
)
SELECT home_id, date_trunc('hour', ts) AS hour, count(*) AS readings FROM inserted JOIN homes USING (series_id) GROUP BY 1, 2

-- insert_only --
-- The same and nothing else: what a database has to do at least that stores each reading once.
INSERT INTO {readings} (ts, value, series_id, flags, corrected_ts)
SELECT ts, value, series_id, flags, corrected_ts FROM pg_temp.staging WHERE route = %(route)s
ON CONFLICT DO NOTHING

-- insert_safety --
-- The staged safety readings, and those that were new into the urgent outbox as well; says the same.
WITH inserted AS (
    INSERT INTO ingest.reading_event (ts, value, series_id, flags, corrected_ts)
    SELECT ts, value, series_id, flags, corrected_ts FROM pg_temp.staging WHERE route = %(route)s
    ON CONFLICT DO NOTHING
    RETURNING series_id, ts, corrected_ts, value
), homes AS (
    SELECT DISTINCT series_id, home_id FROM pg_temp.staging WHERE route = %(route)s
), called AS (
    INSERT INTO ingest.urgent (series_id, home_id, quantity_id, ts, value, received_at, standing, device, heard_by)
    SELECT owner.series_id, owner.home_id, series.quantity_id, coalesce(corrected_ts, ts), value, %(received_at)s,
           owner.standing, owner.device, owner.heard_by
    FROM inserted
    LEFT JOIN devices.series USING (series_id)
    LEFT JOIN devices.device USING (device_id)
    CROSS JOIN LATERAL (
        SELECT series.series_id, series.home_id, 'registered' AS standing, '' AS device, NULL::int AS heard_by
        WHERE device.retired_at IS NULL
        UNION ALL
        -- It was taken away from here, and may be in another home by now.
        SELECT whose.* FROM devices.whose_call(series.gateway_id, series.name, series.quantity_id, coalesce(corrected_ts, ts)) AS whose
        WHERE device.retired_at IS NOT NULL
    ) AS owner
)
SELECT home_id, date_trunc('hour', ts) AS hour, count(*) AS readings FROM inserted JOIN homes USING (series_id) GROUP BY 1, 2

-- insert_calls --
-- Calls for help in what was rejected, or of which nobody was told when they were received, into the urgent outbox of those
-- whose they are: the gateway that heard them may be another home's.
INSERT INTO ingest.urgent (series_id, home_id, quantity_id, ts, value, received_at, standing, device, heard_by)
SELECT owner.series_id, coalesce(owner.home_id, called.home_id), called.quantity_id, called.ts, called.value,
       %(received_at)s, coalesce(owner.standing, 'unregistered'), coalesce(owner.device, split_part(called.name, '/', 1)),
       owner.heard_by
FROM unnest(%(series_ids)s::int[], %(gateways)s::text[], %(names)s::text[], %(home_ids)s::int[], %(quantity_ids)s::smallint[],
            %(values)s::double precision[], %(instants)s::timestamptz[])
     AS called (series_id, gateway, name, home_id, quantity_id, value, ts)
LEFT JOIN devices.series ON series.series_id = called.series_id
LEFT JOIN devices.gateway ON gateway.key = called.gateway
LEFT JOIN LATERAL devices.whose_call(
    coalesce(series.gateway_id, gateway.gateway_id), coalesce(series.name, called.name), called.quantity_id, called.ts
) AS owner ON true

-- contradictions --
-- The staged readings of a route that say something else than what is kept under their key. OFFSET 0 keeps the planner,
-- which knows nothing of the staging table's size, from reading the whole history.
-- `called_at` is when the latest of them was that says anything but 0, null where its clock was not to be trusted.
SELECT staging.message, staging.series_id, staging.home_id, count(*) AS readings, max(staging.value) AS value,
    max(coalesce(staging.corrected_ts, CASE WHEN staging.flags & 2 = 0 THEN staging.ts END))
        FILTER (WHERE staging.value <> 0) AS called_at
FROM pg_temp.staging
CROSS JOIN LATERAL (
    SELECT reading.value FROM {readings} AS reading
    WHERE reading.series_id = staging.series_id AND reading.ts = staging.ts OFFSET 0
) AS kept
WHERE staging.route = %(route)s AND kept.value <> staging.value
GROUP BY 1, 2, 3

-- insert_touched --
-- The hours of homes for which something new was stored, counted since 1970; whoever listens is told at commit.
WITH touched AS (
    INSERT INTO ingest.touched (home_id, hour, received_at)
    SELECT home_id, to_timestamp(hour * 3600), %(received_at)s
    FROM unnest(%(homes)s::int[], %(hours)s::bigint[]) AS t (home_id, hour)
)
SELECT pg_notify(%(channel)s, '')

-- add_tally --
-- The counts of one commit.
INSERT INTO ingest.tally AS tally (day, worker, stored, duplicates, conflicts)
VALUES ((%(received_at)s AT TIME ZONE 'UTC')::date, %(worker)s, %(stored)s, %(duplicates)s, %(conflicts)s)
ON CONFLICT (day, worker) DO UPDATE
SET stored = tally.stored + excluded.stored, duplicates = tally.duplicates + excluded.duplicates,
    conflicts = tally.conflicts + excluded.conflicts

-- notify --
-- Tells the listeners of a channel, at commit, that there is something to look for.
SELECT pg_notify(%(channel)s, '')

-- transitions --
-- What changed in the words of some gateways since an instant, and the last change of each before it, in order of time.
SELECT gateway_id, at, heard_before, online, orderly, boot, started_at, power, mains_lost, mains_back, unreachable, trouble
FROM ingest.gateway_transition
WHERE gateway_id = ANY (%(gateways)s::int[]) AND at >= coalesce(
    (SELECT max(earlier.at) FROM ingest.gateway_transition AS earlier
     WHERE earlier.gateway_id = gateway_transition.gateway_id AND earlier.at < %(since)s), %(since)s)
ORDER BY gateway_id, at, transition_id

-- gateways_heard --
-- When each gateway that ever said anything was last heard, and whether it is online: of some homes, or of all.
SELECT gateway.gateway_id, gateway.home_id, status.online, status.received_at
FROM ingest.gateway_status AS status JOIN devices.gateway USING (gateway_id)
WHERE %(homes)s::int[] IS NULL OR gateway.home_id = ANY (%(homes)s::int[])
ORDER BY gateway.gateway_id

-- totals --
-- What has come in since the beginning and what gateways still hold.
SELECT (SELECT coalesce(sum(stored), 0)::bigint FROM ingest.tally) AS stored,
       (SELECT coalesce(sum(duplicates), 0)::bigint FROM ingest.tally) AS duplicates,
       (SELECT coalesce(sum(records), 0)::bigint FROM ingest.reject WHERE replayed_at IS NULL)
       + (SELECT coalesce(sum(records), 0)::bigint FROM ingest.reject_gone) AS rejected,
       (SELECT coalesce(sum(queued), 0)::bigint FROM ingest.gateway_status) AS pending,
       (SELECT count(*) FROM ingest.gateway_status WHERE online) AS gateways_online,
       (SELECT count(*) FROM devices.gateway WHERE organisation_id NOT IN (SELECT registry.canaries())) AS gateways,
       (SELECT greatest(0, extract(epoch FROM %(now)s - oldest_unsent))::double precision FROM ingest.gateway_status
        WHERE queued > 0 AND oldest_unsent IS NOT NULL ORDER BY oldest_unsent LIMIT 1) AS lag_s,
       (SELECT received_at FROM ingest.intake ORDER BY intake_id DESC LIMIT 1) AS last_intake_at

-- rollups_since --
-- When the oldest readings came in whose hours are not in the hourly figures yet; no row where all are.
SELECT next.received_at FROM ingest.rollup_progress AS done CROSS JOIN LATERAL (
    SELECT received_at FROM ingest.touched
    WHERE (touched.xact, touched.touched_id) > (done.xact, done.touched_id)
    ORDER BY touched.xact, touched.touched_id LIMIT 1
) AS next

-- gateways_behind --
-- What gateways hold and how old the oldest of it is. A gateway speaks once a minute and has always just sent something:
-- while it is heard, the age is that of the moment when it spoke; from then on, where it is not heard any more.
SELECT count(*) FILTER (WHERE online) AS online, count(*) AS said,
       (SELECT count(*) FROM devices.gateway WHERE organisation_id NOT IN (SELECT registry.canaries())) AS gateways,
       coalesce(sum(queued), 0)::bigint AS queued, coalesce(sum(thinned), 0)::bigint AS thinned,
       CASE WHEN count(*) > 0 THEN coalesce(max(greatest(0, extract(epoch FROM
           coalesce(said_at, received_at) - oldest_unsent
           + CASE WHEN online AND received_at >= %(heard_since)s THEN interval '0' ELSE %(now)s - received_at END
       ))) FILTER (WHERE queued > 0), 0)::double precision END AS lag_s
FROM ingest.gateway_status

-- gateways_in_trouble --
-- How many gateways cannot keep all that comes, by what keeps them from it.
SELECT trouble, count(*) AS gateways FROM ingest.gateway_status WHERE trouble <> '' GROUP BY trouble ORDER BY trouble

-- touched_since --
-- Touched hours behind a cursor, as far as no transaction that is still open can put one before them.
SELECT touched_id, xact::text::bigint AS xact, home_id, hour, received_at
FROM ingest.touched
WHERE (xact, touched_id) > (%(xact)s::text::xid8, %(touched_id)s) AND xact < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xact, touched_id
LIMIT %(maximum)s

-- readings_of_home --
-- The readings of a home in [start, end), ordered by time, a column each in PostgreSQL's binary format of an array: row by
-- row they would take ten times as long to be read. A corrected time is told where it lies in there too, so that each reading
-- belongs to one interval only, that of its key. OFFSET 0 has each series looked up by its key: without it the planner may
-- read what all homes sent in that time.
SELECT array_send(array_agg(series_id)) AS series_id, array_send(array_agg(at)) AS at, array_send(array_agg(value)) AS value,
       array_send(array_agg(quantity_id)) AS quantity_id, array_send(array_agg(flags)) AS flags
FROM (
    SELECT reading.series_id,
           CASE WHEN corrected_ts >= %(start)s AND corrected_ts < %(end)s THEN corrected_ts ELSE ts END AS at, reading.value,
           series.quantity_id, reading.flags
    FROM devices.series
    CROSS JOIN LATERAL (
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_event AS kept
        WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
        UNION ALL
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_level AS kept
        WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
        UNION ALL
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_vital AS kept
        WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
        UNION ALL
        SELECT series_id, ts, value, flags, corrected_ts FROM ingest.reading_technical AS kept
        WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
        OFFSET 0
    ) AS reading
    WHERE series.home_id = %(home_id)s
      AND (%(quantities)s::smallint[] IS NULL OR series.quantity_id = ANY (%(quantities)s::smallint[]))
    ORDER BY at, reading.series_id
) AS in_order

-- keyed_readings_of_home --
-- The same with both times of each reading, in no order, and the series of the home beside them: for who keeps them and reads
-- only what is new. What was not corrected has the corrected time -infinity.
SELECT array_send((SELECT array_agg(series_id ORDER BY series_id) FROM devices.series WHERE home_id = %(home_id)s)) AS known,
       array_send(array_agg(reading.series_id)) AS series_id, array_send(array_agg(ts)) AS ts,
       array_send(array_agg(coalesce(corrected_ts, '-infinity'))) AS corrected_ts, array_send(array_agg(value)) AS value
FROM devices.series
CROSS JOIN LATERAL (
    SELECT series_id, ts, value, corrected_ts FROM ingest.reading_event AS kept
    WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
    UNION ALL
    SELECT series_id, ts, value, corrected_ts FROM ingest.reading_level AS kept
    WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
    UNION ALL
    SELECT series_id, ts, value, corrected_ts FROM ingest.reading_vital AS kept
    WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
    UNION ALL
    SELECT series_id, ts, value, corrected_ts FROM ingest.reading_technical AS kept
    WHERE kept.series_id = series.series_id AND ts >= %(start)s AND ts < %(end)s
    OFFSET 0
) AS reading
WHERE series.home_id = %(home_id)s

-- touched_by_now --
-- A place behind which all touched hours will stand that are not visible yet.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xact

-- last_active --
-- When one of several series of events last had another value than 0.
SELECT max(latest.ts) AS at FROM unnest(%(series)s::int[]) AS wanted (series_id)
CROSS JOIN LATERAL (
    SELECT ts FROM ingest.reading_event AS kept
    WHERE kept.series_id = wanted.series_id AND ts <= %(now)s AND value <> 0
    ORDER BY ts DESC LIMIT 1
) AS latest

-- home_readings --
-- The readings of a home as the viewer may see them, ordered by time.
SELECT series_id, device_id, quantity_id, ts, value, flags, corrected_ts
FROM ingest.seen_reading
WHERE home_id = %(home_id)s AND ts >= %(start)s AND ts < %(end)s
  AND (%(quantities)s::smallint[] IS NULL OR quantity_id = ANY (%(quantities)s::smallint[]))
ORDER BY ts, series_id

-- seen_page --
-- Some readings of some series as the viewer may see them, in order, some of them skipped.
SELECT series_id, ts, value, flags, corrected_ts FROM ingest.seen_reading
WHERE home_id = %(home_id)s AND series_id = ANY (%(series)s::int[]) AND ts >= %(start)s AND ts < %(end)s
ORDER BY ts, series_id
LIMIT %(most)s OFFSET %(skipped)s

-- seen_count --
-- How many readings of some series there are, as the viewer may see them.
SELECT count(*) AS readings FROM ingest.seen_reading
WHERE home_id = %(home_id)s AND series_id = ANY (%(series)s::int[]) AND ts >= %(start)s AND ts < %(end)s

-- silences_of_home --
-- From when to when no sensor of a home was heard within an interval, where that is longer than a limit.
SELECT before AS started_at, at AS ended_at
FROM (
    SELECT at, lag(at) OVER (ORDER BY at) AS before
    FROM (
        SELECT ts AS at FROM ingest.seen_reading WHERE home_id = %(home_id)s AND ts >= %(start)s AND ts < %(end)s
        UNION ALL VALUES (%(start)s::timestamptz), (%(end)s::timestamptz)
    ) AS heard
) AS pairs
WHERE at - before > %(longest)s
ORDER BY at

-- homes_not_heard --
-- The homes of which a gateway is not online, did not speak since an instant or holds back something older than it. A gateway
-- that never said how it is does not count.
SELECT DISTINCT home_id
FROM ingest.gateway_status JOIN devices.gateway USING (gateway_id)
WHERE home_id = ANY (%(homes)s::int[]) AND NOT (online AND received_at >= %(since)s AND coalesce(oldest_unsent >= %(since)s, true))

-- gateway_starts --
-- When gateways were started, by our clock, as far as they have said how long they have been running.
SELECT gateway.key AS gateway_key, status.boot,
       round(extract(epoch FROM status.received_at) * 1000 - status.uptime_s * 1000)::bigint AS started_ms
FROM ingest.gateway_status AS status JOIN devices.gateway USING (gateway_id)
WHERE gateway.key = ANY (%(keys)s) AND status.online AND status.uptime_s > 0

-- gateway_statuses --
-- The last word of every gateway the viewer may see; of those that never said anything, only that.
SELECT gateway.gateway_id, gateway.key AS gateway_key, gateway.home_id, coalesce(status.online, false) AS online,
       status.changed_at, status.received_at, status.said_at, status.queued, status.oldest_unsent, status.thinned,
       status.clock, status.version, status.uptime_s, status.power, status.trouble, status.unheard, status.unreachable,
       status.told, status.update_result, status.update_version, status.update_reason, status.update_at,
       coalesce(inventory.left_out, 0) AS left_out
FROM devices.gateway LEFT JOIN ingest.gateway_status AS status USING (gateway_id)
LEFT JOIN ingest.inventory USING (gateway_id)
WHERE %(homes)s::int[] IS NULL OR gateway.home_id = ANY (%(homes)s::int[])
ORDER BY gateway.key

-- seen_gateways_heard --
-- How every gateway the viewer may see is heard: what of its last word says whether its home can be seen.
SELECT gateway.home_id, coalesce(status.online, false) AS online, status.changed_at, status.received_at
FROM devices.gateway LEFT JOIN ingest.gateway_status AS status USING (gateway_id)
WHERE %(homes)s::int[] IS NULL OR gateway.home_id = ANY (%(homes)s::int[])

-- rejects --
-- What could not be stored, the latest first.
SELECT reject_id, first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes, properties, records,
       count, replayed_at
FROM ingest.reject
ORDER BY last_at DESC, reject_id DESC
LIMIT %(maximum)s

-- seen_battery_days --
-- The same of some homes, as far as the viewer may see them.
SELECT device_id, quantity_id, day, lowest
FROM ingest.battery_days_of(%(homes)s::int[], %(quantities)s::smallint[], %(since)s)

-- walk_readings --
-- What was heard in a home while it was walked through, and what its devices said last of themselves, for whoever installs there.
SELECT device_id, quantity_id, ts, value FROM ingest.walk_readings(%(home_id)s, %(start)s, %(end)s)

-- battery_days --
-- The lowest charge (percent), or the lowest voltage, of each day since an instant, of the devices that are installed.
SELECT series.device_id, series.quantity_id, daily.day, daily.minimum AS lowest
FROM ingest.daily_technical AS daily
JOIN devices.series USING (series_id)
JOIN devices.device USING (device_id)
WHERE series.quantity_id = ANY (%(quantities)s::smallint[]) AND device.retired_at IS NULL AND daily.plausible > 0
  AND daily.day >= %(since)s AND daily.day >= coalesce(device.battery_changed_at, %(since)s)
ORDER BY series.device_id, series.quantity_id, daily.day

-- shared_signs --
-- The last signs of the persons of which something is shared with the viewer, by the hour where that is.
SELECT * FROM ingest.shared_signs(%(now)s, %(since)s, %(movement)s::smallint[], %(watching)s::smallint[])

-- shared_gateways --
-- Whether the homes are heard of which something is shared with the viewer.
SELECT * FROM ingest.shared_gateways(%(now)s)
