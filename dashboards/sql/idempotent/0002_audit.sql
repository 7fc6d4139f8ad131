-- The name of a person in the audit: nothing leads from it to the person but the key.
CREATE OR REPLACE FUNCTION dashboards.pseudonym(key bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT substring(sha256('vicino audit'::bytea || key) FROM 1 FOR 16)
$$;

-- Notes that the viewer was shown, or has changed, data of some persons, and of who lives in some homes: a member of an association,
-- for instance, who is told of a home, does not see who lives there.
DROP FUNCTION IF EXISTS dashboards.note_look(int[], text, text, timestamptz);
CREATE OR REPLACE FUNCTION dashboards.note_look(persons int[], of_homes int[], by_method text, at_route text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whom int[] := ARRAY(
        SELECT person_id FROM registry.person WHERE person_id = ANY (note_look.persons) OR home_id = ANY (of_homes)
    );
BEGIN
    INSERT INTO dashboards.audit_key (person_id, key)
    SELECT person_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    FROM registry.person
    WHERE person_id = ANY (whom) AND NOT EXISTS (SELECT FROM dashboards.audit_key AS known WHERE known.person_id = person.person_id)
    ON CONFLICT DO NOTHING;
    INSERT INTO dashboards.audit (at, account_id, method, route, persons)
    SELECT note_look.at, registry.viewer_account(), by_method, at_route, array_agg(dashboards.pseudonym(key) ORDER BY key)
    FROM dashboards.audit_key WHERE person_id = ANY (whom)
    HAVING count(*) > 0;
END
$$;

-- Who looked at a person since an instant, the latest first, for whoever decides about the person.
DROP FUNCTION IF EXISTS dashboards.looks(uuid, timestamptz, timestamptz);
CREATE FUNCTION dashboards.looks(wanted uuid, since timestamptz, at timestamptz)
RETURNS TABLE (at timestamptz, route text, name text, capacity text, organisation text, is_viewer boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.at, audit.route, account.name,
        coalesce((SELECT close.capacity FROM registry.person_account AS close
                  WHERE close.account_id = audit.account_id AND close.person_id = person.person_id), ''),
        coalesce((SELECT string_agg(organisation.name, ', ' ORDER BY organisation.name)
                  FROM (SELECT DISTINCT organisation_id FROM registry.membership WHERE membership.account_id = audit.account_id) AS member
                  JOIN registry.organisation USING (organisation_id)), ''),
        audit.account_id = registry.viewer_account()
    FROM registry.decided_person(wanted, looks.at) AS person
    JOIN dashboards.audit_key ON audit_key.person_id = person.person_id
    JOIN dashboards.audit ON audit.persons @> ARRAY[dashboards.pseudonym(audit_key.key)] AND audit.at >= since
    JOIN registry.account USING (account_id)
    ORDER BY audit.at DESC, audit_id DESC LIMIT 2000
$$;

REVOKE ALL ON FUNCTION dashboards.pseudonym(bytea), dashboards.note_look(int[], int[], text, text, timestamptz),
    dashboards.looks(uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.note_look(int[], int[], text, text, timestamptz), dashboards.looks(uuid, timestamptz, timestamptz)
    TO vicino_people;
