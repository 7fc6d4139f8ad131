-- database_exists --
-- Whether this server has a database of that name.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = %(name)s);

-- create_database --
-- An empty database.
CREATE DATABASE {name};

-- role_exists --
-- Whether this server has a role of that name.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %(name)s);

-- create_login --
-- A role that may sign in and do nothing more.
CREATE ROLE {login} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;

-- set_password --
-- Takes the SCRAM verifier, so that no password is ever in a statement.
ALTER ROLE {login} PASSWORD {verifier};

-- join_role --
-- The login may act as the role.
GRANT {role} TO {login};
