-- offer --
-- Offers an alert to an association as a task, once in a round.
INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en, municipality, offered_at)
SELECT organisation.organisation_id, alert_id, alert.public_id, round, %(task_it)s, %(task_en)s, municipality, %(now)s
FROM alerts.alert JOIN registry.home USING (home_id)
JOIN registry.organisation ON organisation.key = %(association)s
WHERE alert_id = %(alert_id)s AND state = 'new'
ON CONFLICT DO NOTHING
RETURNING (SELECT name FROM registry.organisation WHERE key = %(association)s) AS association;

-- seen --
-- The tasks that the viewer may see, the latest first: all, one, or those of one alert.
SELECT alerts.home_of_handover(public_id) AS home_id, public_id, alert_public_id, task_it, task_en, municipality, address, state, offered_at, accepted_at, accepted_by, ended_at, outcome
FROM alerts.handover
WHERE organisation_id IN (SELECT registry.viewer_organisations())
    AND (public_id = %(public_id)s OR %(public_id)s::uuid IS NULL)
    AND (alert_public_id = %(alert_public_id)s OR %(alert_public_id)s::uuid IS NULL)
ORDER BY handover_id DESC LIMIT 100;

-- policy_of --
-- The policy of the alert of a task that the viewer may act on.
SELECT alerts.policy_of_handover(%(public_id)s) AS policy;

-- accept --
-- Takes a task as the viewer.
SELECT alerts.accept_handover(%(public_id)s, %(now)s) AS accepted;

-- give_back --
-- Returns what came of a task as the viewer.
SELECT alerts.return_handover(%(public_id)s, %(outcome)s, %(note)s, %(escalates_at)s, %(now)s) AS returned;

-- is_helper --
-- Whether somebody is told of an alert only as a member of an association that it was handed to, and not as one of its own people.
WITH RECURSIVE own AS (
    SELECT organisation.organisation_id, parent_id FROM alerts.alert JOIN registry.organisation USING (organisation_id)
    WHERE alert_id = %(alert_id)s
    UNION ALL
    SELECT parent.organisation_id, parent.parent_id FROM registry.organisation AS parent JOIN own ON own.parent_id = parent.organisation_id
)
SELECT EXISTS (
    SELECT FROM alerts.handover JOIN registry.membership USING (organisation_id)
    WHERE alert_id = %(alert_id)s AND account_id = %(account_id)s
) AND NOT EXISTS (SELECT FROM own JOIN registry.membership USING (organisation_id) WHERE account_id = %(account_id)s) AS helps;
