-- What people do with an alert. They write through these functions alone, which decide who may, lock the alert, keep to
-- the life cycle, note who it was and call off what has not been sent. Each returns how many messages that were, or null
-- where nothing was changed: of two who act at once, one finds the alert as the other left it.
CREATE OR REPLACE FUNCTION alerts.lock_for_viewer(wanted uuid) RETURNS alerts.alert
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alert FROM alerts.alert
    WHERE public_id = wanted AND registry.viewer_may_act(organisation_id)
    FOR UPDATE
$$;

CREATE OR REPLACE FUNCTION alerts.call_off(called_off bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    messages int;
BEGIN
    UPDATE alerts.notification SET state = 'cancelled'
    WHERE alert_id = called_off AND state = 'due' AND purpose IN ('call', 'reminder');
    GET DIAGNOSTICS messages = ROW_COUNT;
    -- A message about several alerts goes out as long as one of them still needs it. Like a call it is called off also while it
    -- is being handed over, so that nothing of it is tried again.
    WITH about AS (
        SELECT message.notification_id, bool_or(summarised.alert_id = called_off) AS concerned,
            bool_or(alert.state = 'new' OR (message.purpose = 'hand_over' AND alert.state <> 'resolved')) AS needed
        FROM alerts.notification AS message
        JOIN alerts.summarised USING (notification_id)
        JOIN alerts.alert ON alert.alert_id = summarised.alert_id
        WHERE message.state = 'due' AND message.purpose NOT IN ('call', 'reminder')
        GROUP BY message.notification_id
    )
    UPDATE alerts.notification AS summary SET state = 'cancelled'
    FROM about
    WHERE about.notification_id = summary.notification_id AND summary.state = 'due' AND concerned AND NOT needed;
    RETURN messages;
END
$$;

-- Writes what the viewer did with an alert, which is as it was before, and by what other way than the pages, if by one.
CREATE OR REPLACE FUNCTION alerts.write_act(before alerts.alert, acted text, next_state text, ended_as text, said text,
                                            acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, from_state, to_state, outcome, note,
                                detail)
    SELECT before.organisation_id, before.alert_id, acted_at, account_id, name, acted, before.state, next_state, ended_as, said,
        jsonb_strip_nulls(jsonb_build_object('by', nullif(current_setting('vicino.acts_by', true), '')))
    FROM registry.account WHERE account_id = registry.viewer_account()
$$;

CREATE OR REPLACE FUNCTION alerts.take_charge(wanted uuid, seen_times int, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state <> 'new' OR before.times > seen_times THEN
        RETURN NULL;
    END IF;
    UPDATE alerts.alert
    SET state = 'in_charge', taken_by = registry.viewer_account(), taken_at = acted_at, escalates_at = NULL, updated_at = acted_at,
        taken_by_name = (SELECT name FROM registry.account WHERE account_id = registry.viewer_account())
    WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'taken', 'in_charge', NULL, '', acted_at);
    RETURN alerts.call_off(before.alert_id);
END
$$;

CREATE OR REPLACE FUNCTION alerts.release(wanted uuid, said text, calls_at timestamptz, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state <> 'in_charge' THEN
        RETURN NULL;
    END IF;
    UPDATE alerts.alert
    SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL, round = round + 1, step = 0,
        escalates_at = calls_at, updated_at = acted_at
    WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'released', 'new', NULL, said, acted_at);
    RETURN 0;
END
$$;

CREATE OR REPLACE FUNCTION alerts.resolve(wanted uuid, ended_as text, said text, seen_times int, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF ended_as = 'over' THEN
        RAISE EXCEPTION 'nobody closes an alert by itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'outcome';
    END IF;
    IF before.alert_id IS NULL OR before.state = 'resolved' OR before.times > seen_times THEN
        RETURN NULL;
    END IF;
    UPDATE alerts.alert
    SET state = 'resolved', outcome = ended_as, resolved_at = acted_at, escalates_at = NULL, updated_at = acted_at
    WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'resolved', 'resolved', ended_as, said, acted_at);
    RETURN alerts.call_off(before.alert_id);
END
$$;

CREATE OR REPLACE FUNCTION alerts.reopen(wanted uuid, said text, calls_at timestamptz, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state <> 'resolved' THEN
        RETURN NULL;
    END IF;
    UPDATE alerts.alert
    SET state = 'new', outcome = NULL, reason = NULL, resolved_at = NULL, taken_by = NULL, taken_by_name = '', taken_at = NULL,
        round = round + 1, step = 0, escalates_at = calls_at, updated_at = acted_at
    WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'reopened', 'new', NULL, said, acted_at);
    RETURN 0;
END
$$;

CREATE OR REPLACE FUNCTION alerts.note(wanted uuid, said text, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF before.alert_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM alerts.write_act(before, 'noted', before.state, NULL, said, acted_at);
    RETURN 0;
END
$$;

REVOKE ALL ON FUNCTION alerts.lock_for_viewer(uuid), alerts.call_off(bigint),
    alerts.write_act(alerts.alert, text, text, text, text, timestamptz),
    alerts.take_charge(uuid, int, timestamptz), alerts.release(uuid, text, timestamptz, timestamptz),
    alerts.resolve(uuid, text, text, int, timestamptz), alerts.reopen(uuid, text, timestamptz, timestamptz),
    alerts.note(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.take_charge(uuid, int, timestamptz),
    alerts.release(uuid, text, timestamptz, timestamptz), alerts.resolve(uuid, text, text, int, timestamptz),
    alerts.reopen(uuid, text, timestamptz, timestamptz), alerts.note(uuid, text, timestamptz) TO vicino_people;
GRANT EXECUTE ON FUNCTION alerts.call_off(bigint) TO vicino_service;
