-- A test is announced for one quantity of one device (of any device of the home where there is none), and may be called off.
-- Of each there is one at most that waits for its press: a second announcement makes the first one last longer.
ALTER TABLE alerts.test_alarm
    ADD COLUMN device_id int,
    ADD COLUMN quantity_id smallint NOT NULL DEFAULT 20,
    ADD COLUMN ended_at timestamptz,
    ADD COLUMN cleared_at timestamptz;
-- All that was announced so far was the press of an SOS button. What still waits of it is called off: a press is a call then.
ALTER TABLE alerts.test_alarm ALTER COLUMN quantity_id DROP DEFAULT;
UPDATE alerts.test_alarm SET ended_at = started_at WHERE pressed_at IS NULL;
CREATE UNIQUE INDEX test_alarm_waits ON alerts.test_alarm (home_id, quantity_id, coalesce(device_id, 0))
    WHERE pressed_at IS NULL AND ended_at IS NULL;
