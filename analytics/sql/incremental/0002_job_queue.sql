-- The job queue's schema. Its tables belong to the service, which brings them up to date by itself.
GRANT USAGE, CREATE ON SCHEMA procrastinate TO vicino_service;
