-- The keys of pseudonyms, made once for each installation and purpose: who has two lists under two keys cannot tell who is who
-- in both. Two keys of 64 bytes each, for the inner and the outer hash.
CREATE TABLE dashboards.pseudonym_key (
    purpose         text PRIMARY KEY CHECK (purpose IN ('grafana', 'research')),
    inner_key       bytea NOT NULL CHECK (length(inner_key) = 64),
    outer_key       bytea NOT NULL CHECK (length(outer_key) = 64)
);
INSERT INTO dashboards.pseudonym_key (purpose, inner_key, outer_key)
SELECT purpose,
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
        || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
        || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
FROM unnest(ARRAY['grafana', 'research']) AS purpose;

-- Which login of Grafana sees which organisation and all below it; all of them where none is named. A login without a row sees
-- nothing.
CREATE TABLE dashboards.grafana_reader (
    login           text PRIMARY KEY,
    organisation_id int REFERENCES registry.organisation
);
