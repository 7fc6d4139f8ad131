-- Whether what a message is about still calls for it: a call as long as nobody has taken charge, a reminder as long as they have, one about
-- several alerts as long as one of them is open that it tells of.
CREATE OR REPLACE FUNCTION alerts.is_called_for(message alerts.notification) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE message.purpose
        WHEN 'call' THEN EXISTS (
            SELECT FROM alerts.alert WHERE alert.alert_id = message.alert_id AND alert.round = message.round AND alert.state = 'new'
        )
        WHEN 'reminder' THEN EXISTS (
            SELECT FROM alerts.alert
            WHERE alert.alert_id = message.alert_id AND alert.round = message.round AND alert.state = 'in_charge'
                AND alert.taken_by = message.account_id
        )
        ELSE EXISTS (
            SELECT FROM alerts.summarised JOIN alerts.alert USING (alert_id)
            WHERE summarised.notification_id = message.notification_id
                AND (alert.state = 'new' OR (message.purpose = 'hand_over' AND alert.state <> 'resolved'))
        )
    END
$$;

-- What was called off because a message was accepted is needed after all where that has failed, unless a later step stands on that way
-- by now. Where the person was told by a third way meanwhile, it waits on that one from now on.
CREATE OR REPLACE FUNCTION alerts.need_after_all(failed bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told bigint;
BEGIN
    SELECT other.notification_id INTO told
    FROM alerts.notification AS message JOIN alerts.notification AS other ON other.alert_id = message.alert_id
        AND other.round = message.round AND other.step = message.step AND other.purpose = message.purpose
        AND (other.account_id = message.account_id OR other.contact_id = message.contact_id)
    WHERE message.notification_id = failed AND other.state = 'sent' AND other.notification_id <> failed
    ORDER BY other.sent_at LIMIT 1;
    IF told IS NOT NULL THEN
        UPDATE alerts.notification SET called_off_by = told WHERE called_off_by = failed;
        RETURN;
    END IF;
    UPDATE alerts.notification AS other SET state = 'due', due_at = at, last_error = '', called_off_by = NULL
    WHERE other.called_off_by = failed AND alerts.is_called_for(other) AND NOT EXISTS (
        SELECT FROM alerts.notification AS later
        WHERE later.alert_id = other.alert_id AND later.channel = other.channel AND later.address = other.address
            AND later.purpose = other.purpose AND later.state = 'due'
    );
END
$$;

REVOKE ALL ON FUNCTION alerts.is_called_for(alerts.notification), alerts.need_after_all(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.is_called_for(alerts.notification), alerts.need_after_all(bigint, timestamptz) TO vicino_service;
