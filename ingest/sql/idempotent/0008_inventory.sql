SELECT registry.protect('ingest.found_device');
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.found_device TO vicino_service;
GRANT SELECT ON ingest.found_device TO vicino_people;
