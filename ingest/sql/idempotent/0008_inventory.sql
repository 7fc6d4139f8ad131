SELECT registry.protect('ingest.found_device', 'place');
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.found_device TO vicino_service;
GRANT SELECT ON ingest.found_device TO vicino_people;
SELECT registry.protect('ingest.inventory', 'place');
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest.inventory TO vicino_service;
GRANT SELECT ON ingest.inventory TO vicino_people;
