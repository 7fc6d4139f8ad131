-- rotas_of --
-- The rotas that hold at an organisation and at those above it, the nearest first; at all where none is named.
WITH RECURSIVE above AS (
    SELECT organisation_id, parent_id, 0 AS distance FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT parent.organisation_id, parent.parent_id, distance + 1
    FROM registry.organisation AS parent JOIN above ON above.parent_id = parent.organisation_id
)
SELECT rota_id, rota.organisation_id, organisation.key AS organisation, rota.version, calendar, handed_over_until
FROM alerts.rota JOIN registry.organisation USING (organisation_id) LEFT JOIN above USING (organisation_id)
WHERE until IS NULL AND (distance IS NOT NULL OR %(organisation_id)s::int IS NULL)
ORDER BY distance, organisation.key, rota.key;

-- begin_load --
-- Lets one file be loaded at a time; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('alerts.rota'));

-- held --
-- The rotas that hold at one organisation.
SELECT rota_id, rota.key, version, calendar FROM alerts.rota JOIN registry.organisation USING (organisation_id)
WHERE organisation.key = %(organisation)s AND until IS NULL;

-- end_rota --
-- Ends a rota.
UPDATE alerts.rota SET until = %(now)s WHERE rota_id = %(rota_id)s;

-- add_rota --
-- Puts a rota into force as the next version.
INSERT INTO alerts.rota (organisation_id, key, version, calendar, since)
SELECT organisation_id, %(key)s, 1 + coalesce((
    SELECT max(version) FROM alerts.rota AS older
    WHERE older.organisation_id = organisation.organisation_id AND older.key = %(key)s
), 0), %(calendar)s, %(now)s
FROM registry.organisation WHERE organisation.key = %(organisation)s
RETURNING version;

-- handed_over --
-- Notes until when changes of shift have been told, not more often than every few seconds, and says until when they had been.
UPDATE alerts.rota AS new SET handed_over_until = %(now)s
FROM (SELECT rota_id, handed_over_until AS told_until FROM alerts.rota WHERE rota_id = %(rota_id)s FOR UPDATE) AS old
WHERE new.rota_id = old.rota_id AND (told_until IS NULL OR told_until <= %(now)s - interval '10 seconds')
RETURNING told_until;
