-- Rejects are bounded: nobody who sends rubbish without end fills the disk. `source` says whose room a row takes: that of
-- the gateway, or '' for the one room that all senders share which are not registered.
ALTER TABLE ingest.reject ADD COLUMN source text NOT NULL DEFAULT '';
UPDATE ingest.reject SET source = gateway_key WHERE gateway_key IN (SELECT key FROM devices.gateway);
CREATE INDEX ON ingest.reject (gateway_key, reason, reject_id);

-- How much of each room is taken, so that nobody has to count the rows while messages come in.
CREATE TABLE ingest.reject_room (
    source          text PRIMARY KEY,
    kept            bigint NOT NULL,
    kept_bytes      bigint NOT NULL
);
INSERT INTO ingest.reject_room (source, kept, kept_bytes)
SELECT source, count(*), sum(octet_length(payload)) FROM ingest.reject GROUP BY source;

-- What was rejected and is no longer kept one by one, because its room was full or because it is too old: only counted.
CREATE TABLE ingest.reject_gone (
    source          text NOT NULL,
    reason          text NOT NULL,
    records         bigint NOT NULL,
    count           bigint NOT NULL,
    first_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    PRIMARY KEY (source, reason)
);

-- Wishes of people to have rejects tried again, which an ingest process fulfils: one message, or all of a gateway that
-- were rejected for a reason. `outcome` is what became of it.
CREATE TABLE ingest.replay_request (
    request_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_key     text NOT NULL,
    reason          text NOT NULL,
    reject_id       bigint,
    requested_by    int NOT NULL REFERENCES registry.account,
    requested_at    timestamptz NOT NULL,
    done_at         timestamptz,
    outcome         jsonb,
    CHECK ((done_at IS NULL) = (outcome IS NULL))
);
-- Whoever asks twice for the same, asks once.
CREATE UNIQUE INDEX ON ingest.replay_request (gateway_key, reason, coalesce(reject_id, 0)) WHERE done_at IS NULL;
CREATE INDEX ON ingest.replay_request (gateway_key, reason, done_at);
