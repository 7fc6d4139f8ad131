-- Persons that were erased: the certificate, which names nobody, and a digest of the public id, by which the person is found again in
-- a backup that was made before.
CREATE TABLE dashboards.erasure (
    erasure_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE,
    erased_at       timestamptz NOT NULL,
    whose_digest    bytea NOT NULL UNIQUE CHECK (length(whose_digest) = 32),
    certificate     jsonb NOT NULL
);
REVOKE ALL ON dashboards.erasure FROM PUBLIC;
GRANT SELECT ON dashboards.erasure TO vicino_service;
