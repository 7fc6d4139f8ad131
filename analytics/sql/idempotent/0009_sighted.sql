-- Of the last day of each kind and what it rests on: the days that are among them, in order, and the least for each.
CREATE OR REPLACE FUNCTION analytics.least_by_day(last_days date[], rests_on real[]) RETURNS TABLE (days date[], coverage real[])
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(day ORDER BY day), array_agg(least ORDER BY day)
    FROM (SELECT day, min(part) AS least FROM unnest(last_days, rests_on) AS told (day, part) GROUP BY day) AS each_day
$$;

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
    SELECT organisation_id, home_id, kinds, last_days, rests_on, by_day.days, by_day.coverage
    FROM (
        SELECT organisation_id, home_id, array_agg(kind ORDER BY kind) AS kinds, array_agg(day ORDER BY kind) AS last_days,
            array_agg(merged.coverage ORDER BY kind) AS rests_on
        FROM merged GROUP BY organisation_id, home_id
    ) AS by_kind
    CROSS JOIN LATERAL analytics.least_by_day(last_days, rests_on) AS by_day
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
    SELECT organisation_id, home_id, kinds, last_days, rests_on, by_day.days, by_day.coverage
    FROM (
        SELECT organisation_id, home_id, array_agg(kind ORDER BY kind) AS kinds, array_agg(day ORDER BY kind) AS last_days,
            array_agg(latest.coverage ORDER BY kind) AS rests_on
        FROM latest GROUP BY organisation_id, home_id
    ) AS by_kind
    CROSS JOIN LATERAL analytics.least_by_day(last_days, rests_on) AS by_day;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER sighted_less AFTER DELETE ON analytics.indicator REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight_again();
CREATE OR REPLACE TRIGGER sighted_new AFTER INSERT ON analytics.indicator REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight();
CREATE OR REPLACE TRIGGER sighted_again AFTER UPDATE ON analytics.indicator REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.sight();

SELECT registry.protect('analytics.sighted', 'life');
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.sighted TO vicino_service;
GRANT SELECT ON analytics.sighted TO vicino_people;
