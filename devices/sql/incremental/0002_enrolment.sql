-- How a gateway signs in at the broker, and what it was told to do. The password itself is never stored, only the broker's
-- hash of it, which is empty from the moment the gateway's credentials are revoked. `admitted_at` is when the broker was told.
CREATE TABLE devices.enrolment (
    gateway_id      int PRIMARY KEY REFERENCES devices.gateway,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    enrolled_at     timestamptz NOT NULL,
    renewed_at      timestamptz,
    revoked_at      timestamptz,
    admitted_at     timestamptz,
    password_hash   text NOT NULL,
    CHECK ((password_hash = '') = (revoked_at IS NOT NULL))
);

-- The configuration of each gateway as it was last published, and the version that the gateway last said it follows.
-- `trouble` is why it refused a later one.
CREATE TABLE devices.gateway_config (
    gateway_id      int PRIMARY KEY REFERENCES devices.gateway,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    version         text NOT NULL,
    config          bytea NOT NULL,
    changed_at      timestamptz NOT NULL,
    published_at    timestamptz,
    confirmed       text NOT NULL DEFAULT '',
    confirmed_at    timestamptz,
    trouble         text NOT NULL DEFAULT ''
);

-- What a home's gateway does by itself when the service cannot be told, as people set it: sirens, whom to tell, how to cancel,
-- how often to try. Telephone numbers are in it.
CREATE TABLE devices.offline_rules (
    home_id         int PRIMARY KEY REFERENCES registry.home,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    rules           jsonb NOT NULL,
    changed_at      timestamptz NOT NULL
);
