-- Floods: what was put aside of a gateway or of one of its devices, one row for each episode. `device` is the key of the
-- device, or '' where all devices of the gateway together sent too much. A pause closes an episode; the next one is new.
CREATE TABLE ingest.flood (
    flood_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gateway_id      int NOT NULL REFERENCES devices.gateway,
    device          text NOT NULL,
    started_at      timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    parked          bigint NOT NULL,
    closed          boolean NOT NULL DEFAULT false
);
-- However many workers notice it, it is one.
CREATE UNIQUE INDEX ON ingest.flood (gateway_id, device) WHERE NOT closed;
CREATE INDEX ON ingest.flood (gateway_id, last_at);
