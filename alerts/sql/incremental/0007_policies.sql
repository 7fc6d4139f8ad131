-- Policies as data: what an organisation has decided about a family of alerts, or about one kind. What is replaced stays, with
-- the time until which it held: an alert names the version that was copied into it.
CREATE TABLE alerts.policy (
    policy_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    family          text NOT NULL CHECK (family IN ('safety', 'wellbeing', 'technical')),
    kind            text NOT NULL DEFAULT '',
    version         int NOT NULL CHECK (version > 0),
    plan            jsonb NOT NULL,
    since           timestamptz NOT NULL,
    until           timestamptz,
    UNIQUE (organisation_id, family, kind, version)
);
CREATE UNIQUE INDEX one_policy_holds ON alerts.policy (organisation_id, family, kind) WHERE until IS NULL;

-- Rotas: who is on duty when, as a weekly pattern with dated changes, in a time zone.
CREATE TABLE alerts.rota (
    rota_id         int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    key             text NOT NULL,
    version         int NOT NULL CHECK (version > 0),
    calendar        jsonb NOT NULL,
    since           timestamptz NOT NULL,
    until           timestamptz,
    UNIQUE (organisation_id, key, version)
);
CREATE UNIQUE INDEX one_rota_holds ON alerts.rota (organisation_id, key) WHERE until IS NULL;

-- passed_on: nobody was there to be told of a step, so that the next one came at once; reminded: whoever has it has done
-- nothing for a while; given_back: nor after that, so that it is back in the queue; handed_over and returned: a task for
-- an association, and what came of it; grouped: it belongs to what else happened in the home; overflow: there are more
-- alerts of this day than people can read one by one; again_after_outcome: it came again soon after it had been judged.
ALTER TABLE alerts.history DROP CONSTRAINT history_action_check;
ALTER TABLE alerts.history ADD CONSTRAINT history_action_check
    CHECK (action IN ('opened', 'joined', 'cleared', 'taken', 'released', 'resolved', 'reopened', 'noted', 'unanswered',
                      'withdrawn', 'called_again', 'cancelled', 'contact_told', 'over', 'passed_on', 'reminded', 'given_back',
                      'handed_over', 'returned', 'grouped', 'overflow', 'again_after_outcome'));

-- When whoever has an alert in charge, and does nothing, is to be reminded of it (step 0), and when it goes back to the queue
-- (step 1).
ALTER TABLE alerts.alert
    ADD COLUMN idle_step int NOT NULL DEFAULT 0,
    ADD COLUMN idle_at timestamptz,
    ADD CONSTRAINT idle_only_while_in_charge CHECK (state = 'in_charge' OR idle_at IS NULL);
CREATE INDEX ON alerts.alert (idle_at) WHERE idle_at IS NOT NULL;
