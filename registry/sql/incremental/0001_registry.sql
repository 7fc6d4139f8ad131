-- Who lives where, and who may see what.
CREATE TABLE registry.organisation (
    organisation_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key             text NOT NULL UNIQUE,
    name            text NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('union', 'municipality', 'service', 'association')),
    parent_id       int REFERENCES registry.organisation
);

CREATE TABLE registry.home (
    home_id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    key             text NOT NULL UNIQUE,
    name            text NOT NULL,
    address         text NOT NULL DEFAULT '',
    municipality    text NOT NULL DEFAULT '',
    access_notes    text NOT NULL DEFAULT '',
    timezone        text NOT NULL DEFAULT 'Europe/Rome',
    -- What belongs to a home refers to both, so that it follows when the home goes to another organisation.
    UNIQUE (home_id, organisation_id)
);
CREATE INDEX ON registry.home (organisation_id);

CREATE TABLE registry.room (
    room_id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    key             text NOT NULL,
    name            text NOT NULL DEFAULT '',
    kind            text NOT NULL CHECK (kind IN ('bedroom', 'bathroom', 'kitchen', 'living', 'hall', 'entrance', 'outside', 'other')),
    UNIQUE (home_id, key)
);

CREATE TABLE registry.person (
    person_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    key             text NOT NULL UNIQUE,
    name            text NOT NULL,
    birth_year      int CHECK (birth_year BETWEEN 1890 AND 2100),
    sex             text CHECK (sex IN ('female', 'male', 'other')),
    phone           text NOT NULL DEFAULT '',
    language        text NOT NULL DEFAULT 'it',
    UNIQUE (person_id, organisation_id)
);
CREATE INDEX ON registry.person (organisation_id);
CREATE INDEX ON registry.person (home_id);

CREATE TABLE registry.contact (
    contact_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    person_id       int NOT NULL,
    key             text NOT NULL,
    name            text NOT NULL,
    relation        text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',
    email           text NOT NULL DEFAULT '',
    language        text NOT NULL DEFAULT 'it',
    position        int NOT NULL DEFAULT 1,
    UNIQUE (person_id, key),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE
);

CREATE TABLE registry.account (
    account_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    login           text NOT NULL UNIQUE CHECK (login = lower(login)),
    name            text NOT NULL,
    email           text NOT NULL DEFAULT '',
    password_hash   text,
    language        text NOT NULL DEFAULT 'it',
    active          boolean NOT NULL DEFAULT true,
    -- Sign-ins that began before are over: the password was changed or the account closed.
    signed_out_before timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE registry.membership (
    account_id      int NOT NULL REFERENCES registry.account,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    role            text NOT NULL CHECK (role IN ('operator', 'coordinator', 'installer', 'researcher', 'administrator')),
    PRIMARY KEY (account_id, organisation_id, role)
);
