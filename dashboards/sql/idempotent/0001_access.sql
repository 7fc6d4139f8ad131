GRANT USAGE ON SCHEMA dashboards TO vicino_people, vicino_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON dashboards.session TO vicino_people;
