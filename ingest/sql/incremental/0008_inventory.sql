-- What gateways have found in their homes, installed or not, with the last values of what nobody can read yet.
CREATE TABLE ingest.found_device (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    gateway_id      int NOT NULL REFERENCES devices.gateway,
    -- The key in the names of its series; of a device that nothing describes, a question mark and its name.
    ident           text NOT NULL,
    key             text NOT NULL,
    name            text NOT NULL,
    vendor          text NOT NULL,
    model           text NOT NULL,
    description     text NOT NULL,
    exposes         text[] NOT NULL,
    quantities      text[] NOT NULL,
    unmapped        jsonb NOT NULL,
    first_seen      timestamptz NOT NULL,
    last_seen       timestamptz NOT NULL,
    -- Whether the gateway's latest inventory has it.
    is_present      boolean NOT NULL,
    PRIMARY KEY (gateway_id, ident)
);
CREATE INDEX ON ingest.found_device (home_id);

ALTER TABLE ingest.reject DROP CONSTRAINT reject_reason_check;
ALTER TABLE ingest.reject ADD CONSTRAINT reject_reason_check
    CHECK (reason IN ('topic', 'properties', 'oversized', 'syntax', 'record', 'time', 'unit', 'value', 'unknown gateway',
                      'unknown series', 'foreign series', 'conflict', 'after retention', 'status', 'inventory', 'flood'));
