-- Alerts and who is told of them. A change of state and a notification are rows of their own.
CREATE TABLE alerts.transition (
    from_state      text NOT NULL,
    to_state        text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO alerts.transition VALUES
    ('new', 'in_charge'), ('new', 'resolved'), ('in_charge', 'resolved'), ('in_charge', 'new'), ('resolved', 'new');

CREATE TABLE alerts.alert (
    alert_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL,
    person_id       int REFERENCES registry.person,
    family          text NOT NULL CHECK (family IN ('safety', 'wellbeing', 'technical')),
    kind            text NOT NULL,
    severity        real NOT NULL CHECK (severity BETWEEN 0 AND 1),
    state           text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'in_charge', 'resolved')),
    happened_at     timestamptz NOT NULL,
    opened_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    times           int NOT NULL DEFAULT 1,
    explanation_it  text NOT NULL,
    explanation_en  text NOT NULL,
    coverage        real,
    evidence        jsonb NOT NULL DEFAULT '{}',
    taken_by        int REFERENCES registry.account,
    -- The name as it was then: whoever sees the alert may see who took it, also from another organisation.
    taken_by_name   text NOT NULL DEFAULT '',
    taken_at        timestamptz,
    resolved_at     timestamptz,
    outcome         text CHECK (outcome IN ('true', 'false', 'explained', 'unclear')),
    -- What was decided when it opened about who is told and when; later changes of a policy do not touch it.
    policy          jsonb NOT NULL,
    -- The escalation: its next step and when that is due. Each time the alert comes back, a new round begins.
    round           int NOT NULL DEFAULT 1,
    step            int NOT NULL DEFAULT 0,
    escalates_at    timestamptz,
    UNIQUE (alert_id, organisation_id),
    -- When a home goes to another organisation, its alerts go with it: else a call for help could join an open alert that
    -- nobody there can see.
    FOREIGN KEY (home_id, organisation_id) REFERENCES registry.home (home_id, organisation_id) ON UPDATE CASCADE,
    CHECK ((state = 'resolved') = (outcome IS NOT NULL)),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK (state <> 'in_charge' OR (taken_by IS NOT NULL AND taken_at IS NOT NULL)),
    CHECK (state <> 'new' OR taken_by IS NULL),
    -- It stops the moment somebody takes charge.
    CONSTRAINT escalates_only_while_new CHECK (state = 'new' OR escalates_at IS NULL)
);
-- One open alert for each home and kind: whatever comes meanwhile joins it.
CREATE UNIQUE INDEX one_open_alert ON alerts.alert (home_id, family, kind) WHERE state <> 'resolved';
CREATE INDEX ON alerts.alert (organisation_id, opened_at);
CREATE INDEX ON alerts.alert (home_id, opened_at);
CREATE INDEX ON alerts.alert (escalates_at) WHERE escalates_at IS NOT NULL;

-- Every change of an alert: who, when, why. Append-only.
CREATE TABLE alerts.history (
    history_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL,
    alert_id        bigint NOT NULL,
    at              timestamptz NOT NULL,
    account_id      int REFERENCES registry.account,
    account_name    text NOT NULL DEFAULT '',
    -- cleared: every sensor that raised it says that its cause is over; withdrawn: the figures were computed again and the
    -- finding does not hold any more; unanswered: all planned steps were taken and nobody took charge; called_again: a new
    -- call came while the account named was in charge.
    action          text NOT NULL CHECK (action IN ('opened', 'joined', 'cleared', 'taken', 'released', 'resolved', 'reopened',
                                                    'noted', 'unanswered', 'withdrawn', 'called_again')),
    from_state      text,
    to_state        text NOT NULL,
    outcome         text,
    note            text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    -- What a program knows about the entry: which reading or finding it came from, and its explanation.
    detail          jsonb NOT NULL DEFAULT '{}',
    FOREIGN KEY (alert_id, organisation_id) REFERENCES alerts.alert (alert_id, organisation_id) ON UPDATE CASCADE
);
CREATE INDEX ON alerts.history (alert_id);

-- Which urgent reading or finding has been taken in, so that each counts exactly once.
CREATE TABLE alerts.taken_in (
    source          text NOT NULL CHECK (source IN ('urgent', 'finding')),
    source_id       bigint NOT NULL,
    alert_id        bigint REFERENCES alerts.alert,
    at              timestamptz NOT NULL,
    -- Set where no alert was opened because its moment had passed: "would have been raised at".
    would_have_been_at timestamptz,
    -- Set where a finding was withdrawn after it had been taken in, and its alert says so.
    withdrawn_at    timestamptz,
    PRIMARY KEY (source, source_id)
);

-- Which sensors raised a safety alert, when each last did, and when it last said that its cause was over. A device that
-- is not registered has no series, and never says so.
CREATE TABLE alerts.cause (
    alert_id        bigint NOT NULL REFERENCES alerts.alert,
    series_id       int,
    raised_at       timestamptz NOT NULL,
    cleared_at      timestamptz,
    UNIQUE NULLS NOT DISTINCT (alert_id, series_id)
);

-- How far the findings have been looked at, by the time they were found. Urgent readings know no such time: a clock that
-- is wrong must not hide them.
CREATE TABLE alerts.progress (
    source          text PRIMARY KEY CHECK (source = 'finding'),
    looked_until    timestamptz NOT NULL
);

CREATE TABLE alerts.notification (
    notification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL,
    alert_id        bigint NOT NULL,
    round           int NOT NULL,
    step            int NOT NULL,
    channel         text NOT NULL CHECK (channel IN ('email')),
    account_id      int REFERENCES registry.account,
    address         text NOT NULL,
    language        text NOT NULL,
    state           text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'failed', 'cancelled')),
    due_at          timestamptz NOT NULL,
    leased_until    timestamptz,
    attempts        int NOT NULL DEFAULT 0,
    last_error      text NOT NULL DEFAULT '',
    sent_at         timestamptz,
    -- Set where an earlier attempt ended without an answer: the person may get the message twice, with one Message-ID.
    uncertain       boolean NOT NULL DEFAULT false,
    FOREIGN KEY (alert_id, organisation_id) REFERENCES alerts.alert (alert_id, organisation_id) ON UPDATE CASCADE,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    -- Nobody is told twice of the same step.
    UNIQUE (alert_id, round, step, channel, address)
);
CREATE INDEX ON alerts.notification (due_at) WHERE state = 'due';
