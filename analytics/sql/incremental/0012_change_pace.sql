-- Sudden and slow changes of a domain are told apart, and indicators count together. What was stored is of another scale
-- of rarity and would be taken for changes that go on.
DELETE FROM analytics.change_day;
ALTER TABLE analytics.change_day
    ADD COLUMN pace text NOT NULL,
    ADD COLUMN joint jsonb,
    DROP CONSTRAINT change_day_pkey,
    ADD PRIMARY KEY (home_id, domain, pace, day);

-- One more kind of episode: food that is taken out or prepared.
ALTER TABLE analytics.episode DROP CONSTRAINT episode_kind_check;
ALTER TABLE analytics.episode ADD CONSTRAINT episode_kind_check
    CHECK (kind IN ('presence', 'bathroom_visit', 'stillness', 'outing', 'in_bed', 'sleep', 'night_rising', 'kitchen_use', 'meal',
                    'food_use', 'hot_drink', 'night_walk', 'night_door', 'company'));
