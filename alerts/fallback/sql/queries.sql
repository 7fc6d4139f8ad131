-- overdue_ways --
-- Messages that have been tried and not accepted until the next way was due, and those whose channel said after it had
-- accepted them that they did not arrive.
SELECT notification_id, alert_id, family, channel, false AS failed FROM alerts.notification JOIN alerts.alert USING (alert_id)
WHERE notification.state = 'due' AND falls_back_at <= %(now)s AND attempts > 0
UNION ALL
SELECT notification_id, alert_id, family, channel, true FROM alerts.notification JOIN alerts.alert USING (alert_id, round)
WHERE alert.state = 'new' AND notification.state = 'failed' AND others <> '[]'
ORDER BY notification_id;

-- take_other_ways --
-- Takes the ways that are left away from a message that has failed, or has been tried and not accepted in its time.
UPDATE alerts.notification AS new SET others = '[]', falls_back_at = NULL
FROM (
    SELECT notification_id, others FROM alerts.notification
    WHERE notification_id = %(notification_id)s AND others <> '[]'
        AND ((%(failed)s AND state = 'failed') OR (state = 'due' AND falls_back_at <= %(now)s AND attempts > 0))
    FOR UPDATE
) AS old
WHERE new.notification_id = old.notification_id
RETURNING old.others;

-- add_next_way --
-- Puts another way beside a message: for the same person and step. Not where the person is being told there already.
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, contact_id, address, language,
                                 due_at, first_due_at, others, falls_back_at, purpose)
SELECT organisation_id, alert_id, round, step, %(channel)s, account_id, contact_id, %(address)s, language, %(now)s, %(now)s,
       %(others)s, %(falls_back_at)s, purpose
FROM alerts.notification AS first
WHERE notification_id = %(notification_id)s
    AND NOT EXISTS (
        SELECT FROM alerts.notification AS other
        WHERE other.alert_id = first.alert_id AND other.channel = %(channel)s AND other.address = %(address)s
            AND other.state = 'due'
    )
ON CONFLICT DO NOTHING;
