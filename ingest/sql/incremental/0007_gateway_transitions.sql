-- When mains last failed and came back, as a gateway that went on by its battery says.
ALTER TABLE ingest.gateway_status
    ADD COLUMN mains_lost timestamptz,
    ADD COLUMN mains_back timestamptz;

-- What changed in the words of a gateway: it came or went, was started anew, runs on another source of power, or was heard
-- again after a pause. `heard_before` is when it was last heard until then, `started_at` when its machine was started, both
-- by the service's clock; `orderly` says that it took leave.
CREATE TABLE ingest.gateway_transition (
    transition_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    gateway_id      int NOT NULL REFERENCES devices.gateway,
    at              timestamptz NOT NULL,
    heard_before    timestamptz,
    online          boolean NOT NULL,
    orderly         boolean NOT NULL,
    boot            text NOT NULL,
    started_at      timestamptz,
    power           text NOT NULL,
    mains_lost      timestamptz,
    mains_back      timestamptz
);
CREATE INDEX ON ingest.gateway_transition (gateway_id, at);
CREATE INDEX ON ingest.gateway_transition (at);
