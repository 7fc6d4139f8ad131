-- gateways_of_home --
-- The gateways of a home by the home's key; a home without gateway has one row without a gateway. No row: no such home.
SELECT gateway.key FROM registry.home LEFT JOIN devices.gateway USING (home_id) WHERE home.key = %(home)s ORDER BY gateway.key

-- place_gateway --
-- Makes a gateway in a home, unless one of that key is there already.
INSERT INTO devices.gateway (organisation_id, home_id, key)
SELECT organisation_id, home_id, %(key)s FROM registry.home WHERE home.key = %(home)s
ON CONFLICT (key) DO NOTHING
RETURNING gateway_id

-- write_enrolments --
-- Gives gateways new credentials, those of them that are known.
SELECT gateway.key, devices.write_enrolment(gateway_id, wanted.hash, %(now)s)
FROM unnest(%(keys)s::text[], %(hashes)s::text[]) AS wanted (key, hash) JOIN devices.gateway USING (key)

-- enrol_for_viewer --
-- Gives a gateway new credentials, if the viewer may.
SELECT devices.enrol_for_viewer(%(key)s, %(hash)s, %(now)s) AS done

-- write_revocation --
-- Takes a gateway's credentials away; no row where it is not known.
SELECT devices.write_revocation(gateway_id, %(now)s) AS done FROM devices.gateway WHERE key = %(key)s

-- revoke_for_viewer --
-- Takes a gateway's credentials away, if the viewer may.
SELECT devices.revoke_for_viewer(%(key)s, %(now)s) AS done

-- note_admitted --
-- Notes that the broker was told of credentials, unless they have been replaced since.
UPDATE devices.enrolment SET admitted_at = %(now)s, trouble = ''
FROM unnest(%(keys)s::text[], %(hashes)s::text[]) AS told (key, hash) JOIN devices.gateway USING (key)
WHERE enrolment.gateway_id = gateway.gateway_id AND enrolment.password_hash = told.hash

-- note_trouble --
-- Notes why the broker could not be told of credentials, unless they have been replaced since.
UPDATE devices.enrolment SET trouble = %(reason)s
FROM unnest(%(keys)s::text[], %(hashes)s::text[]) AS told (key, hash) JOIN devices.gateway USING (key)
WHERE enrolment.gateway_id = gateway.gateway_id AND enrolment.password_hash = told.hash

-- active_enrolments --
-- The gateways that may sign in, with the hashes of their passwords.
SELECT gateway.key, enrolment.password_hash FROM devices.enrolment JOIN devices.gateway USING (gateway_id)
WHERE enrolment.revoked_at IS NULL ORDER BY gateway.key

-- enrolments --
-- Every gateway, whether it may sign in, and which configuration it has and follows.
SELECT gateway.gateway_id, gateway.key, home.key AS home, enrolment.enrolled_at, enrolment.renewed_at, enrolment.revoked_at,
       enrolment.admitted_at, enrolment.trouble AS not_admitted, config.version, config.changed_at, config.published_at, config.confirmed, config.confirmed_at, config.trouble
FROM devices.gateway JOIN registry.home USING (home_id)
LEFT JOIN devices.enrolment USING (gateway_id) LEFT JOIN devices.gateway_config AS config USING (gateway_id)
ORDER BY home.key, gateway.key

-- place_gateway_for_viewer --
-- The gateway of a home, made if there is none; null where the viewer may not.
SELECT devices.place_gateway(%(home)s) AS key;

-- seen_local_alarms --
-- How many sirens and contacts the gateway of a home has for calls that the service cannot be told of, as the viewer may see it.
SELECT sirens, contacts FROM devices.local_alarms(%(home_id)s);
