-- Identities of accounts at identity providers (OpenID Connect). What the provider calls somebody is kept as a keyed digest: of a
-- fiscal code nothing can be read here.
CREATE TABLE registry.identity (
    identity_id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    account_id      int NOT NULL REFERENCES registry.account,
    provider        text NOT NULL CHECK (length(provider) BETWEEN 1 AND 31),
    subject_digest  bytea NOT NULL UNIQUE CHECK (length(subject_digest) = 32),
    linked_at       timestamptz NOT NULL,
    used_at         timestamptz,
    UNIQUE (account_id, provider)
);

-- A sign-in that was begun, one for each browser, for one use: what has to come back from the provider. `holder_digest` is of a cookie
-- of that browser. `account_id`: who is signed in and adds an identity; `invitation_digest`: the invitation that is accepted by it.
CREATE TABLE registry.provider_request (
    holder_digest   bytea PRIMARY KEY,
    state_digest    bytea NOT NULL,
    provider        text NOT NULL,
    nonce           text NOT NULL,
    verifier        text NOT NULL,
    wanted          text NOT NULL,
    account_id      int REFERENCES registry.account,
    invitation_digest bytea,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX ON registry.provider_request (expires_at);
CREATE INDEX ON registry.provider_request (account_id);

-- It signs in through a provider and in no other way, whether it has a password or not.
ALTER TABLE registry.account ADD COLUMN by_provider_only boolean NOT NULL DEFAULT false;

ALTER TABLE registry.account_event DROP CONSTRAINT account_event_kind_check;
ALTER TABLE registry.account_event ADD CONSTRAINT account_event_kind_check CHECK (kind IN ('second_factor_set',
    'second_factor_removed', 'recovery_codes_made', 'recovery_code_used', 'recovery_issued', 'issued_recovery_used', 'wrong_codes',
    'session_ended', 'sessions_ended', 'passkey_added', 'passkey_removed', 'identity_linked', 'identity_removed',
    'by_provider_only', 'by_password_again'));
