-- A message calls for help with an alert that nobody has taken, or reminds whoever has it; or it is about several alerts: the
-- round of technical ones in the morning, what is more than a day's budget, or what is open when a shift comes on.
ALTER TABLE alerts.notification
    ADD COLUMN purpose text NOT NULL DEFAULT 'call'
        CHECK (purpose IN ('call', 'reminder', 'morning_round', 'overflow', 'hand_over'));
CREATE INDEX ON alerts.notification (account_id, purpose) WHERE state = 'due' AND purpose <> 'call';
CREATE INDEX ON alerts.notification (account_id, sent_at) WHERE purpose = 'call';

-- A task for an association: the row of its own that its members see of an alert of another organisation. It says what to do and in
-- which municipality; where exactly, only from when one of them has taken it until it ends, and never who is concerned nor what was
-- before.
CREATE TABLE alerts.handover (
    handover_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    alert_id        bigint NOT NULL REFERENCES alerts.alert,
    alert_public_id uuid NOT NULL,
    round           int NOT NULL,
    task_it         text NOT NULL,
    task_en         text NOT NULL,
    municipality    text NOT NULL,
    address         text NOT NULL DEFAULT '',
    state           text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted', 'returned', 'withdrawn')),
    offered_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    accepted_by     int REFERENCES registry.account,
    ended_at        timestamptz,
    outcome         text CHECK (outcome IN ('done', 'not_found', 'cannot')),
    UNIQUE (alert_id, organisation_id, round),
    CHECK ((state = 'returned') = (outcome IS NOT NULL)),
    CHECK ((state IN ('returned', 'withdrawn')) = (ended_at IS NOT NULL)),
    CHECK (state <> 'accepted' OR (accepted_by IS NOT NULL AND accepted_at IS NOT NULL)),
    CONSTRAINT address_only_while_accepted CHECK (state = 'accepted' OR address = '')
);
CREATE INDEX ON alerts.handover (organisation_id, offered_at);
CREATE INDEX ON alerts.handover (alert_id) WHERE ended_at IS NULL;

-- What a message about several alerts is about, besides the alert that it hangs on.
CREATE TABLE alerts.summarised (
    notification_id bigint NOT NULL REFERENCES alerts.notification,
    alert_id        bigint NOT NULL REFERENCES alerts.alert,
    PRIMARY KEY (notification_id, alert_id)
);
CREATE INDEX ON alerts.summarised (alert_id);

ALTER TABLE alerts.alert
    -- It was more than anybody's budget of the day: on the board and in a summary, without a message of its own.
    ADD COLUMN overflow boolean NOT NULL DEFAULT false,
    -- The alert of the same home, opened shortly before, that it belongs to: it is told with that one.
    ADD COLUMN group_of bigint REFERENCES alerts.alert;
CREATE INDEX ON alerts.alert (group_of) WHERE group_of IS NOT NULL;

-- Until when the changes of shift of a rota have been told to those who came on.
ALTER TABLE alerts.rota ADD COLUMN handed_over_until timestamptz;
