-- snapshot --
-- All that follows is as of one moment, and writes nothing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- cohort --
-- The homes all of whose residents agree at an instant that their data are used for research, since when all of them do, and how
-- many live there.
SELECT home_id, dashboards.pseudonym_for('research', home.public_id) AS subject, home.timezone, residents, since
FROM registry.agreeing_homes('research', %(now)s)
JOIN registry.home USING (home_id)
JOIN registry.organisation USING (organisation_id)
WHERE organisation.kind <> 'canary' AND (%(organisations)s::int[] IS NULL OR home.organisation_id = ANY (%(organisations)s))
ORDER BY subject

-- record --
-- What was exported.
INSERT INTO dashboards.research_export (made_at, query, digest, rows, subjects)
VALUES (%(now)s, %(query)s, %(digest)s, %(rows)s, %(subjects)s)
RETURNING export_id

-- exports --
-- All exports, the latest first.
SELECT export_id, made_at, query, digest, rows, subjects FROM dashboards.research_export ORDER BY export_id DESC
