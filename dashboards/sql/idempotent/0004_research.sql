REVOKE ALL ON dashboards.research_export FROM PUBLIC, vicino_people, vicino_service;
GRANT SELECT, INSERT ON dashboards.research_export TO vicino_service;
