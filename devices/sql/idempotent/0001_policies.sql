SELECT registry.protect('devices.gateway');
SELECT registry.protect('devices.device');
SELECT registry.protect('devices.series');

GRANT USAGE ON SCHEMA devices TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA devices TO vicino_service;
GRANT SELECT ON ALL TABLES IN SCHEMA devices TO vicino_people, vicino_views;
