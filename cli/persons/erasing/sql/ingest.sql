-- detach_ingest_urgent --
-- Calls of other homes that a gateway has heard which goes.
UPDATE ingest.urgent SET heard_by = NULL WHERE heard_by = ANY (%(gateways)s) AND NOT home_id = ANY (%(homes)s)

-- erase_ingest_urgent --
-- Calls for help and other safety readings.
DELETE FROM ingest.urgent WHERE home_id = ANY (%(homes)s)

-- erase_ingest_touched --
-- Hours of which something came in.
DELETE FROM ingest.touched WHERE home_id = ANY (%(homes)s)

-- erase_ingest_reject --
-- Messages that could not be stored, with their bytes.
DELETE FROM ingest.reject WHERE gateway_key = ANY (%(gateway_keys)s)

-- erase_ingest_reject_gone --
-- How many more there were.
DELETE FROM ingest.reject_gone WHERE source = ANY (%(gateway_keys)s)

-- erase_ingest_reject_room --
-- How much room they took.
DELETE FROM ingest.reject_room WHERE source = ANY (%(gateway_keys)s)

-- erase_ingest_replay_request --
-- Wishes to try them again.
DELETE FROM ingest.replay_request WHERE gateway_key = ANY (%(gateway_keys)s)

-- erase_ingest_found_device --
-- What gateways have heard of.
DELETE FROM ingest.found_device WHERE home_id = ANY (%(homes)s)

-- erase_ingest_flood --
-- Floods.
DELETE FROM ingest.flood WHERE gateway_id = ANY (%(gateways)s)

-- erase_ingest_inventory --
-- Lists of what gateways hear.
DELETE FROM ingest.inventory WHERE gateway_id = ANY (%(gateways)s)

-- erase_ingest_gateway_status --
-- The last words of gateways.
DELETE FROM ingest.gateway_status WHERE gateway_id = ANY (%(gateways)s)

-- erase_ingest_gateway_transition --
-- When gateways came and went.
DELETE FROM ingest.gateway_transition WHERE gateway_id = ANY (%(gateways)s)

-- erase_ingest_rows --
-- Readings or figures of series.
DELETE FROM {table} WHERE series_id = ANY (%(series)s)

-- forbid_gateways --
-- What still comes of these gateways is not kept.
WITH made AS MATERIALIZED (
    SELECT key, uuid_send(gen_random_uuid()) AS salt FROM unnest(%(keys)s::text[]) AS key
)
INSERT INTO ingest.erased_gateway (salt, digest, erased_at)
SELECT salt, sha256(salt || convert_to(key, 'UTF8')), %(at)s FROM made
