-- The latest inventory of a gateway, and how many of the devices that it found there was no room for in it.
CREATE TABLE ingest.inventory (
    gateway_id      int PRIMARY KEY REFERENCES devices.gateway,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    left_out        int NOT NULL CHECK (left_out >= 0),
    received_at     timestamptz NOT NULL
);
