SELECT registry.protect('ingest.found_device');
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.found_device TO vicino_service;
GRANT SELECT ON ingest.found_device TO vicino_people;
SELECT registry.protect('ingest.inventory');
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.inventory TO vicino_service;
GRANT SELECT ON ingest.inventory TO vicino_people;
