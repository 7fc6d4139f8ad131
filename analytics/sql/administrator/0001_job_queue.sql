-- The job queue's tables keep the names that procrastinate gives them, in a schema of their own.
CREATE SCHEMA IF NOT EXISTS procrastinate AUTHORIZATION vicino_owner;
