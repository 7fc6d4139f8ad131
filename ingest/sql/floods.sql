-- close_flood --
-- Closes the last flood of a device if it paused for long enough.
UPDATE ingest.flood SET closed = true
FROM devices.gateway
WHERE gateway.gateway_id = flood.gateway_id AND gateway.key = %(gateway)s AND flood.device = %(device)s AND NOT closed
  AND last_at < %(paused_since)s

-- put_flood --
-- Begins a flood of a device, or goes on with it. Its end is by the clock of the last word of it, so that one that was in
-- 2038 for a moment does not stay there.
INSERT INTO ingest.flood AS flood (gateway_id, device, started_at, last_at, parked)
SELECT gateway_id, %(device)s, %(received_at)s, %(received_at)s, %(parked)s FROM devices.gateway WHERE key = %(gateway)s
ON CONFLICT (gateway_id, device) WHERE NOT closed DO UPDATE
SET started_at = least(flood.started_at, excluded.last_at), last_at = excluded.last_at,
    parked = flood.parked + excluded.parked

-- floods_of_homes --
-- The floods of the devices of some homes that had not ended at an instant, the earliest first.
SELECT gateway.home_id, device, started_at, last_at, parked
FROM ingest.flood JOIN devices.gateway USING (gateway_id)
WHERE gateway.home_id = ANY (%(homes)s::int[]) AND last_at >= %(since)s
ORDER BY started_at, device
