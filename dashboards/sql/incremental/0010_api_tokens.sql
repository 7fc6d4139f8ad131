-- What programs sign in with. Only a digest is kept; a token acts for its account, within its scopes.
CREATE TABLE dashboards.api_token (
    token_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_digest    bytea NOT NULL UNIQUE,
    account_id      int NOT NULL REFERENCES registry.account,
    name            text NOT NULL CHECK (name <> ''),
    scopes          text[] NOT NULL CHECK (cardinality(scopes) > 0),
    made_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    ended_at        timestamptz
);
CREATE INDEX ON dashboards.api_token (account_id);
