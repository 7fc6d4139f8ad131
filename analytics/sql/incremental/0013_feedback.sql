-- How operators judged what was told: one row for each finding of an alert that was closed, taken back when it is opened again
-- (what was said when stands in the history of the alert). What was judged together (`judged_as`) counts once.
CREATE TABLE analytics.outcome (
    finding_id      bigint PRIMARY KEY REFERENCES analytics.finding ON DELETE CASCADE,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    judged_as       uuid NOT NULL,
    outcome         text NOT NULL CHECK (outcome IN ('true', 'false', 'explained', 'unclear')),
    detector        text NOT NULL,
    kind            text NOT NULL,
    -- Of a change: in which part of life, and whether sudden or slow.
    domain          text,
    pace            text,
    account_id      int NOT NULL REFERENCES registry.account,
    account_name    text NOT NULL,
    at              timestamptz NOT NULL
);
CREATE INDEX ON analytics.outcome (organisation_id, at);
CREATE INDEX ON analytics.outcome (judged_as);

-- By how much outcomes have moved how rare a day counts; `rarity` is what is left.
ALTER TABLE analytics.change_day ADD COLUMN shift double precision NOT NULL DEFAULT 0;

-- Why a rule was set.
ALTER TABLE analytics.rule_setting ADD COLUMN reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 500);

-- What a setting would have told over stored days is worked out home by home before somebody saves it: `days` up to the day
-- before `asked_at`.
CREATE TABLE analytics.preview (
    preview_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int REFERENCES registry.home,
    rule            text NOT NULL,
    mode            text NOT NULL CHECK (mode IN ('active', 'shadow', 'off')),
    fields          jsonb NOT NULL CHECK (jsonb_typeof(fields) = 'object'),
    days            int NOT NULL CHECK (days BETWEEN 1 AND 366),
    asked_by        int NOT NULL REFERENCES registry.account (account_id),
    asked_at        timestamptz NOT NULL
);
CREATE INDEX ON analytics.preview (asked_at);

-- What came of it in each home: of each day on which something would have been told, how often. NULL until it is worked out.
CREATE TABLE analytics.previewed_home (
    preview_id      bigint NOT NULL REFERENCES analytics.preview ON DELETE CASCADE,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    told_as_set     jsonb,
    told_as_wished  jsonb,
    done_at         timestamptz,
    failed          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (preview_id, home_id)
);
CREATE INDEX ON analytics.previewed_home (preview_id) WHERE done_at IS NULL;
