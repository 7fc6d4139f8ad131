-- A hand-over of a shift by hand: whoever goes off offers what they have in charge to whoever comes on, with a note. It belongs to the
-- nearest organisation that all of its alerts are of or below, so that nobody reads a note about what they may not see.
CREATE TABLE alerts.shift_handover (
    shift_handover_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id           uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id     int NOT NULL REFERENCES registry.organisation,
    made_by             int NOT NULL REFERENCES registry.account,
    made_by_name        text NOT NULL,
    note                text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    made_at             timestamptz NOT NULL,
    -- When what nobody has taken over goes back to the queue.
    until               timestamptz NOT NULL,
    -- When whoever was on duty was told of it.
    told_at             timestamptz,
    state               text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted', 'withdrawn', 'expired')),
    ended_at            timestamptz,
    accepted_by         int REFERENCES registry.account,
    accepted_by_name    text NOT NULL DEFAULT '',
    CHECK ((state = 'offered') = (ended_at IS NULL)),
    CHECK ((state = 'accepted') = (accepted_by IS NOT NULL)),
    CHECK (until > made_at)
);
CREATE INDEX ON alerts.shift_handover (organisation_id, made_at);
CREATE INDEX ON alerts.shift_handover (until) WHERE state = 'offered';

-- What is handed over, and who had it. It changes hands only if they have it still.
CREATE TABLE alerts.shift_handover_alert (
    shift_handover_id   bigint NOT NULL REFERENCES alerts.shift_handover,
    organisation_id     int NOT NULL REFERENCES registry.organisation,
    alert_id            bigint NOT NULL REFERENCES alerts.alert,
    taken_by            int NOT NULL REFERENCES registry.account,
    PRIMARY KEY (shift_handover_id, alert_id)
);
CREATE INDEX ON alerts.shift_handover_alert (alert_id);

-- shift_offered: handed over to the next shift, and still in charge of who had it; shift_taken: whoever came on has it now; shift_left:
-- nobody took it over in time.
DO $$
DECLARE
    known text;
BEGIN
    SELECT string_agg(quote_literal(action[1]), ', ') INTO STRICT known
    FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') AS action
    WHERE conrelid = 'alerts.history'::regclass AND conname = 'history_action_check';
    ALTER TABLE alerts.history DROP CONSTRAINT history_action_check;
    EXECUTE 'ALTER TABLE alerts.history ADD CONSTRAINT history_action_check CHECK (action IN (' || known
        || ', ''shift_offered'', ''shift_taken'', ''shift_left''))';
END
$$;
