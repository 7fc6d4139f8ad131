-- Removes what test calls before an instant have left behind. Of nobody else anything can be removed: alerts and their history
-- stay for good.
CREATE OR REPLACE FUNCTION alerts.remove_canaries(before timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone    bigint[];
BEGIN
    SELECT array_agg(alert_id) INTO gone FROM alerts.alert JOIN registry.organisation USING (organisation_id)
    WHERE organisation.kind = 'canary' AND alert.state = 'resolved' AND alert.opened_at < before;
    DELETE FROM alerts.canary WHERE sent_at < before;
    IF gone IS NULL THEN
        RETURN 0;
    END IF;
    -- What was taken in stays noted, or it would be taken in again.
    UPDATE alerts.taken_in SET alert_id = NULL WHERE alert_id = ANY (gone);
    DELETE FROM alerts.reply WHERE alert_id = ANY (gone);
    DELETE FROM alerts.notification WHERE alert_id = ANY (gone);
    DELETE FROM alerts.cause WHERE alert_id = ANY (gone);
    DELETE FROM alerts.history WHERE alert_id = ANY (gone);
    DELETE FROM alerts.alert WHERE alert_id = ANY (gone);
    RETURN cardinality(gone);
END
$$;

REVOKE ALL ON FUNCTION alerts.remove_canaries(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.remove_canaries(timestamptz) TO vicino_service;
-- When a test call was made and whether it arrived says nothing about anybody.
GRANT SELECT ON alerts.canary TO vicino_people;
