SELECT registry.protect('analytics.change_day', 'life');

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.change_day TO vicino_service;
GRANT SELECT ON analytics.change_day TO vicino_people, vicino_views;
