-- Sign-ins that their owner can tell apart and end, and those of which the password was right and a code is still to come.
ALTER TABLE dashboards.session ADD COLUMN public_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid();
ALTER TABLE dashboards.session ADD COLUMN device text NOT NULL DEFAULT '' CHECK (length(device) <= 80);
CREATE INDEX ON dashboards.session (account_id);

CREATE TABLE dashboards.half_sign_in (
    token_digest    bytea PRIMARY KEY,
    account_id      int NOT NULL REFERENCES registry.account,
    started_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX ON dashboards.half_sign_in (expires_at);
