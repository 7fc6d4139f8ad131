-- arms --
-- Studies and their arms.
SELECT * FROM dashboards.research_arms(%(last)s, %(at)s)

-- cohort --
-- Who agrees.
SELECT * FROM dashboards.research_cohort(%(last)s, %(at)s)

-- coverage --
-- Of how much of the expected data days tell.
SELECT * FROM dashboards.research_coverage(%(first)s, %(last)s, %(at)s)

-- load --
-- Alerts of each family in each week.
SELECT * FROM dashboards.research_load(%(first)s, %(last)s, %(at)s)

-- responses --
-- How many alerts there were, and how soon they were answered.
SELECT * FROM dashboards.research_responses(%(first)s, %(last)s, %(at)s)

-- kinds --
-- How alerts of each kind ended.
SELECT * FROM dashboards.research_kinds(%(first)s, %(last)s, %(at)s)

-- findings --
-- What was found, by sex and age.
SELECT * FROM dashboards.research_findings(%(first)s, %(last)s, %(at)s)

-- events --
-- What happened in homes.
SELECT * FROM dashboards.research_events(%(first)s, %(last)s, %(at)s)

-- researches --
-- Whether the viewer researches anywhere.
SELECT EXISTS (SELECT FROM registry.viewer_researches()) AS researches
