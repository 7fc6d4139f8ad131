-- What is derived from readings. Every row says which version of the code made it and what it rests on.
-- How far the touched hours have been worked through.
CREATE TABLE analytics.progress (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    xact            xid8 NOT NULL,
    touched_id      bigint NOT NULL
);
INSERT INTO analytics.progress (xact, touched_id) VALUES ('0', 0);

-- The last local day of each home that has been put into due_day by the calendar, so that a home that sends nothing is
-- looked at as well.
CREATE TABLE analytics.calendar (
    home_id         int PRIMARY KEY REFERENCES registry.home,
    day             date NOT NULL
);

-- Days of homes whose figures have to be computed again, and when.
CREATE TABLE analytics.due_day (
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    since           timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    PRIMARY KEY (home_id, day)
);
CREATE INDEX ON analytics.due_day (due_at);

CREATE TABLE analytics.episode (
    episode_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    room_id         int REFERENCES registry.room,
    kind            text NOT NULL CHECK (kind IN ('presence', 'bathroom_visit', 'stillness', 'outing')),
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz NOT NULL,
    readings        int NOT NULL,
    code_version    text NOT NULL,
    CHECK (ended_at >= started_at)
);
CREATE INDEX ON analytics.episode (home_id, started_at);

CREATE TABLE analytics.indicator (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    kind            text NOT NULL,
    day             date NOT NULL,
    value           double precision,
    unit            text NOT NULL,
    coverage        real NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    readings        int NOT NULL,
    code_version    text NOT NULL,
    computed_at     timestamptz NOT NULL,
    PRIMARY KEY (home_id, kind, day)
);

-- When a home spoke on a local day, and the longest silence that touched each hour of the local clock (24 of them):
-- from these the silences that are usual for the home are learned without reading its readings again.
CREATE TABLE analytics.rhythm (
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    readings        int NOT NULL,
    first_at        timestamptz,
    last_at         timestamptz,
    longest_gap_s   real[] NOT NULL CHECK (cardinality(longest_gap_s) = 24),
    PRIMARY KEY (home_id, day)
);

-- The same for one device that reports by itself, moved or not.
CREATE TABLE analytics.device_rhythm (
    home_id         int NOT NULL REFERENCES registry.home,
    device_id       int NOT NULL REFERENCES devices.device,
    day             date NOT NULL,
    reports         int NOT NULL,
    usual_gap_s     real NOT NULL,
    PRIMARY KEY (home_id, device_id, day)
);

-- The person's own usual range on a day, from the days before it.
CREATE TABLE analytics.baseline (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    kind            text NOT NULL,
    day             date NOT NULL,
    median          double precision NOT NULL,
    spread          double precision NOT NULL,
    low             double precision NOT NULL,
    high            double precision NOT NULL,
    days            int NOT NULL,
    PRIMARY KEY (home_id, kind, day)
);

CREATE TABLE analytics.finding (
    finding_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    person_id       int REFERENCES registry.person,
    family          text NOT NULL CHECK (family IN ('wellbeing', 'technical')),
    kind            text NOT NULL,
    severity        real NOT NULL CHECK (severity BETWEEN 0 AND 1),
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz NOT NULL,
    found_at        timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    coverage        real NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    detector        text NOT NULL,
    detector_version text NOT NULL,
    explanation_it  text NOT NULL,
    explanation_en  text NOT NULL,
    evidence        jsonb NOT NULL,
    withdrawn_at    timestamptz,
    UNIQUE (home_id, kind, started_at)
);
CREATE INDEX ON analytics.finding (updated_at);

-- Which version of procrastinate's tables the schema `procrastinate` holds; analytics.queue brings them up to date.
CREATE TABLE analytics.queue_version (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    version         text NOT NULL
);
