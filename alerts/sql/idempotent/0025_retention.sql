-- The history of alerts is only added to; that of alerts which were closed before an instant goes with them.
CREATE OR REPLACE FUNCTION alerts.retire_history(wanted bigint[], before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone    bigint;
BEGIN
    DELETE FROM alerts.history AS old USING alerts.alert AS closed
    WHERE old.alert_id = ANY (wanted) AND closed.alert_id = old.alert_id AND closed.state = 'resolved' AND closed.resolved_at < before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
REVOKE ALL ON FUNCTION alerts.retire_history(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.retire_history(bigint[], timestamptz) TO vicino_service;
