-- claim --
-- The right to go through a class in a night; nothing where somebody has done so, or does.
INSERT INTO analytics.retention AS done (class, night, kept_from) VALUES (%(class)s, %(night)s, %(before)s)
ON CONFLICT (class) DO UPDATE SET night = excluded.night, kept_from = excluded.kept_from WHERE done.night < excluded.night
RETURNING class

-- latest --
-- Up to when readings have come in.
SELECT max(hour) AS latest FROM ingest.touched

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

-- retire_analysis_indicator --
-- Old indicators.
DELETE FROM analytics.indicator WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_hourly --
-- Old indicators by the hour.
DELETE FROM analytics.hourly WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_baseline --
-- Old what was usual.
DELETE FROM analytics.baseline WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_wellbeing_day --
-- Old how days stood.
DELETE FROM analytics.wellbeing_day WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_change_day --
-- Old changes.
DELETE FROM analytics.change_day WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_rhythm --
-- Old when homes spoke.
DELETE FROM analytics.rhythm WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_device_rhythm --
-- Old when devices spoke.
DELETE FROM analytics.device_rhythm WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_day_profile --
-- Old rooms of days.
DELETE FROM analytics.day_profile WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_quiet_day --
-- Old quiet times.
DELETE FROM analytics.quiet_day WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_expected_gap --
-- Old how long they might be.
DELETE FROM analytics.expected_gap WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_day_traces --
-- Old signs of company.
DELETE FROM analytics.day_traces WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_day_digest --
-- Old days in short.
DELETE FROM analytics.day_digest WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_analysis_room_temperature --
-- Old temperatures.
DELETE FROM analytics.room_temperature WHERE home_id = ANY (%(homes)s) AND day < %(before)s::date

-- retire_findings_finding --
-- Old findings; how they were judged goes with them.
DELETE FROM analytics.finding WHERE home_id = ANY (%(homes)s) AND greatest(started_at, ended_at) < %(before)s

-- retire_findings_silence --
-- Old silences that are over.
DELETE FROM analytics.silence WHERE home_id = ANY (%(homes)s) AND ended_at < %(before)s

-- retire_findings_silenced --
-- Old what was not told.
DELETE FROM analytics.silenced WHERE home_id = ANY (%(homes)s) AND at < %(before)s
