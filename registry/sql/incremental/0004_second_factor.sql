-- The second factor of an account: one-time codes by the clock (RFC 6238), recovery codes, and what happened to the sign-in of an
-- account. Who answers for them reaches these tables by functions alone.
CREATE TABLE registry.second_factor (
    account_id      int PRIMARY KEY REFERENCES registry.account,
    secret          bytea NOT NULL CHECK (length(secret) >= 16),
    since           timestamptz NOT NULL,
    -- The step of the last code that was accepted: neither it nor an earlier one is accepted again.
    last_step       bigint NOT NULL,
    -- Codes that were wrong since the last right one, and when the last of them came.
    failures        int NOT NULL DEFAULT 0,
    failed_at       timestamptz
);

-- A secret that was shown and of which no code has come yet.
CREATE TABLE registry.second_factor_offer (
    account_id      int PRIMARY KEY REFERENCES registry.account,
    secret          bytea NOT NULL CHECK (length(secret) >= 16),
    offered_at      timestamptz NOT NULL
);

-- Codes for whoever has lost the second factor, each for one use; only a digest is kept. `issued_by_name` is whoever has handed one
-- out to somebody else, which is over after a while; one's own have neither.
CREATE TABLE registry.recovery_code (
    code_digest     bytea PRIMARY KEY,
    account_id      int NOT NULL REFERENCES registry.account,
    made_at         timestamptz NOT NULL,
    issued_by_name  text,
    expires_at      timestamptz,
    used_at         timestamptz,
    CHECK ((issued_by_name IS NULL) = (expires_at IS NULL))
);
CREATE INDEX ON registry.recovery_code (account_id);

-- What happened to the sign-in of an account and by whom, NULL for somebody at the command line. Nothing is changed or removed.
CREATE TABLE registry.account_event (
    event_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      int NOT NULL REFERENCES registry.account,
    at              timestamptz NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('second_factor_set', 'second_factor_removed', 'recovery_codes_made',
        'recovery_code_used', 'recovery_issued', 'issued_recovery_used', 'wrong_codes', 'session_ended', 'sessions_ended')),
    by_account      int REFERENCES registry.account,
    by_name         text NOT NULL
);
CREATE INDEX ON registry.account_event (account_id, at);

CREATE FUNCTION registry.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events of accounts are only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON registry.account_event
    FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_change();
