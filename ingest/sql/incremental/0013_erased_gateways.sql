-- Gateways whose home was erased, by a digest of their key that is salted anew each time. What still comes of them (the broker kept it
-- for ingest, or it is one that lets in whoever comes) is not even kept among the rejects.
CREATE TABLE ingest.erased_gateway (
    salt            bytea PRIMARY KEY,
    digest          bytea NOT NULL,
    erased_at       timestamptz NOT NULL
);
