-- note_look --
-- Notes in the audit that the viewer was shown, or has changed, data of some persons, and of who lives in some homes.
SELECT dashboards.note_look(%(persons)s::int[], %(homes)s::int[], %(method)s, %(route)s, %(now)s)

-- looks --
-- Who looked at a person, for whoever decides about it.
SELECT at, route, name, capacity, organisation, is_viewer FROM dashboards.looks(%(public_id)s, %(since)s, %(now)s)

-- seal --
-- Seals what was noted since the last seal.
SELECT * FROM dashboards.seal_audit(%(now)s, %(most)s)

-- seals --
-- Every seal, the first first; for services.
SELECT seal_id, sealed_at, after_id, last_id, entries, contents, digest FROM dashboards.audit_seal ORDER BY seal_id

-- entries --
-- The entries of the audit after one and up to another, in order; for services.
SELECT audit_id, at, account_id, method, route, persons FROM dashboards.audit
WHERE audit_id > %(after_id)s AND audit_id <= %(last_id)s ORDER BY audit_id

-- unsealed --
-- How many entries after one are not sealed, and since when the first of them waits; for services.
SELECT count(*) AS entries, min(at) AS since FROM dashboards.audit WHERE audit_id > %(after_id)s

-- before --
-- How many entries have a number that was never given; for services.
SELECT count(*) AS entries FROM dashboards.audit WHERE audit_id <= 0

-- retire_audit --
-- Drops the entries of the next batch that is older than may be kept; how many.
SELECT dashboards.retire_audit(%(kept)s, %(now)s) AS entries

-- retired --
-- Up to where entries were dropped, and how many; for services.
SELECT last_id, entries FROM dashboards.audit_retired
