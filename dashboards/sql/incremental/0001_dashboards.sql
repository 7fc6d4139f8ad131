-- Sign-ins. Only a digest of the cookie is kept.
CREATE TABLE dashboards.session (
    token_digest    bytea PRIMARY KEY,
    account_id      int NOT NULL REFERENCES registry.account,
    csrf_token      text NOT NULL,
    started_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX ON dashboards.session (expires_at);
