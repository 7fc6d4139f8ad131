-- Walking through a home to see every sensor answer. What answered is told by the readings that came since it began; the
-- outcome is written down when it ends.
CREATE TABLE devices.walk_test (
    walk_test_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    account_id      int REFERENCES registry.account,
    account_name    text NOT NULL,
    answered        int,
    expected        int,
    CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX ON devices.walk_test (home_id) WHERE ended_at IS NULL;
CREATE INDEX ON devices.walk_test (home_id, started_at);
