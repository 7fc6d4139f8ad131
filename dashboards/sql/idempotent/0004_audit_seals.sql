-- An entry of the audit as it goes into a seal; dashboards/seals.py has the same in Python, and checks it.
CREATE OR REPLACE FUNCTION dashboards.sealed_bytes(entry dashboards.audit) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT int8send(entry.audit_id) || timestamptz_send(entry.at) || int4send(entry.account_id)
        || int4send(octet_length(convert_to(entry.method, 'UTF8'))) || convert_to(entry.method, 'UTF8')
        || int4send(octet_length(convert_to(entry.route, 'UTF8'))) || convert_to(entry.route, 'UTF8')
        || int4send(cardinality(entry.persons))
        || (SELECT string_agg(int4send(length(pseudonym)) || pseudonym, ''::bytea ORDER BY place)
            FROM unnest(entry.persons) WITH ORDINALITY AS person (pseudonym, place))
$$;

-- Seals what was noted since the last seal, at most so many entries, and returns the seal; nothing where there is nothing, or where
-- somebody else is sealing. Whoever notes something meanwhile waits for it: an entry with an earlier number may not appear behind it.
-- Where one is being noted for longer than a second, it raises an error, and is called again later.
CREATE OR REPLACE FUNCTION dashboards.seal_audit(at timestamptz, most int) RETURNS SETOF dashboards.audit_seal
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    before  dashboards.audit_seal;
    made    dashboards.audit_seal;
BEGIN
    IF NOT pg_try_advisory_xact_lock('dashboards.audit_seal'::regclass::oid::bigint) THEN
        RETURN;
    END IF;
    LOCK TABLE dashboards.audit IN SHARE MODE;
    SELECT * INTO before FROM dashboards.audit_seal ORDER BY seal_id DESC LIMIT 1;
    made.seal_id := coalesce(before.seal_id, 0) + 1;
    made.sealed_at := seal_audit.at;
    made.after_id := coalesce(before.last_id, 0);
    SELECT max(entry.audit_id), count(*), sha256(string_agg(dashboards.sealed_bytes(entry.whole), ''::bytea ORDER BY entry.audit_id))
    INTO made.last_id, made.entries, made.contents
    FROM (SELECT audit_id, audit AS whole FROM dashboards.audit WHERE audit_id > made.after_id ORDER BY audit_id LIMIT most) AS entry;
    IF made.last_id IS NULL THEN
        RETURN;
    END IF;
    made.digest := sha256('vicino audit seal'::bytea || coalesce(before.digest, decode(repeat('00', 32), 'hex')) || int8send(made.seal_id)
        || timestamptz_send(made.sealed_at) || int8send(made.after_id) || int8send(made.last_id) || int4send(made.entries) || made.contents);
    INSERT INTO dashboards.audit_seal VALUES (made.*);
    RETURN NEXT made;
END
$$;

REVOKE ALL ON FUNCTION dashboards.sealed_bytes(dashboards.audit), dashboards.seal_audit(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.seal_audit(timestamptz, int) TO vicino_people;
GRANT SELECT ON dashboards.audit, dashboards.audit_seal TO vicino_service;
