-- Drops the entries of the next batch, where all of them are older than may be kept and as they were sealed; returns how many, 0 where
-- there is none. Time is counted back from `at`, but never from later than a day after the latest readings, so that a clock that jumps
-- ahead drops nothing. The seal stays.
DROP FUNCTION IF EXISTS dashboards.retire_audit(interval, timestamptz);
CREATE FUNCTION dashboards.retire_audit(kept interval, at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before  timestamptz := least(retire_audit.at, (SELECT max(hour) + interval '1 day' FROM ingest.touched)) - kept;
    batch   dashboards.audit_seal;
    whole   boolean;
    gone    int;
BEGIN
    IF kept < interval '30 days' THEN
        RAISE EXCEPTION 'who looked is kept for thirty days at least: the person reads it on the own page';
    END IF;
    IF NOT EXISTS (SELECT FROM ingest.touched) OR NOT pg_try_advisory_xact_lock('dashboards.audit_seal'::regclass::oid::bigint) THEN
        RETURN 0;
    END IF;
    SELECT * INTO batch FROM dashboards.audit_seal
    WHERE last_id > coalesce((SELECT last_id FROM dashboards.audit_retired), 0) ORDER BY seal_id LIMIT 1;
    SELECT count(*) = batch.entries AND max(entry.at) < before
        AND sha256(string_agg(dashboards.sealed_bytes(entry), ''::bytea ORDER BY audit_id)) = batch.contents
    INTO whole FROM dashboards.audit AS entry WHERE audit_id > batch.after_id AND audit_id <= batch.last_id;
    -- What is not as it was sealed stays, so that it is found.
    IF whole IS NOT TRUE THEN
        RETURN 0;
    END IF;
    PERFORM set_config('vicino.retiring', 'yes', true);
    DELETE FROM dashboards.audit WHERE audit_id > batch.after_id AND audit_id <= batch.last_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('vicino.retiring', '', true);
    INSERT INTO dashboards.audit_retired AS known (last_id, entries, retired_at) VALUES (batch.last_id, gone, retire_audit.at)
    ON CONFLICT (one) DO UPDATE
    SET last_id = excluded.last_id, entries = known.entries + excluded.entries, retired_at = excluded.retired_at;
    RETURN gone;
END
$$;
REVOKE ALL ON FUNCTION dashboards.retire_audit(interval, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.retire_audit(interval, timestamptz) TO vicino_people;
GRANT SELECT ON dashboards.audit_retired TO vicino_service;
