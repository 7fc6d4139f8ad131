-- Answers to messages by the signed link in them. Each message can be answered once.
CREATE TABLE alerts.reply (
    notification_id bigint PRIMARY KEY REFERENCES alerts.notification,
    organisation_id int NOT NULL,
    alert_id        bigint NOT NULL,
    answer          text NOT NULL CHECK (answer IN ('take_charge', 'there')),
    at              timestamptz NOT NULL,
    FOREIGN KEY (alert_id, organisation_id) REFERENCES alerts.alert (alert_id, organisation_id) ON UPDATE CASCADE
);
CREATE INDEX ON alerts.reply (alert_id);

-- When a process of the chain from a reading to a person last did the whole of its work.
CREATE TABLE alerts.heartbeat (
    part            text PRIMARY KEY,
    at              timestamptz NOT NULL
);

-- there: somebody says by the link in a message that they are with the person. What else the history may say stays as it is,
-- whichever other migrations have added to it.
DO $$
DECLARE
    known text;
BEGIN
    SELECT string_agg(quote_literal(word[1]), ', ') INTO known FROM pg_constraint,
        LATERAL regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') AS word
    WHERE conrelid = 'alerts.history'::regclass AND conname = 'history_action_check';
    ALTER TABLE alerts.history DROP CONSTRAINT history_action_check;
    EXECUTE 'ALTER TABLE alerts.history ADD CONSTRAINT history_action_check CHECK (action IN (' || known || ', ''there''))';
END
$$;
