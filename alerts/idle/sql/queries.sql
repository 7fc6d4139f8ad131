-- due_idle --
-- The most pressing alert that somebody has in charge and that has been idle for too long, locked.
SELECT alert_id, organisation_id, family, round, idle_step, policy, taken_by, taken_by_name, account.language
FROM alerts.alert JOIN registry.account ON account_id = taken_by
WHERE idle_at <= %(now)s AND state = 'in_charge'
ORDER BY family = 'safety' DESC, idle_at LIMIT 1
FOR UPDATE OF alert SKIP LOCKED;

-- set_reminded --
-- Notes that whoever has an alert was reminded, and when it goes back to the queue.
UPDATE alerts.alert SET idle_step = 1, idle_at = %(back_at)s WHERE alert_id = %(alert_id)s;

-- give_back --
-- Gives an alert back to the queue; its escalation begins anew.
UPDATE alerts.alert
SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL, round = round + 1, step = 0,
    escalates_at = %(escalates_at)s, updated_at = greatest(updated_at, %(now)s)
WHERE alert_id = %(alert_id)s AND state = 'in_charge';

-- put_off --
-- Puts off what could not be done, so that it does not hold up the others.
UPDATE alerts.alert SET idle_at = %(until)s WHERE alert_id = %(alert_id)s AND state = 'in_charge' AND idle_at < %(until)s;

-- add_reminder --
-- Notes a message that reminds whoever has an alert. What is no step of the escalation is counted down from -1 in each round,
-- summaries that hang on the alert with it.
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address, language, due_at, first_due_at,
                                 others, falls_back_at, purpose)
SELECT %(organisation_id)s, %(alert_id)s, %(round)s, least(coalesce(min(step), 0), 0) - 1, %(channel)s, %(account_id)s, %(address)s, %(language)s, %(now)s,
    %(now)s, %(others)s, %(falls_back_at)s, 'reminder'
FROM alerts.notification WHERE alert_id = %(alert_id)s AND round = %(round)s;
