-- How each day of a home stands: green, yellow, red, or not known and why; what that rests on, and the limit it was judged by.
-- Restated when what it rests on is restated.
CREATE TABLE analytics.wellbeing_day (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    state           text NOT NULL CHECK (state IN ('green', 'yellow', 'red', 'unknown')),
    score           double precision,
    coverage        real NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    because         text CHECK (because IN ('context', 'coverage', 'learning', 'sensors')),
    contexts        text[] NOT NULL,
    contributions   jsonb NOT NULL,
    parts           jsonb NOT NULL,
    kept_back       jsonb NOT NULL,
    threshold       double precision NOT NULL,
    code_version    text NOT NULL,
    stated_at       timestamptz NOT NULL,
    PRIMARY KEY (home_id, day),
    CHECK ((state = 'unknown') = (because IS NOT NULL))
);
CREATE INDEX ON analytics.wellbeing_day (day);
