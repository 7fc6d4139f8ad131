-- Whose a call for help is (`devices.whose_call`). `standing`: whether the device is registered, was taken away, or is known
-- nowhere; then, or where the device has no such series, `device` is its key. `heard_by` is the gateway that heard it where
-- that is not the device's own.
ALTER TABLE ingest.urgent
    ADD COLUMN standing text NOT NULL DEFAULT 'registered' CHECK (standing IN ('registered', 'retired', 'unregistered')),
    ADD COLUMN device text NOT NULL DEFAULT '',
    ADD COLUMN heard_by int REFERENCES devices.gateway;
UPDATE ingest.urgent SET standing = 'unregistered' WHERE series_id IS NULL;
-- The same press heard by two gateways is looked for by it.
CREATE INDEX ON ingest.urgent (series_id, ts);
