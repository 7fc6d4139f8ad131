-- open_summary --
-- The message of a purpose to an account that is not due yet, or to somebody else at the only address of the account, locked, so that
-- another alert can be added to it.
SELECT notification_id FROM alerts.notification
WHERE (account_id = %(account_id)s OR (channel = %(channel)s AND address = %(address)s AND %(others)s::jsonb = '[]'))
    AND purpose = %(purpose)s AND state = 'due' AND attempts = 0 AND due_at > %(now)s
ORDER BY account_id <> %(account_id)s, due_at LIMIT 1 FOR UPDATE;

-- begin_summary --
-- Begins a message about several alerts, which hangs on the first of them.
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address, language, due_at, first_due_at,
                                 others, falls_back_at, purpose)
SELECT organisation_id, alert_id, round, (
        SELECT least(min(step), 0) - 1 FROM alerts.notification AS known WHERE known.alert_id = alert.alert_id AND known.round = alert.round
    ), %(channel)s, %(account_id)s, %(address)s, %(language)s, %(due_at)s, %(due_at)s, %(others)s,
    CASE WHEN family = 'safety' AND %(others)s <> '[]' THEN %(falls_back_at)s::timestamptz END, %(purpose)s
FROM alerts.alert WHERE alert_id = %(alert_id)s
RETURNING notification_id;

-- add_to_summary --
-- Says that a message is about an alert too.
INSERT INTO alerts.summarised (notification_id, alert_id) SELECT %(notification_id)s, unnest(%(alert_ids)s::bigint[]) ON CONFLICT DO NOTHING;

-- told_today --
-- Of how many other alerts of wellbeing an account was told one by one since an instant, and whether of this one.
SELECT count(DISTINCT notification.alert_id) FILTER (WHERE notification.alert_id <> %(alert_id)s)::int AS others,
    coalesce(bool_or(notification.alert_id = %(alert_id)s), false) AS this
FROM alerts.notification JOIN alerts.alert USING (alert_id)
WHERE notification.account_id = %(account_id)s AND purpose = 'call' AND family = 'wellbeing'
    AND coalesce(first_due_at, due_at) >= %(since)s AND notification.state IN ('due', 'sent');

-- mark_overflow --
-- Notes that an alert is more than can be told one by one; a row where that is new.
UPDATE alerts.alert SET overflow = true, updated_at = greatest(updated_at, %(now)s)
WHERE alert_id = %(alert_id)s AND NOT overflow RETURNING alert_id;

-- about --
-- What a message about several alerts is about, the most pressing first: those that are still open.
SELECT alert.family, alert.kind, alert.state, alert.taken_by_name, count(*)::int AS alerts
FROM alerts.notification AS message
JOIN alerts.summarised USING (notification_id)
JOIN alerts.alert ON alert.alert_id = summarised.alert_id
WHERE message.notification_id = %(notification_id)s AND alert.state <> 'resolved' AND (alert.state = 'new' OR message.purpose = 'hand_over')
GROUP BY alert.family, alert.kind, alert.state, alert.taken_by_name
ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], alert.family), max(alert.severity) DESC, alerts DESC, alert.kind;

-- open_below --
-- The open alerts of an organisation and of those below it, the most pressing first.
WITH RECURSIVE below AS (
    SELECT organisation_id FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION
    SELECT child.organisation_id FROM registry.organisation AS child JOIN below ON child.parent_id = below.organisation_id
)
SELECT alert_id FROM alerts.alert WHERE organisation_id IN (SELECT organisation_id FROM below) AND state <> 'resolved'
ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), state = 'in_charge', severity DESC, opened_at LIMIT 200;
