-- News are looked at again when they are sent. What is not so any more by then is called off; how a day was is worded anew where it says
-- that nothing is open, and something is.
ALTER TABLE alerts.news DROP CONSTRAINT news_state_check;
ALTER TABLE alerts.news
    ADD CONSTRAINT news_state_check CHECK (state IN ('due', 'sent', 'failed', 'cancelled')),
    ADD COLUMN says_open boolean NOT NULL DEFAULT false;
-- Both are looked for every few seconds.
CREATE INDEX news_of_day ON alerts.news (contact_id, day) WHERE about = 'day';
CREATE INDEX alert_looked_after ON alerts.alert (greatest(taken_at, resolved_at)) WHERE family = 'safety';
