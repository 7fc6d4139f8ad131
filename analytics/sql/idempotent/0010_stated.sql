-- Says that the days of homes were stated anew.
CREATE OR REPLACE FUNCTION analytics.state() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO analytics.stated AS known (organisation_id, home_id)
    SELECT DISTINCT organisation_id, home_id FROM changed ORDER BY home_id
    ON CONFLICT (home_id) DO UPDATE SET version = gen_random_uuid();
    RETURN NULL;
END
$$;
-- The same where days were deleted, as with a person's data.
CREATE OR REPLACE FUNCTION analytics.state_less() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE analytics.stated SET version = gen_random_uuid() WHERE home_id IN (SELECT home_id FROM changed);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER stated_less AFTER DELETE ON analytics.wellbeing_day REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.state_less();
CREATE OR REPLACE TRIGGER stated_new AFTER INSERT ON analytics.wellbeing_day REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.state();
CREATE OR REPLACE TRIGGER stated_again AFTER UPDATE ON analytics.wellbeing_day REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics.state();

SELECT registry.protect('analytics.stated', 'life');
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.stated TO vicino_service;
GRANT SELECT ON analytics.stated TO vicino_people;
