-- announce_test --
-- Announces a test of the SOS buttons of a home, unless a call for help of it is open; no row then, nor without such a home.
SELECT written.test_alarm_id, written.home_id, written.device_id, written.quantity_id, written.started_at, written.ends_at,
    written.pressed_at, written.ended_at
FROM registry.home
CROSS JOIN LATERAL alerts.write_test(home.home_id, NULL, %(quantity_ids)s::smallint[], %(now)s, %(ends_at)s, %(by)s) AS written
WHERE home.key = %(home)s;

-- announce_test_seen --
-- Announces as the viewer that a device is about to be tried.
SELECT alerts.announce_test(%(home)s, %(device_id)s, %(quantity_ids)s::smallint[], %(seen)s, %(now)s, %(ends_at)s) AS outcome;

-- call_off_tests_seen --
-- Calls off as the viewer whatever waits in a home to be tried.
SELECT alerts.call_off_tests(%(home)s, %(now)s) AS ended;

-- seen_test_alarms --
-- The latest test of each quantity of each device of a home, as far as the viewer may see it.
SELECT DISTINCT ON (device_id, quantity_id) test_alarm_id, home_id, device_id, quantity_id, started_at, ends_at, pressed_at, ended_at
FROM alerts.test_alarm
WHERE organisation_id IN (SELECT registry.viewer_organisations()) AND home_id = %(home_id)s
ORDER BY device_id, quantity_id, test_alarm_id DESC;

-- test_alarm --
-- How a test alarm stands.
SELECT test_alarm_id, home_id, device_id, quantity_id, started_at, ends_at, pressed_at, ended_at
FROM alerts.test_alarm WHERE test_alarm_id = %(test_alarm_id)s;

-- take_test_press --
-- Notes a call as the announced test of its device, if it is the first in its time and no call for help of the home is open;
-- rows then. Of an alarm that sounds on (`lasting`) all that it says until it is over is the first.
UPDATE alerts.test_alarm SET pressed_at = coalesce(pressed_at, %(at)s), urgent_id = coalesce(urgent_id, %(urgent_id)s)
WHERE test_alarm_id IN (
    SELECT test_alarm_id FROM alerts.test_alarm JOIN devices.series ON series_id = %(series_id)s
    WHERE test_alarm.home_id = %(home_id)s AND test_alarm.quantity_id = %(quantity_id)s
        AND coalesce(test_alarm.device_id = series.device_id, true)
        AND (pressed_at IS NULL OR (%(lasting)s AND cleared_at IS NULL))
        AND started_at <= %(at)s AND started_at <= %(received_at)s
        AND coalesce(ended_at, ends_at) > %(at)s AND coalesce(ended_at, ends_at) > %(received_at)s
    FOR UPDATE OF test_alarm
) AND NOT EXISTS (
    SELECT FROM alerts.alert WHERE alert.home_id = %(home_id)s AND family = 'safety' AND state <> 'resolved'
)
RETURNING test_alarm_id;

-- clear_test --
-- Notes that the alarm is over which a device gave because it was tried.
UPDATE alerts.test_alarm SET cleared_at = %(at)s
FROM devices.series
WHERE series_id = %(series_id)s AND test_alarm.home_id = %(home_id)s AND test_alarm.quantity_id = %(quantity_id)s
    AND coalesce(test_alarm.device_id = series.device_id, true) AND pressed_at < %(at)s AND cleared_at IS NULL;
