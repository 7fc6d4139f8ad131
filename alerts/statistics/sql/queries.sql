-- happened --
-- What happened to the alerts that opened from one local day of their home's to before another, in some organisations.
-- Somebody is told by a call, or in a message about several; a reminder tells whoever has it already.
-- Whoever asks for people sees their own organisations only, by the policies of the tables. What the installation calls
-- for to try itself is nobody's alert.
SELECT alert.organisation_id, alert.family, alert.kind, home.timezone AS zone, alert.opened_at, alert.outcome, alert.reason,
    least(
        (SELECT min(sent_at) FROM alerts.notification WHERE notification.alert_id = alert.alert_id AND purpose = 'call'),
        (SELECT min(sent_at) FROM alerts.summarised JOIN alerts.notification USING (notification_id)
         WHERE summarised.alert_id = alert.alert_id)
    ) AS told_at,
    said.taken_at, said.closed_at, said.over_at, coalesce(said.unanswered, false) AS unanswered
FROM alerts.alert
JOIN registry.home USING (home_id)
JOIN registry.organisation ON organisation.organisation_id = alert.organisation_id
CROSS JOIN LATERAL (
    SELECT min(at) FILTER (WHERE action = 'taken') AS taken_at, min(at) FILTER (WHERE action = 'resolved') AS closed_at,
        min(at) FILTER (WHERE action = 'over') AS over_at, bool_or(action = 'unanswered') AS unanswered
    FROM alerts.history WHERE history.alert_id = alert.alert_id
) AS said
WHERE alert.organisation_id = ANY(%(organisations)s) AND organisation.kind <> 'canary'
    AND alert.opened_at >= %(first)s::date - interval '1 day' AND alert.opened_at < %(last)s::date + interval '1 day'
    AND (alert.opened_at AT TIME ZONE home.timezone)::date >= %(first)s
    AND (alert.opened_at AT TIME ZONE home.timezone)::date < %(last)s;

-- sent --
-- What became of the messages about these alerts, by channel. One is there instead of another where the same person was to
-- be told of the same step before, by another way.
SELECT notification.organisation_id, channel, count(*)::int AS messages,
    (count(*) FILTER (WHERE notification.state = 'sent'))::int AS sent,
    (count(*) FILTER (WHERE notification.state = 'failed'))::int AS failed,
    (count(*) FILTER (WHERE notification.state = 'cancelled'))::int AS called_off,
    (count(*) FILTER (WHERE notification.state = 'due'))::int AS waiting,
    (count(*) FILTER (WHERE attempts > 1))::int AS again,
    (count(*) FILTER (WHERE uncertain))::int AS uncertain,
    (count(*) FILTER (WHERE EXISTS (
        SELECT FROM alerts.notification AS earlier
        WHERE earlier.alert_id = notification.alert_id AND earlier.round = notification.round AND earlier.step = notification.step
            AND earlier.account_id IS NOT DISTINCT FROM notification.account_id
            AND earlier.contact_id IS NOT DISTINCT FROM notification.contact_id
            AND earlier.notification_id < notification.notification_id
    )))::int AS instead
FROM alerts.notification
JOIN alerts.alert USING (alert_id)
JOIN registry.home USING (home_id)
JOIN registry.organisation ON organisation.organisation_id = alert.organisation_id
WHERE alert.organisation_id = ANY(%(organisations)s) AND organisation.kind <> 'canary'
    AND alert.opened_at >= %(first)s::date - interval '1 day' AND alert.opened_at < %(last)s::date + interval '1 day'
    AND (alert.opened_at AT TIME ZONE home.timezone)::date >= %(first)s
    AND (alert.opened_at AT TIME ZONE home.timezone)::date < %(last)s
GROUP BY notification.organisation_id, channel;

-- homes --
-- How many homes there are in some organisations, now.
SELECT organisation_id, count(*)::int AS homes FROM registry.home
JOIN registry.organisation USING (organisation_id)
WHERE organisation_id = ANY(%(organisations)s) AND organisation.kind <> 'canary'
GROUP BY organisation_id;

-- rotas --
-- The rotas that held in a period for the homes of some organisations: their own, and those of the organisations above them.
WITH RECURSIVE above AS (
    SELECT organisation_id AS below_id, organisation_id, parent_id FROM registry.organisation
    WHERE organisation_id = ANY(%(organisations)s)
    UNION ALL
    SELECT below_id, parent.organisation_id, parent.parent_id
    FROM registry.organisation AS parent JOIN above ON above.parent_id = parent.organisation_id
)
SELECT below_id AS organisation_id, calendar, since, until FROM alerts.rota JOIN above USING (organisation_id)
WHERE since < %(last)s::date + interval '1 day' AND (until IS NULL OR until >= %(first)s::date - interval '1 day')
ORDER BY rota.rota_id;
