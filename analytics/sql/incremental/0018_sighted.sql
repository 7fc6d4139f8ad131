-- On how much of the data the last indicators of each home rest: what the board asks of all homes at once, which would be a look at
-- thousands of indicators for every thousand homes. Kept by triggers on the indicators: `kinds` with the last day of each and what
-- that rests on, and of those the least by day (`days`, `coverage`).
CREATE TABLE analytics.sighted (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int PRIMARY KEY REFERENCES registry.home,
    kinds           text[] NOT NULL,
    last_days       date[] NOT NULL CHECK (cardinality(last_days) = cardinality(kinds)),
    rests_on        real[] NOT NULL CHECK (cardinality(rests_on) = cardinality(kinds)),
    days            date[] NOT NULL,
    coverage        real[] NOT NULL CHECK (cardinality(coverage) = cardinality(days))
);
INSERT INTO analytics.sighted (organisation_id, home_id, kinds, last_days, rests_on, days, coverage)
WITH latest AS MATERIALIZED (
    SELECT DISTINCT ON (home_id, kind) organisation_id, home_id, kind, day, coverage FROM analytics.indicator ORDER BY home_id, kind, day DESC
)
SELECT organisation_id, home_id, array_agg(kind ORDER BY kind), array_agg(day ORDER BY kind), array_agg(latest.coverage ORDER BY kind),
    min(by_day.days), min(by_day.coverage)
FROM latest
JOIN (
    SELECT home_id, array_agg(day ORDER BY day) AS days, array_agg(least ORDER BY day) AS coverage
    FROM (SELECT home_id, day, min(coverage) AS least FROM latest GROUP BY home_id, day) AS each_day GROUP BY home_id
) AS by_day USING (home_id)
GROUP BY organisation_id, home_id;
