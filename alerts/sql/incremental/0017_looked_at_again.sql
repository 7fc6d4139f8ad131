-- News are looked at again when they are sent. What is not so any more by then is called off; how a day was is worded anew where it says
-- that nothing is open, and something is.
ALTER TABLE alerts.news DROP CONSTRAINT news_state_check;
ALTER TABLE alerts.news
    ADD CONSTRAINT news_state_check CHECK (state IN ('due', 'sent', 'failed', 'cancelled')),
    ADD COLUMN says_open boolean NOT NULL DEFAULT false;
-- Both are looked for every few seconds.
CREATE INDEX news_of_day ON alerts.news (contact_id, day) WHERE about = 'day';
CREATE INDEX alert_looked_after ON alerts.alert (greatest(taken_at, resolved_at)) WHERE family = 'safety';

-- One about several alerts that fell back to another way says itself what it is about.
INSERT INTO alerts.summarised (notification_id, alert_id)
SELECT message.notification_id, summarised.alert_id
FROM alerts.notification AS message
JOIN alerts.notification AS first ON first.alert_id = message.alert_id AND first.round = message.round AND first.step = message.step
    AND first.account_id = message.account_id
JOIN alerts.summarised ON summarised.notification_id = first.notification_id
WHERE message.purpose NOT IN ('call', 'reminder')
ON CONFLICT DO NOTHING;

-- What has failed with a way left is looked for all the time, and there is hardly any.
CREATE INDEX notification_failed_with_a_way ON alerts.notification (notification_id) WHERE state = 'failed' AND others <> '[]';
