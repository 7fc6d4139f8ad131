SELECT registry.protect('analytics.episode', 'life');
SELECT registry.protect('analytics.indicator', 'life');
SELECT registry.protect('analytics.baseline', 'life');
SELECT registry.protect('analytics.finding', 'life');
SELECT registry.protect('analytics.silence', 'place');
SELECT registry.protect('analytics.hourly', 'life');
SELECT registry.protect('analytics.day_profile', 'life');
SELECT registry.protect('analytics.context', 'life');
SELECT registry.protect('analytics.context_history', 'life');
SELECT registry.protect('analytics.silenced', 'life');
SELECT registry.protect('analytics.day_traces', 'life');
SELECT registry.protect('analytics.rule_setting', 'care');
SELECT registry.protect('analytics.expected_visit', 'life');
SELECT registry.protect('analytics.room_temperature', 'life');
SELECT registry.protect('analytics.quiet_day', 'life');
SELECT registry.protect('analytics.expected_gap', 'life');
SELECT registry.protect('analytics.day_digest', 'life');

GRANT USAGE ON SCHEMA analytics TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA analytics TO vicino_service;
GRANT SELECT ON analytics.episode, analytics.indicator, analytics.baseline, analytics.finding, analytics.silence,
    analytics.hourly, analytics.context, analytics.context_history, analytics.silenced, analytics.rule_setting,
    analytics.expected_visit, analytics.room_temperature TO vicino_people, vicino_views;
