-- record_inventory --
-- What a gateway has found now; what it no longer finds is kept and marked. Says whether the gateway is known.
WITH known AS (
    SELECT gateway_id, organisation_id, home_id FROM devices.gateway WHERE key = %(key)s
), found AS (
    SELECT DISTINCT ON (ident) * FROM jsonb_to_recordset(%(devices)s) AS found
        (ident text, key text, name text, vendor text, model text, description text, exposes jsonb, quantities jsonb,
         unmapped jsonb, system text)
    ORDER BY ident
), gone AS (
    UPDATE ingest.found_device AS device SET is_present = false
    FROM known
    WHERE device.gateway_id = known.gateway_id AND is_present AND ident NOT IN (SELECT ident FROM found)
), written AS (
    INSERT INTO ingest.found_device (organisation_id, home_id, gateway_id, ident, key, name, vendor, model, description,
                                     exposes, quantities, unmapped, system, first_seen, last_seen, is_present)
    SELECT organisation_id, home_id, gateway_id, ident, found.key, name, vendor, model, description,
           ARRAY(SELECT jsonb_array_elements_text(exposes)), ARRAY(SELECT jsonb_array_elements_text(quantities)), unmapped,
           system, %(now)s, %(now)s, true
    FROM known CROSS JOIN found
    ON CONFLICT (gateway_id, ident) DO UPDATE
    SET organisation_id = excluded.organisation_id, home_id = excluded.home_id, name = excluded.name,
        vendor = excluded.vendor, model = excluded.model, description = excluded.description, exposes = excluded.exposes,
        quantities = excluded.quantities, unmapped = excluded.unmapped, system = excluded.system,
        last_seen = excluded.last_seen, is_present = true
), counted AS (
    INSERT INTO ingest.inventory (gateway_id, organisation_id, left_out, received_at)
    SELECT gateway_id, organisation_id, %(left_out)s, %(now)s FROM known
    ON CONFLICT (gateway_id) DO UPDATE
    SET organisation_id = excluded.organisation_id, left_out = excluded.left_out, received_at = excluded.received_at
)
SELECT EXISTS (SELECT FROM known) AS known;

-- grow --
-- The series that installed devices turn out to report, where they did not have them.
SELECT devices.grow(%(key)s, %(series)s) AS made;

-- seen_inventory --
-- What the gateways of a home have found, as far as the viewer may see it.
SELECT gateway.key AS gateway_key, found.key, found.name, vendor, model, description, exposes, quantities, unmapped,
       first_seen, last_seen, is_present
FROM ingest.found_device AS found
JOIN devices.gateway USING (gateway_id)
WHERE found.organisation_id IN (SELECT registry.viewer_organisations()) AND found.home_id = %(home_id)s
ORDER BY gateway_key, ident;

-- inventory --
-- What all gateways have found, for services and whoever administers the installation.
SELECT gateway.key AS gateway_key, found.key, found.name, vendor, model, description, exposes, quantities, unmapped,
       first_seen, last_seen, is_present
FROM ingest.found_device AS found
JOIN devices.gateway USING (gateway_id)
ORDER BY gateway_key, ident;

-- systems_of_devices --
-- By which system the devices of some gateways were found, as far as that is known.
SELECT found.gateway_id, device.device_id, found.system
FROM ingest.found_device AS found
JOIN devices.device ON device.gateway_id = found.gateway_id AND device.key = found.key
WHERE found.gateway_id = ANY (%(gateways)s::int[]) AND found.system <> '';
