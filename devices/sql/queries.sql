-- gateways_elsewhere --
-- Gateways of a description that stand in another home already.
SELECT gateway.key, there.key AS there, wanted.home AS wanted
FROM jsonb_to_recordset(%(rows)s) AS wanted (home text, key text)
JOIN devices.gateway ON gateway.key = wanted.key
JOIN registry.home AS there USING (home_id)
WHERE there.key <> wanted.home
ORDER BY gateway.key;

-- homes_missing --
-- Homes of a description that the registry does not have.
SELECT wanted.home FROM jsonb_to_recordset(%(rows)s) AS wanted (home text, key text)
LEFT JOIN registry.home ON home.key = wanted.home
WHERE home.home_id IS NULL
ORDER BY wanted.home;

-- apply_gateways --
-- Makes the gateways that are not there. One that is there stays in its home.
INSERT INTO devices.gateway (organisation_id, home_id, key)
SELECT organisation_id, home_id, wanted.key
FROM jsonb_to_recordset(%(rows)s) AS wanted (home text, key text)
JOIN registry.home ON home.key = wanted.home
ON CONFLICT (key) DO NOTHING
RETURNING true AS made;

-- apply_devices --
-- Makes and changes devices by gateway and key.
INSERT INTO devices.device AS old (organisation_id, home_id, gateway_id, room_id, key, name, model, place)
SELECT gateway.organisation_id, gateway.home_id, gateway_id, room_id, wanted.key, wanted.name, model, place
FROM jsonb_to_recordset(%(rows)s) AS wanted (gateway text, key text, name text, model text, room text, place text)
JOIN devices.gateway ON gateway.key = wanted.gateway
LEFT JOIN registry.room ON room.home_id = gateway.home_id AND room.key = wanted.room
ON CONFLICT (gateway_id, key) DO UPDATE
SET room_id = excluded.room_id, name = excluded.name, model = excluded.model, place = excluded.place
WHERE (old.room_id, old.name, old.model, old.place)
    IS DISTINCT FROM (excluded.room_id, excluded.name, excluded.model, excluded.place)
RETURNING xmax = 0 AS made;

-- apply_series --
-- Makes the series that are not there. A series is never changed: its name says device and quantity.
INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)
SELECT device.organisation_id, device.home_id, gateway_id, device_id, wanted.name, quantity_id
FROM jsonb_to_recordset(%(rows)s) AS wanted (gateway text, device text, name text, quantity_id smallint)
JOIN devices.gateway ON gateway.key = wanted.gateway
JOIN devices.device USING (gateway_id)
WHERE device.key = wanted.device
ON CONFLICT (gateway_id, name) DO NOTHING
RETURNING true AS made;

-- present --
-- Everything there is, by kind and readable key, to tell what a description no longer holds.
SELECT 'gateways' AS kind, key FROM devices.gateway
UNION ALL SELECT 'devices', concat_ws(' ', gateway.key, device.key) FROM devices.device JOIN devices.gateway USING (gateway_id)
UNION ALL SELECT 'series', concat_ws(' ', gateway.key, series.name) FROM devices.series JOIN devices.gateway USING (gateway_id)
ORDER BY 1, 2;

-- series_of_gateways --
-- The series of all gateways, or of those named. A gateway without series has one row without a series.
SELECT gateway.key AS gateway_key, gateway_id, series_id, series.name, quantity_id, gateway.home_id, gateway.organisation_id
FROM devices.gateway
LEFT JOIN devices.series USING (gateway_id)
WHERE %(keys)s::text[] IS NULL OR gateway.key = ANY(%(keys)s::text[]);

-- sensors_of_homes --
-- What reported from some homes in a time, and where it was at the end of it. Without a time: what is there now.
SELECT series.home_id, series_id, quantity_id, device_id, device.key AS device, device.model, placement.room_id, room.key AS room,
       room.kind AS room_kind, placement.place
FROM devices.series
JOIN devices.device USING (device_id)
CROSS JOIN LATERAL (
    SELECT room_id, place FROM devices.placement
    WHERE placement.device_id = device.device_id
    ORDER BY coalesce(since < %(until)s, true) DESC,
             CASE WHEN coalesce(since < %(until)s, true) THEN since END DESC, since
    LIMIT 1
) AS placement
LEFT JOIN registry.room ON room.room_id = placement.room_id
WHERE series.home_id = ANY (%(homes)s::int[])
  AND (retired_at IS NULL OR retired_at > %(since)s)
  AND (installed_at < %(until)s OR %(until)s::timestamptz IS NULL)
ORDER BY series_id;

-- gateways_of_homes --
-- The gateways of some homes and the devices that each has now.
SELECT gateway.home_id, gateway_id, coalesce(array_agg(device_id ORDER BY device_id) FILTER (WHERE device_id IS NOT NULL), '{}') AS device_ids
FROM devices.gateway LEFT JOIN (SELECT gateway_id, device_id FROM devices.device WHERE retired_at IS NULL) AS there USING (gateway_id)
WHERE gateway.home_id = ANY (%(homes)s::int[])
GROUP BY gateway.home_id, gateway_id
ORDER BY gateway_id;

-- all_devices --
-- Every device, for whoever administers the installation.
SELECT device_id, device.home_id, gateway.key AS gateway, device.key, device.name, model, room_id, place,
       retired_at, replaces_id, battery_changed_at,
       coalesce(array_agg(quantity_id ORDER BY quantity_id) FILTER (WHERE quantity_id IS NOT NULL), '{}') AS quantity_ids
FROM devices.device
JOIN devices.gateway USING (gateway_id)
LEFT JOIN devices.series USING (device_id)
GROUP BY device_id, gateway.key
ORDER BY device_id;

-- seen_devices --
-- The devices of a home that a viewer may see.
SELECT device_id, device.home_id, gateway.key AS gateway, device.key, device.name, model, room_id, place,
       retired_at, replaces_id, battery_changed_at,
       coalesce(array_agg(quantity_id ORDER BY quantity_id) FILTER (WHERE quantity_id IS NOT NULL), '{}') AS quantity_ids
FROM devices.device
JOIN devices.gateway USING (gateway_id)
LEFT JOIN devices.series USING (device_id)
WHERE device.organisation_id IN (SELECT registry.viewer_organisations()) AND device.home_id = %(home_id)s
GROUP BY device_id, gateway.key
ORDER BY device_id;

-- install --
-- Puts a device that a gateway has found into a room.
SELECT devices.install(%(gateway)s, %(key)s, %(name)s, %(model)s, %(room_id)s, %(place)s, %(series)s, %(now)s) AS device_id;

-- is_elsewhere --
-- Whether a device is installed in another home than that of a gateway.
SELECT devices.is_elsewhere(%(key)s, %(gateway)s) AS elsewhere;

-- describe --
-- Gives a device another name.
SELECT devices.describe(%(device_id)s, %(name)s, %(now)s) AS device_id;

-- move --
-- Puts a device elsewhere.
SELECT devices.move(%(device_id)s, %(room_id)s, %(place)s, %(now)s) AS device_id;

-- retire --
-- Takes a device away.
SELECT devices.retire(%(device_id)s, %(now)s) AS device_id;

-- restore --
-- Brings back a device that was taken away.
SELECT devices.restore(%(device_id)s, %(now)s) AS device_id;

-- change_battery --
-- Notes that a device has a new battery.
SELECT devices.change_battery(%(device_id)s, %(now)s) AS device_id;

-- replace_by --
-- Puts a new device in the place of a broken one.
SELECT devices.replace_by(%(device_id)s, %(gateway)s, %(key)s, %(model)s, %(series)s, %(now)s) AS device_id;

-- seen_history --
-- What was done with the devices of a home, the latest first.
SELECT history_id, device_id, device.name AS device, at, account_name, action, before
FROM devices.history
JOIN devices.device USING (device_id)
WHERE history.organisation_id IN (SELECT registry.viewer_organisations()) AND history.home_id = %(home_id)s
ORDER BY at DESC, history_id DESC
LIMIT %(most)s;

-- viewer_may_install --
-- Whether the viewer is in charge of the devices of an organisation.
SELECT devices.viewer_may_install(%(organisation_id)s) AS may;

-- begin_walk_test --
-- Begins a walk test, or goes on with the one under way.
SELECT devices.begin_walk_test(%(home)s, %(now)s) AS walk_test_id;

-- end_walk_test --
-- Ends the walk test of a home.
SELECT devices.end_walk_test(%(home)s, %(answered)s, %(heard)s, %(expected)s, %(now)s) AS walk_test_id;

-- seen_walk_test --
-- The latest walk test of a home.
SELECT walk_test_id, started_at, ended_at, account_name, answered, heard, expected
FROM devices.walk_test
WHERE organisation_id IN (SELECT registry.viewer_organisations()) AND home_id = %(home_id)s
ORDER BY started_at DESC, walk_test_id DESC LIMIT 1;
