-- Visits to the bathroom at night are those during the night's sleep; before, all from 22:00 to 6:00 were. What was stored counts about
-- one a night more and would make every night from now on a quiet one. What the nights came to is of another scale, too.
DELETE FROM analytics.indicator WHERE kind = 'night_bathroom_visits';
DELETE FROM analytics.baseline WHERE kind = 'night_bathroom_visits';
DELETE FROM analytics.change_day WHERE domain = 'night';
