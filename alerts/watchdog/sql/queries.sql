-- beat --
-- Notes that a part of the chain has just done the whole of its work.
INSERT INTO alerts.heartbeat AS known (part, at) VALUES (%(part)s, %(now)s)
ON CONFLICT (part) DO UPDATE SET at = excluded.at;

-- chain --
-- How the chain stands: when alerts were last worked on, and how many people wait for a message about a call for help that
-- should have gone out before `limit`, where no other message of the same round has reached them.
SELECT (SELECT at FROM alerts.heartbeat WHERE part = 'alerts') AS worked_at,
    (SELECT count(*)::int FROM alerts.notification AS late JOIN alerts.alert USING (alert_id)
     WHERE late.state = 'due' AND alert.state = 'new' AND alert.family = 'safety' AND late.round = alert.round
         AND coalesce(late.first_due_at, late.due_at) < %(limit)s
         AND NOT EXISTS (
             SELECT FROM alerts.notification AS other
             WHERE other.alert_id = late.alert_id AND other.round = late.round AND other.state = 'sent'
                 AND other.account_id IS NOT DISTINCT FROM late.account_id
                 AND other.contact_id IS NOT DISTINCT FROM late.contact_id
         )) AS overdue;

-- watched --
-- How the chain stands: when alerts were last worked on and watched over, and what became of the last test call.
SELECT (SELECT at FROM alerts.heartbeat WHERE part = 'alerts') AS worked_at,
    (SELECT at FROM alerts.heartbeat WHERE part = 'watchdog') AS watched_at,
    call.sent_at AS called_at, call.arrived_at, call.missed_at IS NOT NULL AS missed
FROM (SELECT) AS always LEFT JOIN LATERAL (
    SELECT sent_at, arrived_at, missed_at FROM alerts.canary
    WHERE arrived_at IS NOT NULL OR missed_at IS NOT NULL ORDER BY sent_at DESC LIMIT 1
) AS call ON true;
