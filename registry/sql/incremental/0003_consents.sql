-- On what the use of a person's data rests, who of the family may see what of it and when, and when nothing is looked at at all.
-- Nothing is deleted: what is over says since when and by whom.
ALTER TABLE registry.organisation ADD COLUMN phone text NOT NULL DEFAULT '';
ALTER TABLE registry.contact ADD UNIQUE (contact_id, person_id);

-- The legal basis of one purpose, from an instant to another (NULL: without end). The name of who recorded or withdrew it is
-- kept as it was then. What the file of the installation says has no instant of its own (NULL), here and below.
CREATE TABLE registry.consent (
    consent_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id         uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id   int NOT NULL REFERENCES registry.organisation,
    person_id         int NOT NULL,
    purpose           text NOT NULL CHECK (purpose IN ('care', 'family', 'research', 'open_data')),
    basis             text NOT NULL CHECK (basis IN ('consent', 'public_task', 'legal_obligation', 'contract', 'vital_interests')),
    valid_from        timestamptz NOT NULL,
    valid_until       timestamptz,
    note              text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    recorded_at       timestamptz,
    recorded_by       int REFERENCES registry.account,
    recorded_by_name  text NOT NULL DEFAULT '',
    withdrawn_at      timestamptz,
    withdrawn_by      int REFERENCES registry.account,
    withdrawn_by_name text NOT NULL DEFAULT '',
    UNIQUE (person_id, purpose, valid_from),
    CHECK (valid_until > valid_from),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE
);

-- Which account is close to which person, and as what: family (a contact who may see what is shared with it), a delegate (who
-- decides for the person), or the person.
CREATE TABLE registry.person_account (
    organisation_id   int NOT NULL REFERENCES registry.organisation,
    account_id        int NOT NULL REFERENCES registry.account,
    person_id         int NOT NULL,
    capacity          text NOT NULL CHECK (capacity IN ('family', 'delegate', 'self')),
    contact_id        int,
    since             timestamptz,
    ended_at          timestamptz,
    PRIMARY KEY (account_id, person_id),
    CHECK (capacity <> 'family' OR contact_id IS NOT NULL),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE,
    FOREIGN KEY (contact_id, person_id) REFERENCES registry.contact (contact_id, person_id)
);
CREATE INDEX ON registry.person_account (person_id);

-- What a contact of a person may see, by kind of data and hours of the day by the home's clock: minutes since midnight; where they
-- end before they begin, they go on past midnight.
CREATE TABLE registry.share (
    share_id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id   int NOT NULL REFERENCES registry.organisation,
    person_id         int NOT NULL,
    contact_id        int NOT NULL,
    data              text NOT NULL CHECK (data IN ('day', 'movement', 'room', 'sleep', 'outings', 'safety', 'wellbeing',
                                                    'technical', 'charge')),
    from_minute       smallint NOT NULL DEFAULT 0 CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute         smallint NOT NULL DEFAULT 1440 CHECK (to_minute BETWEEN 1 AND 1440),
    since             timestamptz,
    set_by            int REFERENCES registry.account,
    set_by_name       text NOT NULL DEFAULT '',
    ended_at          timestamptz,
    ended_by          int REFERENCES registry.account,
    ended_by_name     text NOT NULL DEFAULT '',
    CHECK (from_minute <> to_minute),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE,
    FOREIGN KEY (contact_id, person_id) REFERENCES registry.contact (contact_id, person_id)
);
CREATE UNIQUE INDEX share_stands ON registry.share (contact_id, data) WHERE ended_at IS NULL;
CREATE INDEX ON registry.share (person_id);

-- When nothing of the wellbeing of a home is looked at or recorded, because somebody who lives there asked for it: to the planned
-- end or to the instant at which it was ended.
CREATE TABLE registry.pause (
    pause_id          int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id   int NOT NULL REFERENCES registry.organisation,
    home_id           int NOT NULL REFERENCES registry.home,
    person_id         int NOT NULL REFERENCES registry.person,
    started_at        timestamptz NOT NULL,
    until             timestamptz,
    ended_at          timestamptz,
    begun_by          int REFERENCES registry.account,
    begun_by_name     text NOT NULL DEFAULT '',
    ended_by          int REFERENCES registry.account,
    ended_by_name     text NOT NULL DEFAULT '',
    CHECK (until > started_at),
    CHECK (ended_at >= started_at)
);
CREATE INDEX ON registry.pause (home_id, started_at);
CREATE UNIQUE INDEX pause_goes_on ON registry.pause (home_id) WHERE ended_at IS NULL;

-- How somebody without an account gets one, or an account gets another person: only a digest of the code is kept. It can be used
-- once, until it expires or is taken back.
CREATE TABLE registry.invitation (
    invitation_id     int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id         uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id   int NOT NULL REFERENCES registry.organisation,
    person_id         int NOT NULL,
    capacity          text NOT NULL CHECK (capacity IN ('family', 'delegate', 'self')),
    contact_id        int,
    code_digest       bytea NOT NULL UNIQUE,
    made_at           timestamptz NOT NULL,
    made_by           int REFERENCES registry.account,
    made_by_name      text NOT NULL DEFAULT '',
    expires_at        timestamptz NOT NULL,
    revoked_at        timestamptz,
    used_at           timestamptz,
    used_by           int REFERENCES registry.account,
    CHECK (capacity <> 'family' OR contact_id IS NOT NULL),
    CHECK (expires_at > made_at),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE,
    FOREIGN KEY (contact_id, person_id) REFERENCES registry.contact (contact_id, person_id)
);
CREATE INDEX ON registry.invitation (person_id);
