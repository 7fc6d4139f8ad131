-- relieved --
-- Who was told of a safety alert that has been taken or resolved since, by the way that was accepted last, but whoever took it, and
-- no contact who may not know of it any more.
SELECT DISTINCT ON (alert_id, account_id, contact_id)
    alert_id, alert.organisation_id, alert.home_id, alert.round, alert.family, alert.kind, notification.account_id,
    notification.contact_id, notification.language, notification.channel, notification.address
FROM alerts.alert JOIN alerts.notification USING (alert_id)
WHERE alert.family = 'safety' AND alert.state <> 'new' AND greatest(alert.taken_at, alert.resolved_at) >= %(since)s
    AND notification.state = 'sent' AND notification.purpose = 'call' AND notification.round = alert.round
    AND alert.organisation_id NOT IN (SELECT registry.canaries())
    AND num_nonnulls(notification.account_id, notification.contact_id) = 1
    AND (notification.contact_id IS NOT NULL OR notification.account_id IS DISTINCT FROM (
        SELECT account_id FROM alerts.history
        WHERE history.alert_id = alert.alert_id AND action IN ('taken', 'resolved') ORDER BY history_id DESC LIMIT 1
    ))
    -- Whoever has it in charge knows that, also where somebody else says how it ended.
    AND (notification.contact_id IS NOT NULL OR notification.account_id IS DISTINCT FROM alert.taken_by)
    AND (notification.contact_id IS NULL OR registry.contact_may_know(notification.contact_id, alert.family, %(now)s))
    AND NOT EXISTS (
        SELECT FROM alerts.news
        WHERE news.alert_id = alert.alert_id AND news.round = alert.round
            AND (news.account_id = notification.account_id OR news.contact_id = notification.contact_id)
    )
ORDER BY alert_id, account_id, contact_id, notification.sent_at DESC;

-- add_news --
-- Notes what somebody is to be told; nobody is twice. Where somebody else has just been told the same at the same address, that is enough,
-- as long as it gets there. Those news are kept as they are meanwhile.
WITH same AS (
    SELECT news_id FROM alerts.news
    WHERE channel = %(channel)s AND address = %(address)s AND about = %(about)s AND home_id = %(home_id)s
        AND alert_id IS NOT DISTINCT FROM %(alert_id)s::bigint AND round IS NOT DISTINCT FROM %(round)s::int
        AND said = %(said)s::text[] AND made_at >= %(same_since)s AND state IN ('due', 'sent')
    ORDER BY news_id LIMIT 1 FOR SHARE
), reason AS (
    SELECT (SELECT news_id FROM same) AS news_id
)
INSERT INTO alerts.news (organisation_id, home_id, about, alert_id, round, day, account_id, contact_id, channel, address, others,
                         language, said, says_open, made_at, due_at, until, state, called_off_by)
SELECT %(organisation_id)s, %(home_id)s, %(about)s, %(alert_id)s, %(round)s, %(day)s, %(account_id)s, %(contact_id)s,
    %(channel)s, %(address)s, %(others)s, %(language)s, %(said)s, %(says_open)s, %(now)s, %(now)s, %(until)s,
    CASE WHEN reason.news_id IS NULL THEN 'due' ELSE 'cancelled' END, reason.news_id
FROM reason
ON CONFLICT DO NOTHING
RETURNING state;

-- claim_news --
-- Leases what waits longest.
UPDATE alerts.news SET leased_until = %(leased_until)s, attempts = attempts + 1
WHERE news_id = (
    SELECT news_id FROM alerts.news
    WHERE state = 'due' AND due_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING news_id, public_id, home_id, channel, address, language, said, made_at, until, attempts,
    contact_id IS NOT NULL AS for_family, about,
    (SELECT alert.public_id FROM alerts.alert WHERE alert.alert_id = news.alert_id) AS alert_public_id;

-- give_up_news --
-- What nobody needs any more, because it could not be told in time, has failed for good. What is not so any more when it is to be sent is
-- called off: somebody has charge no longer, or a contact may not know of it now. A row where it is so.
UPDATE alerts.news SET leased_until = NULL,
    state = CASE WHEN until < %(now)s THEN 'failed' ELSE 'cancelled' END,
    last_error = CASE WHEN until < %(now)s THEN 'too late' ELSE last_error END
WHERE news_id = %(news_id)s AND (
    until < %(now)s
    OR (about = 'taken' AND NOT EXISTS (
        SELECT FROM alerts.alert
        WHERE alert.alert_id = news.alert_id AND alert.round = news.round AND alert.state <> 'new'
    ))
    OR (contact_id IS NOT NULL AND NOT registry.contact_may_know(
        contact_id, coalesce((SELECT family FROM alerts.alert WHERE alert.alert_id = news.alert_id), 'day'), %(now)s
    ))
)
RETURNING news_id;

-- forget_outdated_day --
-- How a day was is worded anew where it says nothing of what is open and something is by now, also for whom it had called off. A row where
-- it is so.
WITH outdated AS (
    SELECT news_id FROM alerts.news
    WHERE news_id = %(news_id)s AND about = 'day' AND NOT says_open
        AND EXISTS (SELECT FROM alerts.alert WHERE alert.home_id = news.home_id AND alert.state <> 'resolved')
)
DELETE FROM alerts.news USING outdated
WHERE outdated.news_id IN (news.news_id, news.called_off_by)
RETURNING news.news_id;

-- mark_news_sent --
-- Writes down that a channel accepted what was to be told, unless it has said already that it did not arrive.
UPDATE alerts.news SET state = 'sent', sent_at = %(now)s, leased_until = NULL, last_error = ''
WHERE news_id = %(news_id)s AND public_id = %(public_id)s AND state <> 'sent';

-- mark_news_retry --
-- Writes down why an attempt failed and when the next one is due; what would come too late has failed for good.
UPDATE alerts.news
SET due_at = %(due_at)s, leased_until = NULL, last_error = %(error)s,
    state = CASE WHEN %(due_at)s > until THEN 'failed' ELSE 'due' END
WHERE news_id = %(news_id)s AND public_id = %(public_id)s AND attempts = %(attempts)s AND state = 'due';

-- next_way_of_news --
-- Uses the next way where one failed for good; none is left where there is no other.
UPDATE alerts.news
SET state = CASE WHEN others = '[]' THEN 'failed' ELSE 'due' END, last_error = %(error)s, leased_until = NULL, due_at = %(now)s,
    channel = coalesce(others->0->>'channel', channel), address = coalesce(others->0->>'address', address),
    others = CASE WHEN others = '[]' THEN others ELSE others - 0 END
WHERE news_id = %(news_id)s AND public_id = %(public_id)s AND attempts = %(attempts)s AND state = 'due';
