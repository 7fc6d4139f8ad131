-- One more kind of episode: nobody is seen after the door was moved, without this being an outing.
ALTER TABLE analytics.episode DROP CONSTRAINT episode_kind_check;
ALTER TABLE analytics.episode ADD CONSTRAINT episode_kind_check
    CHECK (kind IN ('presence', 'bathroom_visit', 'stillness', 'outing', 'quiet_after_door', 'in_bed', 'sleep', 'night_rising',
                    'kitchen_use', 'meal', 'food_use', 'hot_drink', 'night_walk', 'night_door', 'company'));
