-- note_sent --
-- Notes that a test call is about to be made.
INSERT INTO alerts.canary (sent_at) VALUES (%(at)s) ON CONFLICT DO NOTHING;

-- note_arrival --
-- Notes that the message of an alert has arrived which a test call opened.
UPDATE alerts.canary SET arrived_at = %(now)s
FROM alerts.alert JOIN registry.organisation USING (organisation_id)
WHERE alert.public_id = %(alert)s AND organisation.kind = 'canary' AND canary.sent_at = alert.happened_at
    AND arrived_at IS NULL;

-- mark_missed --
-- Notes which test calls made before an instant have not arrived.
UPDATE alerts.canary SET missed_at = %(now)s
WHERE arrived_at IS NULL AND missed_at IS NULL AND sent_at <= %(before)s
RETURNING sent_at;

-- call --
-- The test call of an instant.
SELECT sent_at, arrived_at, missed_at FROM alerts.canary WHERE sent_at = %(at)s;

-- latest --
-- The latest test call.
SELECT sent_at, arrived_at, missed_at FROM alerts.canary ORDER BY sent_at DESC LIMIT 1;

-- latest_judged --
-- The latest test call that has arrived or was missed.
SELECT sent_at, arrived_at, missed_at FROM alerts.canary
WHERE arrived_at IS NOT NULL OR missed_at IS NOT NULL ORDER BY sent_at DESC LIMIT 1;

-- close --
-- Closes the alerts that test calls have opened, says so in their history, and calls off what was to be sent.
WITH open AS (
    SELECT alert_id, organisation_id, state FROM alerts.alert JOIN registry.organisation USING (organisation_id)
    WHERE organisation.kind = 'canary' AND state <> 'resolved'
    FOR UPDATE OF alert
), closed AS (
    UPDATE alerts.alert
    SET state = 'resolved', outcome = 'explained', resolved_at = %(now)s, escalates_at = NULL,
        updated_at = greatest(updated_at, %(now)s)
    FROM open WHERE alert.alert_id = open.alert_id
    RETURNING alert.alert_id
), said AS (
    INSERT INTO alerts.history (organisation_id, alert_id, at, action, from_state, to_state, outcome, detail)
    SELECT organisation_id, alert_id, %(now)s, 'resolved', state, 'resolved', 'explained', '{"by": "canary"}' FROM open
)
SELECT alert_id, alerts.call_off(alert_id) FROM closed;

-- remove --
-- Removes what test calls before an instant have left behind; returns how many alerts that were.
SELECT alerts.remove_canaries(%(before)s) AS removed;
