-- What is silent in a home, and why, as it was first told and as it is known now. `started_at` names the silence and never
-- changes; `since` is what is known now of its beginning. A subject is a gateway or a device, by kind and id. One that turned
-- out to be none is withdrawn.
CREATE TABLE analytics.silence (
    silence_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    subject_kind    text NOT NULL CHECK (subject_kind IN ('gateway', 'device')),
    subject_id      int NOT NULL,
    class           text NOT NULL CHECK (class IN ('sensor_dead', 'sensor_stuck', 'battery_low', 'gateway_offline', 'power_cut',
                                                   'line_cut')),
    cause           text NOT NULL,
    started_at      timestamptz NOT NULL,
    since           timestamptz NOT NULL,
    ended_at        timestamptz,
    confidence      real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    battery         real,
    known_at        timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    UNIQUE (home_id, subject_kind, subject_id, started_at),
    CHECK (ended_at IS NULL OR ended_at >= since)
);
CREATE INDEX ON analytics.silence (home_id) WHERE ended_at IS NULL AND withdrawn_at IS NULL;

-- When the devices of a home were last looked at, and when they are next.
CREATE TABLE analytics.silence_due (
    home_id         int PRIMARY KEY REFERENCES registry.home,
    due_at          timestamptz NOT NULL
);

-- Several devices of a home may fall silent at the same instant: a finding names what it is about.
ALTER TABLE analytics.finding ADD COLUMN subject text NOT NULL DEFAULT '';
ALTER TABLE analytics.finding DROP CONSTRAINT finding_home_id_kind_started_at_key;
ALTER TABLE analytics.finding ADD CONSTRAINT finding_home_id_kind_subject_started_at_key
    UNIQUE (home_id, kind, subject, started_at);
