-- Ends an open alert as the viewer, with its outcome and the reason for it, which the history keeps as well.
CREATE OR REPLACE FUNCTION alerts.resolve_because(wanted uuid, ended_as text, because text, said text, seen_times int,
                                                  acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    messages int := alerts.resolve(wanted, ended_as, said, seen_times, acted_at);
    resolved bigint;
BEGIN
    IF messages IS NULL OR because IS NULL THEN
        RETURN messages;
    END IF;
    UPDATE alerts.alert SET reason = because WHERE public_id = wanted RETURNING alert_id INTO resolved;
    UPDATE alerts.history SET detail = detail || jsonb_build_object('reason', because)
    WHERE history_id = (SELECT max(history_id) FROM alerts.history WHERE alert_id = resolved AND action = 'resolved');
    RETURN messages;
END
$$;
REVOKE ALL ON FUNCTION alerts.resolve_because(uuid, text, text, text, int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.resolve_because(uuid, text, text, text, int, timestamptz) TO vicino_people;
GRANT SELECT ON alerts.reason TO vicino_people, vicino_views;
