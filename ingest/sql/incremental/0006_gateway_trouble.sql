-- What keeps a gateway's store from taking all that comes ('' for nothing), and how many messages without guarantee of
-- delivery it has had no room for since it started.
ALTER TABLE ingest.gateway_status
    ADD COLUMN trouble text NOT NULL DEFAULT '',
    ADD COLUMN unheard bigint NOT NULL DEFAULT 0;
