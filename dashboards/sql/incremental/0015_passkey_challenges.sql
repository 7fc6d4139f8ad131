-- What a passkey has to sign next, one for each browser that asks, for one use. `holder_digest` is of a cookie of that browser.
CREATE TABLE dashboards.passkey_challenge (
    holder_digest   bytea PRIMARY KEY,
    challenge       bytea NOT NULL CHECK (length(challenge) >= 16),
    expires_at      timestamptz NOT NULL
);
CREATE INDEX ON dashboards.passkey_challenge (expires_at);
