-- person --
-- A person by key.
SELECT person_id, person.public_id, person.key, person.name, person.language, home.timezone, person.home_id
FROM registry.person JOIN registry.home USING (home_id) WHERE person.key = %(key)s

-- account --
-- The number of an account that can be used, by login.
SELECT account_id FROM registry.account WHERE login = lower(%(login)s) AND active
