-- claim --
-- The right to go through a class in a night; nothing where somebody has done so, or does.
INSERT INTO analytics.retention AS done (class, night, kept_from) VALUES (%(class)s, %(night)s, %(before)s)
ON CONFLICT (class) DO UPDATE SET night = excluded.night, kept_from = excluded.kept_from WHERE done.night < excluded.night
RETURNING class

-- homes --
-- All homes.
SELECT home_id FROM registry.home ORDER BY home_id

-- retire_findings_history --
-- What became of contexts that are over.
DELETE FROM analytics.context_history WHERE context_id IN (
    SELECT context_id FROM analytics.context WHERE home_id = ANY (%(homes)s) AND ended_at < %(before)s)

-- retire_findings_context --
-- Contexts that are over.
DELETE FROM analytics.context WHERE home_id = ANY (%(homes)s) AND ended_at < %(before)s

-- retire_analysis_episode --
-- Old episodes.
DELETE FROM analytics.episode WHERE home_id = ANY (%(homes)s) AND started_at < %(before)s

-- retire_days --
-- Old days of one of the tables that are kept by day.
DELETE FROM analytics.{table} WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_findings_finding --
-- Old findings; how they were judged goes with them.
DELETE FROM analytics.finding WHERE home_id = ANY (%(homes)s) AND greatest(started_at, ended_at) < %(before)s

-- retire_findings_silence --
-- Old silences that are over.
DELETE FROM analytics.silence WHERE home_id = ANY (%(homes)s) AND ended_at < %(before)s

-- retire_findings_silenced --
-- Old what was not told.
DELETE FROM analytics.silenced WHERE home_id = ANY (%(homes)s) AND at < %(before)s
