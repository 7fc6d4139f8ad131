GRANT USAGE ON SCHEMA dashboards TO vicino_people, vicino_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON dashboards.session, dashboards.half_sign_in, dashboards.passkey_challenge TO vicino_people;
GRANT SELECT, UPDATE (used_at) ON dashboards.api_token TO vicino_people;
GRANT SELECT, INSERT, UPDATE ON dashboards.api_token TO vicino_service;
