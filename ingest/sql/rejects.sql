-- keep_rejects --
-- What could not be stored; the same again raises the count. Where the room of its sender is full, it is only counted.
-- A flood takes no more than half of it, so that it does not displace what is nowhere else. Of a gateway whose home was erased
-- nothing is kept, unless one of its key is registered again.
-- Says of each whether it is new, as far as that is known.
WITH given AS MATERIALIZED (
    SELECT t.*, coalesce(gateway.key, '') AS source, coalesce(t.gateway_key, t.topic) AS sender,
           EXISTS (SELECT FROM ingest.reject AS kept WHERE kept.digest = t.digest AND kept.reason = t.reason
                   AND coalesce(kept.gateway_key, kept.topic) = coalesce(t.gateway_key, t.topic)) AS is_kept
    FROM unnest(%(topic)s::text[], %(gateway_key)s::text[], %(reason)s::text[], %(detail)s::text[], %(payload)s::bytea[],
                %(payload_bytes)s::int[], %(properties)s::jsonb[], %(digest)s::bytea[], %(records)s::int[],
                %(count)s::bigint[]) WITH ORDINALITY
         AS t (topic, gateway_key, reason, detail, payload, payload_bytes, properties, digest, records, count, place)
    LEFT JOIN devices.gateway ON gateway.key = t.gateway_key
    WHERE gateway.key IS NOT NULL OR t.gateway_key IS NULL OR NOT EXISTS (
        SELECT FROM ingest.erased_gateway AS erased WHERE erased.digest = sha256(erased.salt || convert_to(t.gateway_key, 'UTF8')))
), room AS MATERIALIZED (
    SELECT source, kept < CASE source WHEN '' THEN %(others_rows)s ELSE %(gateway_rows)s END
                   AND kept_bytes < CASE source WHEN '' THEN %(others_bytes)s ELSE %(gateway_bytes)s END AS is_left,
           kept < %(gateway_rows)s / 2 AND kept_bytes < %(gateway_bytes)s / 2 AS is_half_left
    FROM ingest.reject_room WHERE source IN (SELECT source FROM given)
), placed AS MATERIALIZED (
    SELECT given.*, is_kept OR coalesce(CASE reason WHEN 'flood' THEN is_half_left ELSE is_left END, true) AS fits FROM given LEFT JOIN room USING (source)
), kept AS (
    INSERT INTO ingest.reject AS reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes,
                                         properties, digest, records, count, source)
    SELECT %(received_at)s, %(received_at)s, topic, gateway_key, reason, detail, payload, payload_bytes, properties,
           digest, records, count, source
    FROM placed WHERE fits ORDER BY place
    ON CONFLICT (digest, reason, coalesce(gateway_key, topic)) DO UPDATE
    SET last_at = greatest(reject.last_at, excluded.last_at), count = reject.count + excluded.count,
        records = greatest(reject.records, excluded.records)
    RETURNING source, coalesce(gateway_key, topic) AS sender, reason, digest, octet_length(payload) AS bytes, xmax = 0 AS is_new
), taken AS (
    INSERT INTO ingest.reject_room AS room (source, kept, kept_bytes)
    SELECT source, count(*), sum(bytes) FROM kept WHERE is_new GROUP BY source ORDER BY source
    ON CONFLICT (source) DO UPDATE
    SET kept = room.kept + excluded.kept, kept_bytes = room.kept_bytes + excluded.kept_bytes
), counted AS (
    INSERT INTO ingest.reject_gone AS gone (source, reason, records, count, first_at, last_at)
    SELECT source, reason, sum(records), sum(count), %(received_at)s, %(received_at)s
    FROM placed WHERE NOT fits GROUP BY source, reason ORDER BY source, reason
    ON CONFLICT (source, reason) DO UPDATE
    SET records = gone.records + excluded.records, count = gone.count + excluded.count,
        last_at = greatest(gone.last_at, excluded.last_at)
)
SELECT sender AS source, reason, digest, is_new FROM kept
UNION ALL
SELECT sender, reason, digest, true FROM placed WHERE NOT fits

-- prune_rejects --
-- Deletes some of the rejects that did not come again since an instant, but goes on counting them. What somebody works
-- on right now is left for the next time.
WITH old AS MATERIALIZED (
    SELECT reject_id FROM ingest.reject WHERE last_at < %(before)s ORDER BY last_at LIMIT %(maximum)s FOR UPDATE SKIP LOCKED
), pruned AS (
    DELETE FROM ingest.reject USING old WHERE reject.reject_id = old.reject_id
    RETURNING source, reason, octet_length(payload) AS bytes, records, count, first_at, last_at, replayed_at
), given_back AS (
    INSERT INTO ingest.reject_room AS room (source, kept, kept_bytes)
    SELECT source, -count(*), -sum(bytes) FROM pruned GROUP BY source ORDER BY source
    ON CONFLICT (source) DO UPDATE
    SET kept = greatest(0, room.kept + excluded.kept), kept_bytes = greatest(0, room.kept_bytes + excluded.kept_bytes)
), counted AS (
    INSERT INTO ingest.reject_gone AS gone (source, reason, records, count, first_at, last_at)
    SELECT source, reason, sum(records), sum(count), min(first_at), max(last_at)
    FROM pruned WHERE replayed_at IS NULL GROUP BY source, reason ORDER BY source, reason
    ON CONFLICT (source, reason) DO UPDATE
    SET records = gone.records + excluded.records, count = gone.count + excluded.count,
        first_at = least(gone.first_at, excluded.first_at), last_at = greatest(gone.last_at, excluded.last_at)
)
SELECT count(*) AS pruned FROM pruned

-- prune_requests --
-- Deletes wishes that were fulfilled before an instant.
DELETE FROM ingest.replay_request WHERE done_at < %(before)s

-- reject_groups --
-- What could not be stored and still is not, by gateway and reason, the latest first. `newest` is a message of the group.
SELECT reject.gateway_key, reject.reason, count(*) AS messages, sum(reject.count)::bigint AS times,
       sum(reject.records)::bigint AS records, min(reject.first_at) AS first_at, max(reject.last_at) AS last_at,
       max(reject.reject_id) AS newest,
       count(*) FILTER (WHERE octet_length(reject.payload) < reject.payload_bytes) AS cut,
       bool_or(gateway.key IS NOT NULL) AS is_registered
FROM ingest.reject LEFT JOIN devices.gateway ON gateway.key = reject.gateway_key
WHERE reject.replayed_at IS NULL
  AND (%(reasons)s::text[] IS NULL OR reject.reason = ANY (%(reasons)s::text[]))
  AND (%(gateway)s::text IS NULL OR reject.gateway_key = %(gateway)s::text)
GROUP BY reject.gateway_key, reject.reason
ORDER BY max(reject.last_at) DESC, reject.gateway_key, reject.reason

-- rejects_gone --
-- What was rejected and is only counted; an empty `source` stands for all senders that were not registered.
SELECT source, reason, records, count AS times, first_at, last_at FROM ingest.reject_gone ORDER BY last_at DESC, source, reason

-- reject_lines --
-- Messages that could not be stored, without what they say, the latest first.
SELECT reject_id, first_at, last_at, gateway_key, reason, detail, records, count AS times, payload_bytes,
       octet_length(payload) AS kept_bytes, replayed_at
FROM ingest.reject
WHERE (%(reasons)s::text[] IS NULL OR reason = ANY (%(reasons)s::text[]))
  AND (%(gateway)s::text IS NULL OR gateway_key = %(gateway)s::text)
  AND (NOT %(waiting)s OR replayed_at IS NULL)
ORDER BY last_at DESC, reject_id DESC
LIMIT %(maximum)s

-- reject --
-- One message that could not be stored, with its bytes.
SELECT reject_id, first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes, properties, records,
       count AS times, replayed_at, (SELECT home_id FROM devices.gateway WHERE key = reject.gateway_key) AS home_id
FROM ingest.reject WHERE reject_id = %(reject_id)s

-- may_see_rejects --
-- Whether the viewer is in charge of devices.
SELECT ingest.viewer_may_see_rejects() AS may

-- administers_all --
-- Whether the viewer administers the whole installation, and so sees what unregistered senders sent.
SELECT ingest.viewer_administers_all() AS may

-- request_replay --
-- Writes down that the viewer wants a message, or all of its gateway and reason, tried again; whether that was possible.
SELECT ingest.request_replay(%(reject_id)s, %(with_its_group)s, %(now)s) AS done

-- last_requests --
-- The last wish of each kind since an instant, as far as the viewer may see it.
SELECT DISTINCT ON (gateway_key, reason, reject_id) gateway_key, reason, reject_id, requested_at, done_at, outcome
FROM ingest.replay_request
WHERE requested_at >= %(since)s
ORDER BY gateway_key, reason, reject_id, request_id DESC

-- open_requests --
-- Wishes that nobody has fulfilled, the oldest first.
SELECT request_id, gateway_key, reason, reject_id FROM ingest.replay_request WHERE done_at IS NULL ORDER BY request_id

-- finish_request --
-- Writes down what became of a wish.
UPDATE ingest.replay_request SET done_at = %(now)s, outcome = %(outcome)s WHERE request_id = %(request_id)s AND done_at IS NULL

-- take_turn --
-- Makes this connection the only one that tries rejects again, unless another is; the end of the connection ends it, too.
SELECT pg_try_advisory_lock(hashtextextended('ingest.replay', 0)) AS taken

-- end_turn --
-- Lets another connection try rejects again.
SELECT pg_advisory_unlock(hashtextextended('ingest.replay', 0))

-- selected_rejects --
-- Which messages are meant, by number, reason or gateway, and whether they are whole and still waiting.
SELECT reject_id, octet_length(payload) < payload_bytes AS cut, replayed_at IS NOT NULL AS replayed
FROM ingest.reject
WHERE (%(ids)s::bigint[] IS NULL OR reject_id = ANY (%(ids)s::bigint[]))
  AND (%(reasons)s::text[] IS NULL OR reason = ANY (%(reasons)s::text[]))
  AND (%(gateway)s::text IS NULL OR gateway_key = %(gateway)s::text)
  AND (%(ids)s::bigint[] IS NOT NULL OR replayed_at IS NULL)
ORDER BY reject_id

-- rejected_messages --
-- Whole messages that were rejected, with all that they were rejected for: one row for each message and reason.
SELECT reject.reject_id, reject.first_at, reject.topic, reject.gateway_key, reject.reason, reject.payload, reject.properties,
       reject.digest, coalesce(reject.gateway_key, reject.topic) AS sender, reject.replayed_at
FROM ingest.reject
JOIN (SELECT DISTINCT digest, coalesce(gateway_key, topic) AS sender FROM ingest.reject
      WHERE reject_id = ANY (%(ids)s::bigint[])) AS wanted
  ON reject.digest = wanted.digest AND coalesce(reject.gateway_key, reject.topic) = wanted.sender
ORDER BY reject.reject_id

-- kept_values --
-- What is stored under some keys in one of the tables of readings. OFFSET 0 has each looked up by its key.
SELECT wanted.series_id, wanted.ts, kept.value
FROM unnest(%(series_ids)s::int[], %(instants)s::timestamptz[]) AS wanted (series_id, ts)
CROSS JOIN LATERAL (
    SELECT reading.value FROM {readings} AS reading
    WHERE reading.series_id = wanted.series_id AND reading.ts = wanted.ts OFFSET 0
) AS kept

-- settle_rejects --
-- What became of rejects that were tried again: stored (`replayed_at`), or refused still, for a reason that may be another.
UPDATE ingest.reject
SET reason = coalesce(t.reason, reject.reason), detail = coalesce(t.detail, reject.detail),
    records = coalesce(t.records, reject.records), replayed_at = t.replayed_at
FROM unnest(%(ids)s::bigint[], %(reasons)s::text[], %(details)s::text[], %(records)s::int[], %(replayed)s::timestamptz[])
     AS t (reject_id, reason, detail, records, replayed_at)
WHERE reject.reject_id = t.reject_id

-- copy_rejects --
-- Rejects of messages that are refused for more reasons than before.
WITH copied AS (
    INSERT INTO ingest.reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes, properties,
                               digest, records, count, source)
    SELECT reject.first_at, reject.last_at, reject.topic, reject.gateway_key, t.reason, t.detail, reject.payload,
           reject.payload_bytes, reject.properties, reject.digest, t.records, 1, reject.source
    FROM unnest(%(ids)s::bigint[], %(reasons)s::text[], %(details)s::text[], %(records)s::int[])
         AS t (reject_id, reason, detail, records)
    JOIN ingest.reject USING (reject_id)
    RETURNING source, octet_length(payload) AS bytes
)
INSERT INTO ingest.reject_room AS room (source, kept, kept_bytes)
SELECT source, count(*), sum(bytes) FROM copied GROUP BY source ORDER BY source
ON CONFLICT (source) DO UPDATE SET kept = room.kept + excluded.kept, kept_bytes = room.kept_bytes + excluded.kept_bytes
