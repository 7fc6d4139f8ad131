-- When the days of a home were stated last, as a word that is another each time: a board asks it of all homes, and reads only the days
-- of those of which it is new. Kept by triggers on the days.
CREATE TABLE analytics.stated (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int PRIMARY KEY REFERENCES registry.home,
    version         uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO analytics.stated (organisation_id, home_id)
SELECT organisation_id, home_id FROM analytics.wellbeing_day GROUP BY organisation_id, home_id;
