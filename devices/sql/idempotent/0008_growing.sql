-- Gives installed devices the series that they turn out to report: [{"key": device, "name": "device/quantity", "quantity_id": 1}].
-- What is not installed gets none. A device has no more series than its gateway can be told of.
CREATE OR REPLACE FUNCTION devices.grow(wanted_gateway text, reported jsonb) RETURNS int
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    WITH known AS (
        SELECT device.*, (SELECT count(*) FROM devices.series WHERE series.device_id = device.device_id) AS has
        FROM devices.device JOIN devices.gateway USING (gateway_id)
        WHERE gateway.key = wanted_gateway AND retired_at IS NULL
    ), new AS (
        SELECT known.*, wanted.name AS series, wanted.quantity_id,
               has + row_number() OVER (PARTITION BY known.device_id ORDER BY wanted.name) AS number
        FROM jsonb_to_recordset(reported) AS wanted (key text, name text, quantity_id smallint)
        JOIN known USING (key)
        WHERE NOT EXISTS (
            SELECT FROM devices.series WHERE series.gateway_id = known.gateway_id AND series.name = wanted.name
        )
    ), made AS (
        INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)
        SELECT organisation_id, home_id, gateway_id, device_id, series, quantity_id FROM new WHERE number <= 64
        ON CONFLICT (gateway_id, name) DO NOTHING
        RETURNING 1
    )
    SELECT count(*)::int FROM made
$$;

REVOKE ALL ON FUNCTION devices.grow(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.grow(text, jsonb) TO vicino_service;
