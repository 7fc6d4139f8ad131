-- erase_analytics_outcome --
-- How what was found was judged.
DELETE FROM analytics.outcome WHERE home_id = ANY (%(homes)s) OR finding_id = ANY (%(findings)s)

-- erase_analytics_finding --
-- Findings with their sentences and evidence.
DELETE FROM analytics.finding WHERE finding_id = ANY (%(findings)s)

-- erase_analytics_context --
-- What was going on.
DELETE FROM analytics.context WHERE home_id = ANY (%(homes)s)

-- erase_analytics_preview --
-- Settings that were tried for the home.
DELETE FROM analytics.preview WHERE home_id = ANY (%(homes)s)

-- detach_analytics_context_history --
-- What is left of the home's: without names of accounts that go, and without the person's in notes.
UPDATE analytics.context_history SET note = replace(note, %(name)s, '-'),
    account_name = CASE WHEN account_id = ANY (%(accounts)s) THEN '' ELSE account_name END
WHERE (account_id = ANY (%(accounts)s) AND account_name <> '') OR (home_id = %(home)s AND position(%(name)s IN note) > 0)

-- detach_analytics_context --
-- The person's name in notes of a home that stays.
UPDATE analytics.context SET note = replace(note, %(name)s, '-') WHERE home_id = %(home)s AND position(%(name)s IN note) > 0

-- detach_analytics_expected_visit --
-- The person's name where somebody is expected in a home that stays.
UPDATE analytics.expected_visit SET who = replace(who, %(name)s, '-') WHERE home_id = %(home)s AND position(%(name)s IN who) > 0

-- erase_analytics_context_due --
-- From when a home is to be judged again.
DELETE FROM analytics.context_due WHERE home_id = ANY (%(homes)s)

-- erase_analytics_context_look --
-- When a home was last looked at.
DELETE FROM analytics.context_look WHERE home_id = ANY (%(homes)s)

-- erase_analytics_previewed_home --
-- What a setting would have told.
DELETE FROM analytics.previewed_home WHERE home_id = ANY (%(homes)s)

-- erase_analytics_rule_setting --
-- What is set for the home.
DELETE FROM analytics.rule_setting WHERE home_id = ANY (%(homes)s)

-- erase_analytics_expected_visit --
-- Who is expected.
DELETE FROM analytics.expected_visit WHERE home_id = ANY (%(homes)s)

-- erase_analytics_calendar --
-- How far days were looked at.
DELETE FROM analytics.calendar WHERE home_id = ANY (%(homes)s)

-- erase_analytics_due_day --
-- Days to be worked out.
DELETE FROM analytics.due_day WHERE home_id = ANY (%(homes)s)

-- erase_analytics_episode --
-- Episodes.
DELETE FROM analytics.episode WHERE home_id = ANY (%(homes)s)

-- erase_analytics_indicator --
-- Indicators.
DELETE FROM analytics.indicator WHERE home_id = ANY (%(homes)s)

-- erase_analytics_hourly --
-- Indicators by the hour.
DELETE FROM analytics.hourly WHERE home_id = ANY (%(homes)s)

-- erase_analytics_rhythm --
-- When the home spoke.
DELETE FROM analytics.rhythm WHERE home_id = ANY (%(homes)s)

-- erase_analytics_device_rhythm --
-- When devices spoke.
DELETE FROM analytics.device_rhythm WHERE home_id = ANY (%(homes)s)

-- erase_analytics_baseline --
-- What is usual.
DELETE FROM analytics.baseline WHERE home_id = ANY (%(homes)s)

-- erase_analytics_silence --
-- What was silent.
DELETE FROM analytics.silence WHERE home_id = ANY (%(homes)s)

-- erase_analytics_silence_due --
-- When to look for silence.
DELETE FROM analytics.silence_due WHERE home_id = ANY (%(homes)s)

-- erase_analytics_silenced --
-- What was not told.
DELETE FROM analytics.silenced WHERE home_id = ANY (%(homes)s)

-- erase_analytics_day_profile --
-- Rooms of days.
DELETE FROM analytics.day_profile WHERE home_id = ANY (%(homes)s)

-- erase_analytics_quiet_day --
-- Quiet times.
DELETE FROM analytics.quiet_day WHERE home_id = ANY (%(homes)s)

-- erase_analytics_expected_gap --
-- How long they may be.
DELETE FROM analytics.expected_gap WHERE home_id = ANY (%(homes)s)

-- erase_analytics_day_traces --
-- Signs of company.
DELETE FROM analytics.day_traces WHERE home_id = ANY (%(homes)s)

-- erase_analytics_room_temperature --
-- Temperatures of rooms.
DELETE FROM analytics.room_temperature WHERE home_id = ANY (%(homes)s)

-- erase_analytics_change_day --
-- Changes.
DELETE FROM analytics.change_day WHERE home_id = ANY (%(homes)s)

-- erase_analytics_wellbeing_day --
-- How days stand.
DELETE FROM analytics.wellbeing_day WHERE home_id = ANY (%(homes)s)

-- erase_analytics_day_digest --
-- Days in short.
DELETE FROM analytics.day_digest WHERE home_id = ANY (%(homes)s)

-- erase_analytics_sighted --
-- On what the last indicators rest.
DELETE FROM analytics.sighted WHERE home_id = ANY (%(homes)s)

-- erase_analytics_stated --
-- In which version days are stated.
DELETE FROM analytics.stated WHERE home_id = ANY (%(homes)s)

-- erase_analytics_context_history --
-- What became of contexts.
DELETE FROM analytics.context_history WHERE home_id = ANY (%(homes)s)
