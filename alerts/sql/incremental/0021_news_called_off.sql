-- What goes to an address at which somebody else is told the same is called off by those news, and told after all where they do not get
-- there. Of what was called off before it is not known by which.
ALTER TABLE alerts.news
    ADD COLUMN called_off_by bigint REFERENCES alerts.news ON DELETE SET NULL,
    ADD CONSTRAINT news_called_off CHECK (called_off_by IS NULL OR state = 'cancelled');
CREATE INDEX news_called_off_by ON alerts.news (called_off_by) WHERE called_off_by IS NOT NULL;
