-- The seals of the audit: each covers the entries after one and up to another, and the seal before it, so that they are a chain. What
-- is changed, removed or inserted afterwards no longer fits. `contents` is the hash of the entries, `digest` that of the seal.
CREATE TABLE dashboards.audit_seal (
    seal_id         bigint PRIMARY KEY CHECK (seal_id > 0),
    sealed_at       timestamptz NOT NULL,
    after_id        bigint NOT NULL UNIQUE,
    last_id         bigint NOT NULL UNIQUE,
    entries         int NOT NULL CHECK (entries > 0),
    contents        bytea NOT NULL CHECK (length(contents) = 32),
    digest          bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    CHECK (last_id > after_id)
);
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON dashboards.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION dashboards.refuse_change();

-- What is sealed is complete: nothing is added to it.
CREATE FUNCTION dashboards.refuse_addition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.audit_id <= (SELECT max(last_id) FROM dashboards.audit_seal) THEN
        RAISE EXCEPTION 'this part of the audit is sealed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER only_behind_what_is_sealed BEFORE INSERT ON dashboards.audit
    FOR EACH ROW EXECUTE FUNCTION dashboards.refuse_addition();
