-- One row for each commit of an ingest worker: when and by which lane readings came in.
CREATE TABLE ingest.intake (
    intake_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at     timestamptz NOT NULL,
    lane            text NOT NULL CHECK (lane IN ('urgent', 'readings', 'backfill', 'replay'))
);

-- What a reading is. The tables of readings are made like this one, which then goes: only their partitioning differs
-- between plain PostgreSQL and TimescaleDB. `corrected_ts` is the time that a reading stamped by a clock that was not
-- synchronised must have had, where that is known; the key (series_id, ts) stays what it came with.
CREATE TABLE ingest.reading (
    ts              timestamptz NOT NULL,
    value           double precision NOT NULL,
    corrected_ts    timestamptz,
    series_id       int NOT NULL,
    flags           smallint NOT NULL DEFAULT 0
);

-- Safety readings, written in the transaction that stores them; the alert worker takes them from here. A call for help
-- whose own time cannot be used has that of its reception; one of a device that is not registered has no series.
CREATE TABLE ingest.urgent (
    urgent_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id       int REFERENCES devices.series,
    home_id         int NOT NULL REFERENCES registry.home,
    quantity_id     smallint NOT NULL,
    ts              timestamptz NOT NULL,
    value           double precision NOT NULL,
    received_at     timestamptz NOT NULL
);
CREATE INDEX ON ingest.urgent (received_at);

-- Hours of homes for which readings came in, for those who compute from readings. `xact` orders the rows by what is
-- visible: a reader takes those older than every transaction still open, and so never skips one.
CREATE TABLE ingest.touched (
    touched_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xact            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    home_id         int NOT NULL,
    hour            timestamptz NOT NULL,
    received_at     timestamptz NOT NULL
);
CREATE INDEX ON ingest.touched (xact, touched_id);
CREATE INDEX ON ingest.touched USING brin (received_at);
CREATE INDEX ON ingest.intake USING brin (received_at);

-- How far the touched hours have gone into the hourly and daily figures.
CREATE TABLE ingest.rollup_progress (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    xact            xid8 NOT NULL DEFAULT '0',
    touched_id      bigint NOT NULL DEFAULT 0
);
INSERT INTO ingest.rollup_progress DEFAULT VALUES;

-- Before which instant the readings of a class have been dropped: figures of that time are never computed again.
CREATE TABLE ingest.retention (
    class           text PRIMARY KEY CHECK (class IN ('event', 'level', 'vital', 'technical')),
    dropped_before  timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO ingest.retention (class) VALUES ('event'), ('level'), ('vital'), ('technical');

-- What could not be stored, one row for each message and reason, with the original bytes (cut where the message is
-- oversized) and the number of its readings that the reason concerns; the same bytes again only raise the count.
-- `properties` are the message's user properties, an array of pairs.
CREATE TABLE ingest.reject (
    reject_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    topic           text NOT NULL,
    gateway_key     text,
    reason          text NOT NULL CHECK (reason IN ('topic', 'properties', 'oversized', 'syntax', 'record', 'time',
                                                    'unit', 'value', 'unknown gateway', 'unknown series',
                                                    'foreign series', 'conflict', 'after retention', 'status', 'flood')),
    detail          text NOT NULL,
    payload         bytea NOT NULL,
    payload_bytes   int NOT NULL,
    properties      jsonb NOT NULL DEFAULT '[]',
    digest          bytea NOT NULL,
    records         int NOT NULL DEFAULT 1,
    count           bigint NOT NULL DEFAULT 1,
    replayed_at     timestamptz
);
-- Whatever lane of its gateway it takes: a resend takes another one.
CREATE UNIQUE INDEX ON ingest.reject (digest, reason, coalesce(gateway_key, topic));
CREATE INDEX ON ingest.reject (last_at);

-- The last word of each gateway about itself. `changed_at` is when it came or went, by the service's clock; `said_at` is
-- the gateway's own time of its last word.
CREATE TABLE ingest.gateway_status (
    gateway_id      int PRIMARY KEY REFERENCES devices.gateway,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    online          boolean NOT NULL,
    changed_at      timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    said_at         timestamptz,
    boot            text NOT NULL,
    queued          bigint NOT NULL,
    oldest_unsent   timestamptz,
    thinned         bigint NOT NULL,
    clock           text NOT NULL,
    version         text NOT NULL,
    uptime_s        double precision NOT NULL,
    power           text NOT NULL
);

-- Totals since the beginning, so that a count never scans the readings.
CREATE TABLE ingest.tally (
    day             date NOT NULL,
    worker          text NOT NULL,
    stored          bigint NOT NULL DEFAULT 0,
    duplicates      bigint NOT NULL DEFAULT 0,
    conflicts       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (day, worker)
);
