-- Brings analytics.sighted up to date with indicators that were just written.
CREATE OR REPLACE FUNCTION analytics.sight() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO analytics.sighted AS known (organisation_id, home_id, kinds, last_days, rests_on, days, coverage)
    WITH news AS MATERIALIZED (
        SELECT organisation_id, home_id, kind, day, coverage FROM changed
    ), merged AS MATERIALIZED (
        SELECT DISTINCT ON (home_id, kind) organisation_id, home_id, kind, day, coverage
        FROM (
            SELECT organisation_id, home_id, kind, day, coverage, true AS is_news FROM news
            UNION ALL
            SELECT before.organisation_id, before.home_id, told.kind, told.day, told.coverage, false
            FROM analytics.sighted AS before
            CROSS JOIN unnest(before.kinds, before.last_days, before.rests_on) AS told (kind, day, coverage)
            WHERE before.home_id IN (SELECT home_id FROM news)
        ) AS both_of_them
        ORDER BY home_id, kind, day DESC, is_news DESC
    )
    SELECT organisation_id, home_id, array_agg(kind ORDER BY kind), array_agg(day ORDER BY kind), array_agg(merged.coverage ORDER BY kind),
        min(by_day.days), min(by_day.coverage)
    FROM merged
    JOIN (
        SELECT home_id, array_agg(day ORDER BY day) AS days, array_agg(least ORDER BY day) AS coverage
        FROM (SELECT home_id, day, min(merged.coverage) AS least FROM merged GROUP BY home_id, day) AS each_day GROUP BY home_id
    ) AS by_day USING (home_id)
    GROUP BY organisation_id, home_id
    ORDER BY home_id
    ON CONFLICT (home_id) DO UPDATE
    SET kinds = excluded.kinds, last_days = excluded.last_days, rests_on = excluded.rests_on, days = excluded.days,
        coverage = excluded.coverage
    WHERE (known.kinds, known.last_days, known.rests_on) IS DISTINCT FROM (excluded.kinds, excluded.last_days, excluded.rests_on);
    RETURN NULL;
END
$$;
-- The same where indicators were deleted, as with a person's data: of the homes concerned all that is left is looked at.
CREATE OR REPLACE FUNCTION analytics.sight_again() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    homes int[];
BEGIN
    SELECT array_agg(known.home_id) INTO homes FROM analytics.sighted AS known
    WHERE EXISTS (SELECT FROM changed WHERE changed.home_id = known.home_id
                      AND changed.day >= (SELECT min(each.day) FROM unnest(known.last_days) AS each (day)));
    DELETE FROM analytics.sighted WHERE home_id = ANY (homes);
    INSERT INTO analytics.sighted (organisation_id, home_id, kinds, last_days, rests_on, days, coverage)
    WITH latest AS MATERIALIZED (
        SELECT DISTINCT ON (home_id, kind) organisation_id, home_id, kind, day, indicator.coverage FROM analytics.indicator
        WHERE home_id = ANY (homes) ORDER BY home_id, kind, day DESC
    )
    SELECT organisation_id, home_id, array_agg(kind ORDER BY kind), array_agg(day ORDER BY kind), array_agg(latest.coverage ORDER BY kind),
        min(by_day.days), min(by_day.coverage)
    FROM latest
    JOIN (
        SELECT home_id, array_agg(day ORDER BY day) AS days, array_agg(least ORDER BY day) AS coverage
        FROM (SELECT home_id, day, min(latest.coverage) AS least FROM latest GROUP BY home_id, day) AS each_day GROUP BY home_id
    ) AS by_day USING (home_id)
    GROUP BY organisation_id, home_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER sighted_less AFTER DELETE ON analytics.indicator REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight_again();
CREATE OR REPLACE TRIGGER sighted_new AFTER INSERT ON analytics.indicator REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight();
CREATE OR REPLACE TRIGGER sighted_again AFTER UPDATE ON analytics.indicator REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight();

SELECT registry.protect('analytics.sighted');
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.sighted TO vicino_service;
GRANT SELECT ON analytics.sighted TO vicino_people;
