SELECT registry.protect('devices.gateway', 'place');
SELECT registry.protect('devices.device', 'place');
SELECT registry.protect('devices.series', 'place', to_views => 'life');

GRANT USAGE ON SCHEMA devices TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA devices TO vicino_service;
GRANT SELECT ON ALL TABLES IN SCHEMA devices TO vicino_people, vicino_views;
