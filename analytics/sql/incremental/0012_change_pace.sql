-- Sudden and slow changes of a domain are told apart, and indicators count together. What was stored is of another scale
-- of rarity and would be taken for changes that go on.
DELETE FROM analytics.change_day;
ALTER TABLE analytics.change_day
    ADD COLUMN pace text NOT NULL,
    ADD COLUMN joint jsonb,
    DROP CONSTRAINT change_day_pkey,
    ADD PRIMARY KEY (home_id, domain, pace, day);
