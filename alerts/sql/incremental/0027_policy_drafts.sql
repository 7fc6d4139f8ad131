-- Who put a policy into force and why, who ended it and why; null where it came from a file.
ALTER TABLE alerts.policy
    ADD COLUMN set_by int REFERENCES registry.account (account_id),
    ADD COLUMN reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
    ADD COLUMN ended_by int REFERENCES registry.account (account_id),
    ADD COLUMN ended_reason text NOT NULL DEFAULT '' CHECK (length(ended_reason) <= 500);

-- What a coordinator would put into force, made from the policy that held then (null: none): a plan, or null for "none here: the one
-- above holds". It says what would have become of the alerts of `days` before it is saved.
CREATE TABLE alerts.policy_draft (
    draft_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    family          text NOT NULL CHECK (family IN ('safety', 'wellbeing', 'technical')),
    kind            text NOT NULL DEFAULT '',
    plan            jsonb,
    made_from       int REFERENCES alerts.policy (policy_id),
    days            int NOT NULL CHECK (days BETWEEN 1 AND 366),
    asked_by        int NOT NULL REFERENCES registry.account (account_id),
    asked_at        timestamptz NOT NULL,
    failed          boolean NOT NULL DEFAULT false
);
CREATE INDEX ON alerts.policy_draft (asked_at);

-- An alert of that time, tried: who would have been told when, as the policies are set and as the draft wishes it. NULL until it is worked
-- out; `concerned` is false where the draft would not have been the policy of this alert. `accounts` are all whom either would have told.
CREATE TABLE alerts.tried_alert (
    draft_id        bigint NOT NULL REFERENCES alerts.policy_draft ON DELETE CASCADE,
    alert_id        bigint NOT NULL REFERENCES alerts.alert ON DELETE CASCADE,
    organisation_id int NOT NULL,
    home_id         int NOT NULL,
    concerned       boolean,
    as_set          jsonb NOT NULL DEFAULT '[]',
    as_wished       jsonb NOT NULL DEFAULT '[]',
    accounts        int[] NOT NULL DEFAULT '{}',
    tried_at        timestamptz,
    PRIMARY KEY (draft_id, alert_id)
);
CREATE INDEX ON alerts.tried_alert (draft_id) WHERE tried_at IS NULL;
CREATE INDEX ON alerts.tried_alert (alert_id);
CREATE INDEX ON alerts.tried_alert (home_id);
