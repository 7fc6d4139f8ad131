-- overdue_ways --
-- Messages that have been tried and not accepted until the next way was due, and those that have failed for good and have a way
-- left: their channel said after it had accepted them that they did not arrive, or an earlier message waited on that way. Not
-- where the person has been told meanwhile, nor of what belongs to an earlier round of the alert.
SELECT notification_id, alert_id, family, purpose, account_id, channel, false AS failed
FROM alerts.notification JOIN alerts.alert USING (alert_id)
WHERE notification.state = 'due' AND falls_back_at <= %(now)s AND attempts > 0
UNION ALL
SELECT notification_id, alert_id, family, purpose, notification.account_id, channel, true
FROM alerts.notification JOIN alerts.alert USING (alert_id)
WHERE notification.state = 'failed' AND others <> '[]' AND alerts.is_called_for(notification)
    AND NOT EXISTS (
        SELECT FROM alerts.notification AS other
        WHERE other.alert_id = notification.alert_id AND other.purpose = notification.purpose AND other.state = 'sent'
            AND (other.account_id = notification.account_id OR other.contact_id = notification.contact_id)
            AND other.sent_at >= notification.first_due_at
    )
ORDER BY notification_id;

-- hold_overdue --
-- Keeps a message as it is that has failed, or has been tried and not accepted in its time.
SELECT FROM alerts.notification
WHERE notification_id = %(notification_id)s
    AND ((%(failed)s AND state = 'failed') OR (state = 'due' AND falls_back_at <= %(now)s AND attempts > 0))
FOR UPDATE;

-- ways_left --
-- The ways that are left of a message, in order, and whether an earlier message waits there. Those on which this step was told are
-- none any more.
SELECT way->>'channel' AS channel, way->>'address' AS address, EXISTS (
        SELECT FROM alerts.notification AS other
        WHERE other.alert_id = message.alert_id AND other.channel = way->>'channel' AND other.address = way->>'address'
            AND other.purpose = message.purpose AND other.state = 'due'
    ) AS waits
FROM alerts.notification AS message, jsonb_array_elements(message.others) WITH ORDINALITY AS left_way (way, place)
WHERE notification_id = %(notification_id)s AND NOT EXISTS (
    SELECT FROM alerts.notification AS other
    WHERE other.alert_id = message.alert_id AND other.round = message.round AND other.step = message.step
        AND other.channel = way->>'channel' AND other.address = way->>'address'
)
ORDER BY place;

-- add_next_way --
-- Puts another way beside a message, for the same person and step, about the same alerts.
WITH added AS (
    INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, contact_id, address, language,
                                     due_at, first_due_at, others, falls_back_at, purpose)
    SELECT organisation_id, alert_id, round, step, %(channel)s, account_id, contact_id, %(address)s, language, %(now)s, %(now)s,
           %(others)s, %(falls_back_at)s, purpose
    FROM alerts.notification WHERE notification_id = %(notification_id)s
    ON CONFLICT DO NOTHING
    RETURNING notification_id
), about AS (
    INSERT INTO alerts.summarised (notification_id, alert_id)
    SELECT added.notification_id, summarised.alert_id FROM added, alerts.summarised
    WHERE summarised.notification_id = %(notification_id)s
)
SELECT notification_id FROM added;

-- keep_ways --
-- Leaves ways to a message, to be looked at again when one on which an earlier message waits is free.
UPDATE alerts.notification SET others = %(others)s, falls_back_at = %(falls_back_at)s
WHERE notification_id = %(notification_id)s;

-- press --
-- Lets an earlier message wait no longer that stands on a way which is left of a message.
UPDATE alerts.notification AS earlier SET due_at = %(now)s
FROM alerts.notification AS message
WHERE message.notification_id = %(notification_id)s AND earlier.alert_id = message.alert_id AND earlier.purpose = message.purpose
    AND earlier.state = 'due' AND earlier.due_at > %(now)s
    AND message.others @> jsonb_build_array(jsonb_build_object('channel', earlier.channel, 'address', earlier.address));

-- wake --
-- Lets the worker look whether another message has waited for this one to end.
SELECT pg_notify('vicino_notification', '');
