-- act_as_owner --
-- Who owns the tables erases, and says so to those that are only added to.
SET LOCAL ROLE vicino_owner

-- say_so --
-- For this transaction only. Whoever holds a row for long is not waited for; compressed rows may be as many as they are.
SELECT set_config('vicino.erasing', 'yes', true), set_config('lock_timeout', '10s', true),
    set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true)

-- act_as_before --
-- What comes after is done by whoever it was.
RESET ROLE

-- by_digest --
-- The person of whose public id this is the digest.
SELECT person_id FROM registry.person WHERE sha256(convert_to('vicino erasure ' || public_id::text, 'UTF8')) = %(digest)s

-- lock_home --
-- Nobody moves in or out of the home of a person meanwhile.
SELECT home_id FROM registry.home WHERE home_id = (SELECT home_id FROM registry.person WHERE person_id = %(person)s) FOR UPDATE

-- whose --
-- What belongs to a person: the home, where nobody else lives in it (`homes`, else empty), and accounts that serve nothing but the person.
WITH whose AS (
    SELECT * FROM registry.person WHERE person_id = %(person)s
), homes AS (
    SELECT home_id FROM whose WHERE NOT EXISTS (
        SELECT FROM registry.person AS other WHERE other.home_id = whose.home_id AND other.person_id <> whose.person_id)
), gateways AS (
    SELECT gateway_id, key FROM devices.gateway WHERE home_id IN (SELECT home_id FROM homes)
), accounts AS (
    SELECT DISTINCT account_id FROM registry.person_account AS close WHERE person_id = %(person)s
        AND NOT EXISTS (SELECT FROM registry.membership WHERE membership.account_id = close.account_id)
        AND NOT EXISTS (SELECT FROM registry.person_account AS other
                        WHERE other.account_id = close.account_id AND other.person_id <> close.person_id)
), contacts AS (
    SELECT contact_id, phone, email FROM registry.contact WHERE person_id = %(person)s
), alerts AS (
    SELECT alert_id FROM alerts.alert WHERE home_id IN (SELECT home_id FROM homes) OR person_id = %(person)s
)
SELECT whose.person_id AS person, whose.home_id AS home, whose.name, whose.phone, whose.public_id::text AS public_id,
    sha256(convert_to('vicino erasure ' || whose.public_id::text, 'UTF8')) AS digest,
    ARRAY(SELECT home_id FROM homes) AS homes,
    ARRAY(SELECT room_id FROM registry.room WHERE home_id IN (SELECT home_id FROM homes)) AS rooms,
    ARRAY(SELECT gateway_id FROM gateways) AS gateways,
    ARRAY(SELECT key FROM gateways) AS gateway_keys,
    ARRAY(SELECT series_id FROM devices.series WHERE home_id IN (SELECT home_id FROM homes)) AS series,
    ARRAY(SELECT account_id FROM accounts) AS accounts,
    ARRAY(SELECT contact_id FROM contacts) AS contacts,
    ARRAY(SELECT phone FROM contacts WHERE phone <> '' UNION SELECT email FROM contacts WHERE email <> '') AS ways,
    ARRAY(SELECT alert_id FROM alerts) AS alerts,
    ARRAY(SELECT finding_id FROM analytics.finding
          WHERE home_id IN (SELECT home_id FROM homes) OR person_id = %(person)s) AS findings,
    ARRAY(SELECT notification_id FROM alerts.notification WHERE alert_id IN (SELECT alert_id FROM alerts)
          OR contact_id IN (SELECT contact_id FROM contacts) OR account_id IN (SELECT account_id FROM accounts)) AS notifications,
    ARRAY(SELECT kind FROM alerts.alert WHERE alert_id IN (SELECT alert_id FROM alerts) AND state <> 'resolved' ORDER BY opened_at) AS open
FROM whose

-- subjects --
-- The pseudonyms under which a person and the home are in exports for research.
SELECT dashboards.pseudonym_for('research', home.public_id) AS home FROM registry.home WHERE home_id = %(home)s

-- exports --
-- The exports for research in which a home is.
SELECT export_id, made_at, %(subject)s AS subject FROM dashboards.research_export WHERE %(subject)s = ANY (subjects) ORDER BY export_id

-- record --
-- What was erased.
INSERT INTO dashboards.erasure (public_id, erased_at, whose_digest, certificate)
VALUES (%(number)s, %(at)s, %(digest)s, %(certificate)s) ON CONFLICT (public_id) DO NOTHING

-- recorded --
-- All erasures, the first first.
SELECT public_id::text AS number, erased_at, whose_digest AS digest, certificate FROM dashboards.erasure ORDER BY erased_at, erasure_id

-- texts --
-- Every column in which words can stand, of some schemas.
SELECT n.nspname AS schema, c.relname AS relation, a.attname AS field
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid = ANY (ARRAY['text', 'jsonb', 'json', 'text[]', 'uuid']::regtype[])
ORDER BY 1, 2, 3

-- still --
-- In how many rows of a table any of some words stands in a field.
SELECT count(*) AS rows FROM {table} WHERE EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS word WHERE position(word IN lower({field}::text)) > 0)
