-- config_sources --
-- What is installed at each gateway, and the rules of its home: all that its configuration is made of.
SELECT gateway.gateway_id, gateway.key, home.timezone, offline_rules.rules, config.version,
       coalesce(installed.devices, '[]'::jsonb) AS devices, ARRAY(
           SELECT key FROM (
               SELECT key, retired_at FROM devices.device
               WHERE device.gateway_id = gateway.gateway_id AND device.retired_at IS NOT NULL AND NOT EXISTS (
                   SELECT FROM devices.device AS later
                   WHERE later.key = device.key AND later.gateway_id <> device.gateway_id AND devices.is_worldwide(later.key)
                     AND coalesce(later.retired_at > device.retired_at, true)
               )
               ORDER BY retired_at DESC LIMIT 500
           ) AS latest ORDER BY key
       ) AS retired
FROM devices.gateway
JOIN registry.home USING (home_id)
LEFT JOIN devices.offline_rules USING (home_id)
LEFT JOIN devices.gateway_config AS config USING (gateway_id)
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'key', device.key, 'name', device.name, 'model', device.model, 'room', coalesce(room.name, ''),
               'room_kind', coalesce(room.kind, ''),
               'measured', ARRAY(SELECT substr(series.name, length(device.key) + 2) FROM devices.series
                                 WHERE series.device_id = device.device_id AND starts_with(series.name, device.key || '/')
                                 ORDER BY quantity_id, series.name)
           ) ORDER BY device.key) AS devices
    FROM devices.device LEFT JOIN registry.room USING (room_id)
    WHERE device.gateway_id = gateway.gateway_id AND device.retired_at IS NULL
) AS installed ON true
WHERE gateway.organisation_id NOT IN (SELECT registry.canaries())
ORDER BY gateway.gateway_id

-- write_config --
-- Keeps a gateway's configuration, which is to be published.
INSERT INTO devices.gateway_config AS old (gateway_id, organisation_id, home_id, version, config, changed_at)
SELECT gateway_id, organisation_id, home_id, %(version)s, %(config)s, %(now)s FROM devices.gateway
WHERE gateway_id = %(gateway_id)s
ON CONFLICT (gateway_id) DO UPDATE
SET version = excluded.version, config = excluded.config, changed_at = excluded.changed_at, published_at = NULL

-- configs --
-- The configurations that are to be published, or all of them.
SELECT gateway.key, config.version, config.config FROM devices.gateway_config AS config JOIN devices.gateway USING (gateway_id)
WHERE %(all)s OR published_at IS NULL
ORDER BY gateway.key

-- note_published --
-- Notes that the broker has a configuration, unless a later one has been made since.
UPDATE devices.gateway_config AS config SET published_at = %(now)s
FROM devices.gateway
WHERE gateway.gateway_id = config.gateway_id AND gateway.key = %(key)s AND config.version = %(version)s
  AND config.published_at IS NULL

-- note_confirmed --
-- Notes which configuration a gateway says it follows, and why it refused a later one.
UPDATE devices.gateway_config AS config SET confirmed = %(confirmed)s, trouble = %(trouble)s, confirmed_at = %(now)s
FROM devices.gateway
WHERE gateway.gateway_id = config.gateway_id AND gateway.key = %(key)s
  AND (config.confirmed, config.trouble) IS DISTINCT FROM (%(confirmed)s, %(trouble)s)

-- test_alarms --
-- How often homes are asked for a test alarm, and since when at the latest; no row of one that is not asked.
SELECT home_id, (rules ->> 'test_alarm_days')::int AS every_days, changed_at AS since FROM devices.offline_rules
WHERE home_id = ANY (%(homes)s::int[]) AND rules ->> 'test_alarm_days' IS NOT NULL

-- write_rules --
-- Sets what a home's gateway does by itself; no row where there is no such home.
INSERT INTO devices.offline_rules AS old (home_id, organisation_id, rules, changed_at)
SELECT home_id, organisation_id, %(rules)s, %(now)s FROM registry.home WHERE home.key = %(home)s
ON CONFLICT (home_id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at
RETURNING home_id

-- gateway_figures --
-- How many gateways may connect, how many have been sent a configuration, and how many do not follow it for too long.
SELECT count(*) FILTER (WHERE enrolment.revoked_at IS NULL AND enrolment.enrolled_at IS NOT NULL) AS enrolled,
       count(*) FILTER (WHERE enrolment.revoked_at IS NOT NULL) AS revoked,
       count(config.published_at) AS configured,
       count(*) FILTER (WHERE enrolment.revoked_at IS NULL AND config.published_at < %(since)s
                        AND config.confirmed <> config.version) AS unconfirmed
FROM devices.gateway LEFT JOIN devices.enrolment USING (gateway_id)
LEFT JOIN devices.gateway_config AS config USING (gateway_id)
WHERE gateway.organisation_id NOT IN (SELECT registry.canaries())
