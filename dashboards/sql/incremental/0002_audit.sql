-- Who looked at whom, and who changed what: one entry for each request, which lists the persons under a pseudonym. Nothing is
-- changed or removed. An erasure destroys the key of the person: then nobody can tell any more whom an entry was about.
--
-- Entries are to be sealed in batches into a chain of hashes by one writer: everything that goes into a seal stands in the row, and a
-- seal is a row of a table of its own that names the entries it covers, so that nothing here is ever updated.
CREATE TABLE dashboards.audit_key (
    person_id       int PRIMARY KEY REFERENCES registry.person,
    key             bytea NOT NULL CHECK (length(key) = 32)
);

CREATE TABLE dashboards.audit (
    audit_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    account_id      int NOT NULL REFERENCES registry.account,
    -- The kind of page or call, never an address with somebody in it.
    method          text NOT NULL,
    route           text NOT NULL,
    persons         bytea[] NOT NULL CHECK (cardinality(persons) > 0)
);
CREATE INDEX ON dashboards.audit USING gin (persons);
CREATE INDEX ON dashboards.audit (at);

CREATE FUNCTION dashboards.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON dashboards.audit
    FOR EACH STATEMENT EXECUTE FUNCTION dashboards.refuse_change();
