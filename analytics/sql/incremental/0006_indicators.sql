-- More kinds of episodes: how somebody lives, not only where.
ALTER TABLE analytics.episode DROP CONSTRAINT episode_kind_check;
ALTER TABLE analytics.episode ADD CONSTRAINT episode_kind_check
    CHECK (kind IN ('presence', 'bathroom_visit', 'stillness', 'outing', 'in_bed', 'sleep', 'night_rising', 'kitchen_use', 'meal',
                    'hot_drink', 'night_walk', 'night_door', 'company'));

-- Hourly indicators of a local day: 24 figures by the hour of the local clock, NULL where too little is known of an hour.
CREATE TABLE analytics.hourly (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    kind            text NOT NULL,
    day             date NOT NULL,
    value           double precision[] NOT NULL CHECK (cardinality(value) = 24),
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, kind, day)
);

-- The rooms in which somebody was seen on a local day, in order, and on what that rests: with the hourly indicators, all that
-- indicators look at that span several days, so that they are restated without reading readings again.
CREATE TABLE analytics.day_profile (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    rooms           int[] NOT NULL,
    coverage        double precision NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    readings        int NOT NULL,
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, day)
);
