-- detach_devices_history --
-- Names of accounts that go.
UPDATE devices.history SET account_name = '' WHERE account_id = ANY (%(accounts)s) AND account_name <> ''

-- detach_devices_walk_test --
-- Names of accounts that go.
UPDATE devices.walk_test SET account_name = '' WHERE account_id = ANY (%(accounts)s) AND account_name <> ''

-- detach_devices_offline_rules --
-- The person's contacts, whom the gateway of a home that stays would call by itself.
UPDATE devices.offline_rules SET changed_at = %(at)s, rules = jsonb_set(rules, '{contacts}', (
    SELECT coalesce(jsonb_agg(contact), '[]') FROM jsonb_array_elements(rules -> 'contacts') AS contact
    WHERE NOT EXISTS (SELECT FROM unnest(%(ways)s::text[]) AS way WHERE position(way IN contact::text) > 0)))
WHERE home_id = %(home)s AND jsonb_typeof(rules -> 'contacts') = 'array'
    AND EXISTS (SELECT FROM unnest(%(ways)s::text[]) AS way WHERE position(way IN rules::text) > 0)

-- erase_devices_walk_test --
-- Walks through the home.
DELETE FROM devices.walk_test WHERE home_id = ANY (%(homes)s)

-- erase_devices_history --
-- What was done with devices.
DELETE FROM devices.history WHERE home_id = ANY (%(homes)s)

-- erase_devices_placement --
-- Where devices were.
DELETE FROM devices.placement WHERE home_id = ANY (%(homes)s)

-- erase_devices_series --
-- Series of devices.
DELETE FROM devices.series WHERE home_id = ANY (%(homes)s)

-- erase_devices_device --
-- Devices.
DELETE FROM devices.device WHERE home_id = ANY (%(homes)s)

-- erase_devices_gateway_config --
-- What gateways were told, with whom to call.
DELETE FROM devices.gateway_config WHERE home_id = ANY (%(homes)s)

-- erase_devices_enrolment --
-- Credentials of gateways.
DELETE FROM devices.enrolment WHERE home_id = ANY (%(homes)s)

-- erase_devices_gateway --
-- Gateways.
DELETE FROM devices.gateway WHERE home_id = ANY (%(homes)s)

-- erase_devices_offline_rules --
-- By what a gateway helps by itself.
DELETE FROM devices.offline_rules WHERE home_id = ANY (%(homes)s)
