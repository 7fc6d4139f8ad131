-- Passkeys (WebAuthn): what a device or a key has told of itself when it was added. The private half never leaves it.
CREATE TABLE registry.passkey (
    passkey_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    account_id      int NOT NULL REFERENCES registry.account,
    credential_id   bytea NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key      bytea NOT NULL,
    -- How often it was used, as it says itself; 0 where it does not count.
    sign_count      bigint NOT NULL,
    label           text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    added_at        timestamptz NOT NULL,
    used_at         timestamptz
);
CREATE INDEX ON registry.passkey (account_id);

ALTER TABLE registry.account_event DROP CONSTRAINT account_event_kind_check;
ALTER TABLE registry.account_event ADD CONSTRAINT account_event_kind_check CHECK (kind IN ('second_factor_set',
    'second_factor_removed', 'recovery_codes_made', 'recovery_code_used', 'recovery_issued', 'issued_recovery_used', 'wrong_codes',
    'session_ended', 'sessions_ended', 'passkey_added', 'passkey_removed'));
