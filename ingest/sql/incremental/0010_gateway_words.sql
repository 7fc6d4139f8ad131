-- What else a gateway says of itself: the systems to which it has no connection, how often it has told contacts itself since
-- it started, and what became of the last update of its program ('' for nothing).
ALTER TABLE ingest.gateway_status
    ADD COLUMN unreachable text[] NOT NULL DEFAULT '{}',
    ADD COLUMN told bigint NOT NULL DEFAULT 0,
    ADD COLUMN update_result text NOT NULL DEFAULT '',
    ADD COLUMN update_version text NOT NULL DEFAULT '',
    ADD COLUMN update_reason text NOT NULL DEFAULT '',
    ADD COLUMN update_at timestamptz;
ALTER TABLE ingest.gateway_transition
    ADD COLUMN unreachable text[] NOT NULL DEFAULT '{}',
    ADD COLUMN trouble text NOT NULL DEFAULT '';

-- The system by which the gateway found a device, '' where it did not say.
ALTER TABLE ingest.found_device ADD COLUMN system text NOT NULL DEFAULT '';
