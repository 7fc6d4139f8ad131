-- Test alarms that were announced: somebody has asked a home to press its SOS button now. The first press in that time
-- opens no alert and is noted here.
CREATE TABLE alerts.test_alarm (
    test_alarm_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL,
    home_id         int NOT NULL,
    started_at      timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    started_by_name text NOT NULL DEFAULT '',
    pressed_at      timestamptz,
    urgent_id       bigint,
    FOREIGN KEY (home_id, organisation_id) REFERENCES registry.home (home_id, organisation_id) ON UPDATE CASCADE,
    CHECK (ends_at > started_at),
    CHECK ((pressed_at IS NULL) = (urgent_id IS NULL))
);
CREATE INDEX ON alerts.test_alarm (home_id, started_at);
