-- in_force --
-- The policies that hold, of all organisations or of one and those above it; the nearest first, one for a kind before one for a
-- family.
WITH RECURSIVE above AS (
    SELECT organisation_id, parent_id, 0 AS distance FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT parent.organisation_id, parent.parent_id, distance + 1
    FROM registry.organisation AS parent JOIN above ON above.parent_id = parent.organisation_id
)
SELECT organisation.key AS organisation, family, policy.kind, version, plan, since
FROM alerts.policy JOIN registry.organisation USING (organisation_id) LEFT JOIN above USING (organisation_id)
WHERE until IS NULL AND (distance IS NOT NULL OR %(organisation_id)s::int IS NULL)
ORDER BY distance, organisation.key, family, policy.kind DESC;

-- nearest --
-- The policy that holds for an alert of an organisation: of the nearest that has one, for its kind before for its family.
WITH RECURSIVE above AS (
    SELECT organisation_id, key, parent_id, 0 AS distance FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT parent.organisation_id, parent.key, parent.parent_id, distance + 1
    FROM registry.organisation AS parent JOIN above ON above.parent_id = parent.organisation_id
)
SELECT key AS organisation, version, plan
FROM above JOIN alerts.policy USING (organisation_id)
WHERE until IS NULL AND family = %(family)s AND kind IN ('', %(kind)s)
ORDER BY distance, kind DESC LIMIT 1;

-- begin_load --
-- Lets one file be loaded at a time; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('alerts.policy'));

-- held --
-- The policies that hold at one organisation.
SELECT policy_id, family, policy.kind, version, plan FROM alerts.policy JOIN registry.organisation USING (organisation_id)
WHERE organisation.key = %(organisation)s AND until IS NULL;

-- end_policy --
-- Ends a policy.
UPDATE alerts.policy SET until = %(now)s WHERE policy_id = %(policy_id)s;

-- add_policy --
-- Puts a policy into force as the next version.
INSERT INTO alerts.policy (organisation_id, family, kind, version, plan, since)
SELECT organisation_id, %(family)s, %(kind)s, 1 + coalesce((
    SELECT max(version) FROM alerts.policy AS older
    WHERE older.organisation_id = organisation.organisation_id AND older.family = %(family)s AND older.kind = %(kind)s
), 0), %(plan)s, %(now)s
FROM registry.organisation WHERE key = %(organisation)s
RETURNING version;

-- by_role --
-- Active accounts that have a role at an organisation or at one above it, or only at the one that is named.
WITH RECURSIVE above AS (
    SELECT organisation_id, parent_id FROM registry.organisation
    WHERE CASE WHEN %(named)s = '' THEN organisation_id = %(organisation_id)s ELSE key = %(named)s END
    UNION
    SELECT parent.organisation_id, parent.parent_id
    FROM registry.organisation AS parent JOIN above ON above.parent_id = parent.organisation_id
    WHERE %(named)s = ''
)
SELECT DISTINCT account_id, login, name, email, language
FROM above JOIN registry.membership USING (organisation_id) JOIN registry.account USING (account_id)
WHERE role = %(role)s AND active ORDER BY account_id;

-- by_login --
-- Active accounts by their logins.
SELECT account_id, login, name, email, language FROM registry.account WHERE login = ANY(%(logins)s) AND active ORDER BY account_id;

-- contacts --
-- Whom to call for the people of a home, in the order of calling: of one person, or of all where none is named; but nobody with whom
-- what it is about is not shared.
SELECT contact_id, contact.name, email, contact.language
FROM registry.contact JOIN registry.person USING (person_id)
WHERE home_id = %(home_id)s AND (person_id = %(person_id)s OR %(person_id)s::int IS NULL)
    AND registry.contact_may_know(contact_id, %(family)s, %(now)s)
ORDER BY person_id, position, contact_id;

-- known --
-- Which organisations, logins and rotas there are.
SELECT 'organisation' AS what, key, kind FROM registry.organisation
UNION ALL SELECT 'login', login, '' FROM registry.account
UNION ALL SELECT DISTINCT 'rota', key, '' FROM alerts.rota WHERE until IS NULL;
