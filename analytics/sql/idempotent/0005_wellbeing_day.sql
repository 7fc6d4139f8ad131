SELECT registry.protect('analytics.wellbeing_day', 'life');

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.wellbeing_day TO vicino_service;
GRANT SELECT ON analytics.wellbeing_day TO vicino_people, vicino_views;
