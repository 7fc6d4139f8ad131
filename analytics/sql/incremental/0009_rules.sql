-- What rules and detectors are set to: for the homes of an organisation and those below it, or for one home. Nothing is changed
-- or deleted: the last row of each scope and rule holds, the others tell who set what, and when. No account: by the command.
CREATE TABLE analytics.rule_setting (
    rule_setting_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int REFERENCES registry.home,
    rule            text NOT NULL,
    mode            text CHECK (mode IN ('active', 'shadow', 'off')),
    fields          jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
    set_by          int REFERENCES registry.account (account_id),
    set_at          timestamptz NOT NULL
);
CREATE INDEX ON analytics.rule_setting (organisation_id, rule);

-- Who is expected at a home: on which weekdays (Monday is 0), from when to when on its clock. `grace` is in minutes. One that is
-- not expected any more has a last day.
CREATE TABLE analytics.expected_visit (
    visit_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    who             text NOT NULL,
    weekdays        smallint[] NOT NULL CHECK (cardinality(weekdays) > 0 AND weekdays <@ '{0,1,2,3,4,5,6}'),
    begins          time NOT NULL,
    ends            time NOT NULL,
    grace           int CHECK (grace BETWEEN 0 AND 480),
    first_day       date NOT NULL,
    last_day        date,
    entered_by      int REFERENCES registry.account (account_id),
    entered_at      timestamptz NOT NULL
);
CREATE INDEX ON analytics.expected_visit (home_id);

-- The mean temperature (Cel) of each hour of the local clock in a room, NULL where it is not known.
CREATE TABLE analytics.room_temperature (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    room_id         int NOT NULL,
    day             date NOT NULL,
    celsius         real[] NOT NULL CHECK (cardinality(celsius) = 24),
    PRIMARY KEY (home_id, day, room_id)
);

-- A finding of a rule or detector in shadow mode is on trial: it is shown as such and never alerts.
ALTER TABLE analytics.finding ADD COLUMN trial boolean NOT NULL DEFAULT false;
