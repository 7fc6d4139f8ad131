-- Whether a key names one device in the whole world, as a MAC address and an EUI-64 do; others name it within its home only.
CREATE OR REPLACE FUNCTION devices.is_worldwide(key text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT key ~* '^(0x)?([0-9a-f]{12}|[0-9a-f]{16})$' AND key !~* '^(0x)?(0+|f+)$'
$$;

-- Whose call for help it is that a gateway has heard, by the name of its series: the home of the gateway, if the device
-- is installed there, else the one in which it was installed then, else is now, else was last. A device that is installed
-- in several other homes calls in each. `standing` is 'unregistered' where the device was installed nowhere: all that is known then is who
-- heard it. `heard_by` is the gateway where it is not the device's own, `device` its key where it has no such series.
CREATE OR REPLACE FUNCTION devices.whose_call(said_gateway int, said_name text, said_quantity smallint, called_at timestamptz)
RETURNS TABLE (series_id int, home_id int, standing text, device text, heard_by int)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH installed AS (
        SELECT device.device_id, device.gateway_id, device.home_id, device.retired_at,
               device.gateway_id = said_gateway AS is_here,
               device.installed_at <= called_at AND coalesce(device.retired_at > called_at, true) AS was_there
        FROM devices.device
        WHERE device.key = split_part(said_name, '/', 1)
          AND (device.gateway_id = said_gateway OR devices.is_worldwide(device.key))
    ), ranked AS (
        SELECT *, rank() OVER (
            ORDER BY (is_here AND retired_at IS NULL) DESC, was_there DESC, (retired_at IS NULL) DESC, is_here DESC,
                     retired_at DESC NULLS FIRST
        ) AS place
        FROM installed
    ), owners AS (
        SELECT DISTINCT ON (ranked.home_id) ranked.*, series.series_id
        FROM ranked LEFT JOIN devices.series
          ON series.device_id = ranked.device_id AND series.quantity_id = said_quantity
        WHERE place = 1
        ORDER BY ranked.home_id, series.name IS NOT DISTINCT FROM said_name DESC, series.series_id
    )
    SELECT series_id, home_id, CASE WHEN was_there OR retired_at IS NULL THEN 'registered' ELSE 'retired' END,
           CASE WHEN series_id IS NULL THEN split_part(said_name, '/', 1) ELSE '' END,
           CASE WHEN NOT is_here THEN said_gateway END
    FROM owners
    UNION ALL
    SELECT NULL, gateway.home_id, 'unregistered', split_part(said_name, '/', 1), said_gateway
    FROM devices.gateway
    WHERE gateway_id = said_gateway AND NOT EXISTS (SELECT FROM owners)
$$;

REVOKE ALL ON FUNCTION devices.is_worldwide(text), devices.whose_call(int, text, smallint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.is_worldwide(text), devices.whose_call(int, text, smallint, timestamptz) TO vicino_service;

-- Whether a device whose key is one of its own in the whole world is installed in another home: somebody who types a key asks.
CREATE OR REPLACE FUNCTION devices.is_elsewhere(wanted_key text, wanted_gateway text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM devices.device JOIN devices.gateway USING (gateway_id)
        WHERE device.key = wanted_key AND retired_at IS NULL AND devices.is_worldwide(device.key)
          AND gateway.home_id <> (SELECT home_id FROM devices.gateway WHERE key = wanted_gateway)
    )
$$;
REVOKE ALL ON FUNCTION devices.is_elsewhere(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.is_elsewhere(text, text) TO vicino_people;
