SELECT registry.protect('analytics.episode');
SELECT registry.protect('analytics.indicator');
SELECT registry.protect('analytics.baseline');
SELECT registry.protect('analytics.finding');
SELECT registry.protect('analytics.silence');
SELECT registry.protect('analytics.hourly');
SELECT registry.protect('analytics.day_profile');
SELECT registry.protect('analytics.context');
SELECT registry.protect('analytics.context_history');
SELECT registry.protect('analytics.silenced');
SELECT registry.protect('analytics.day_traces');
SELECT registry.protect('analytics.rule_setting');
SELECT registry.protect('analytics.expected_visit');
SELECT registry.protect('analytics.room_temperature');
SELECT registry.protect('analytics.quiet_day');
SELECT registry.protect('analytics.expected_gap');
SELECT registry.protect('analytics.day_digest');

GRANT USAGE ON SCHEMA analytics TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA analytics TO vicino_service;
GRANT SELECT ON analytics.episode, analytics.indicator, analytics.baseline, analytics.finding, analytics.silence,
    analytics.hourly, analytics.context, analytics.context_history, analytics.silenced, analytics.rule_setting,
    analytics.expected_visit, analytics.room_temperature TO vicino_people, vicino_views;
