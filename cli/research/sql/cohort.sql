-- snapshot --
-- All that follows is as of one moment, and writes nothing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY

-- cohort --
-- The homes all of whose residents agree at an instant that their data are used for research, since when all of them do, and how
-- many live there. What a home measures is of all who live in it: where one does not agree, nothing of the home is used.
SELECT home.home_id, dashboards.pseudonym_for('research', home.public_id) AS subject, home.timezone,
    count(*)::int AS residents, max(agreed.since) AS since
FROM registry.home
JOIN registry.organisation USING (organisation_id)
JOIN registry.person USING (home_id)
LEFT JOIN LATERAL (
    SELECT min(valid_from) AS since FROM registry.consent
    WHERE consent.person_id = person.person_id AND purpose = 'research' AND valid_from <= %(now)s
        AND coalesce(least(valid_until, withdrawn_at), 'infinity') > %(now)s
) AS agreed ON true
WHERE organisation.kind <> 'canary' AND (%(organisations)s::int[] IS NULL OR home.organisation_id = ANY (%(organisations)s))
GROUP BY home.home_id, home.public_id, home.timezone
HAVING bool_and(agreed.since IS NOT NULL)
ORDER BY subject

-- record --
-- What was exported.
INSERT INTO dashboards.research_export (made_at, query, digest, rows, subjects)
VALUES (%(now)s, %(query)s, %(digest)s, %(rows)s, %(subjects)s)
RETURNING export_id

-- exports --
-- All exports, the latest first.
SELECT export_id, made_at, query, digest, rows, subjects FROM dashboards.research_export ORDER BY export_id DESC
