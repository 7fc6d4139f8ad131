"""Readings and findings become alerts, each exactly once."""

import threading
from datetime import UTC, datetime, timedelta

from alerts import actions
from alerts.escalation import escalate
from alerts.intake import Intake
from alerts.policy import Rules

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def test_an_sos_opens_a_safety_alert_with_its_policy(world, intake):
    world.urgent()
    intake.look(NOW)
    (alert,) = world.alerts()
    assert (alert["family"], alert["kind"], alert["state"]) == ("safety", "sos_button", "new")
    assert alert["explanation_en"] == "SOS button pressed at 14:02"
    assert alert["explanation_it"] == "Pulsante SOS premuto alle 14:02"
    assert alert["person_id"] == world.person
    assert alert["escalates_at"] == NOW
    assert alert["policy"]["plan"]["steps"][0]["times"] == 3
    assert world.actions() == ["opened"]


def test_looking_again_takes_nothing_twice(world, intake):
    world.urgent()
    for _ in range(3):
        intake.look(NOW, sweep=True)
    assert [alert["times"] for alert in world.alerts()] == [1]


def test_two_workers_at_once_take_each_reading_once(world, service):
    count = 40
    for number in range(count):
        world.urgent(NOW + timedelta(seconds=number), series=world.sos if number % 2 else world.leak)
    workers = [Intake(service, Rules(), timedelta(hours=24)) for _ in range(2)]
    start = threading.Barrier(2)

    def work(worker):
        start.wait()
        worker.look(NOW + timedelta(minutes=5))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(alert["times"] for alert in world.alerts()) == [count // 2, count // 2]
    assert world.actions().count("opened") == 2
    assert world.actions().count("joined") == count - 2
    (taken,) = world.rows("SELECT count(*) AS n, count(alert_id) AS with_alert FROM alerts.taken_in")
    assert (taken["n"], taken["with_alert"]) == (count, count)


def test_a_second_call_joins_the_open_alert(world, intake):
    world.urgent()
    intake.look(NOW)
    world.urgent(NOW + timedelta(minutes=1))
    intake.look(NOW + timedelta(minutes=1))
    (alert,) = world.alerts()
    assert alert["times"] == 2
    assert world.actions() == ["opened", "joined"]


def test_a_call_after_the_last_step_lets_people_be_told_again(world, intake):
    world.urgent()
    intake.look(NOW)
    world.connection.execute("UPDATE alerts.alert SET step = 4")
    later = NOW + timedelta(hours=1)
    world.urgent(later)
    intake.look(later)
    (alert,) = world.alerts()
    assert (alert["round"], alert["step"], alert["escalates_at"]) == (2, 0, later)


def test_a_late_safety_reading_opens_an_alert_with_its_age(world, intake):
    world.urgent(NOW, received_at=NOW + timedelta(hours=3))
    intake.look(NOW + timedelta(hours=3))
    (alert,) = world.alerts()
    assert alert["explanation_en"] == "SOS button pressed at 14:02 (received 3 hours later)"
    assert alert["explanation_it"] == "Pulsante SOS premuto alle 14:02 (ricevuto 3 ore dopo)"


def test_a_safety_reading_of_last_week_opens_an_alert(world, intake):
    intake.look(NOW)
    world.urgent(NOW - timedelta(days=7), received_at=NOW)
    intake.look(NOW)
    (alert,) = world.alerts()
    assert "received 7 days later" in alert["explanation_en"]


def test_the_end_of_a_cause_is_noted_and_closes_nothing(world, intake):
    world.urgent(series=world.leak)
    intake.look(NOW)
    world.urgent(NOW + timedelta(minutes=1), series=world.leak, value=0.0)
    intake.look(NOW + timedelta(minutes=1))
    (alert,) = world.alerts()
    assert (alert["state"], alert["times"]) == ("new", 1)
    assert world.actions() == ["opened", "cleared"]


def test_the_end_of_nothing_opens_nothing(world, intake):
    world.urgent(value=0.0)
    intake.look(NOW)
    assert world.alerts() == []


def test_a_finding_of_last_night_opens_an_alert(world, intake):
    world.finding(NOW - timedelta(hours=5), NOW)
    intake.look(NOW)
    (alert,) = world.alerts()
    assert (alert["family"], alert["kind"], alert["person_id"]) == ("wellbeing", "night_bathroom_visits", world.person)
    assert alert["coverage"] > 0.89
    assert alert["evidence"]["value"] == 4


def test_a_finding_that_is_told_again_while_it_lasts_opens_one_alert(world, intake):
    finding = world.finding(NOW, NOW, kind="flood", family="technical", severity=0.3)
    intake.look(NOW)
    for minutes in (5, 10):
        later = NOW + timedelta(minutes=minutes)
        world.connection.execute(
            "UPDATE analytics.finding SET ended_at = %s, updated_at = %s WHERE finding_id = %s", (later, later, finding)
        )
        intake.look(later)
    (alert,) = world.alerts()
    assert (alert["family"], alert["kind"], alert["times"]) == ("technical", "flood", 1)
    assert world.actions() == ["opened"]


def test_a_finding_whose_moment_has_passed_is_only_recorded(world, intake):
    ended = NOW - timedelta(hours=25)
    finding = world.finding(ended, NOW)
    intake.look(NOW)
    assert world.alerts() == []
    (taken,) = world.rows("SELECT * FROM alerts.taken_in")
    assert (taken["source_id"], taken["alert_id"], taken["would_have_been_at"]) == (finding, None, ended)


def test_a_withdrawn_finding_is_said_once_in_its_alert(world, intake):
    finding = world.finding(NOW - timedelta(hours=5), NOW)
    intake.look(NOW)
    later = NOW + timedelta(hours=1)
    world.connection.execute(
        "UPDATE analytics.finding SET withdrawn_at = %s, updated_at = %s WHERE finding_id = %s", (later, later, finding)
    )
    for _ in range(2):
        intake.look(later)
    assert world.actions() == ["opened", "withdrawn"]
    assert [alert["state"] for alert in world.alerts()] == ["new"]


def test_a_finding_withdrawn_before_anybody_saw_it_opens_nothing(world, intake):
    world.finding(NOW - timedelta(hours=5), NOW)
    world.connection.execute("UPDATE analytics.finding SET withdrawn_at = updated_at")
    intake.look(NOW)
    assert world.alerts() == []


def test_one_row_that_cannot_be_taken_in_holds_up_no_other_and_is_tried_again(world, intake):
    world.connection.execute("UPDATE registry.home SET timezone = 'Nowhere/Here'")
    bad = world.urgent()
    world.connection.execute("UPDATE devices.series SET quantity_id = 9999 WHERE series_id = %s", (world.leak,))
    world.urgent(series=world.leak)
    assert intake.look(NOW).troubled == 2
    assert intake.look(NOW + timedelta(seconds=4)).taken == 0
    world.connection.execute("UPDATE registry.home SET timezone = 'Europe/Rome'")
    later = NOW + timedelta(hours=5)
    world.urgent(later)
    assert intake.look(later).troubled == 1
    (alert,) = world.alerts()
    assert alert["times"] == 2
    assert alert["evidence"]["happened_at"] == NOW.isoformat()
    taken = [row["source_id"] for row in world.rows("SELECT source_id FROM alerts.taken_in ORDER BY source_id")]
    assert taken == [bad, bad + 2]


def test_a_clock_that_runs_ahead_hides_nothing(world, intake):
    world.urgent(NOW, received_at=NOW + timedelta(days=2))
    intake.look(NOW)
    world.urgent(NOW + timedelta(minutes=1), series=world.leak)
    intake.look(NOW + timedelta(minutes=1))
    assert len(world.alerts()) == 2


def test_a_clock_that_had_run_ahead_hides_nothing_when_it_comes_back(world, intake):
    ahead = NOW + timedelta(days=400)
    world.urgent(NOW, received_at=ahead)
    world.finding(ahead, ahead)
    intake.look(ahead)
    world.urgent(NOW + timedelta(minutes=1), series=world.leak)
    world.finding(NOW, NOW, kind="longest_stillness")
    intake.look(NOW + timedelta(minutes=1))
    assert len(world.alerts()) == 4
    (progress,) = world.rows("SELECT looked_until FROM alerts.progress")
    assert progress["looked_until"] == NOW + timedelta(minutes=1)


def test_a_call_from_long_ago_by_its_time_is_not_overlooked(world, intake):
    world.urgent(NOW)
    intake.look(NOW)
    past = datetime(1990, 1, 1, tzinfo=UTC)
    world.urgent(past, series=world.leak, received_at=past)
    assert intake.look(NOW).taken == 1


def test_what_fails_while_the_clock_runs_ahead_does_not_wait_for_that_time(world, intake):
    world.connection.execute("UPDATE registry.home SET timezone = 'Nowhere/Here'")
    world.urgent()
    assert intake.look(NOW + timedelta(days=400)).troubled == 1
    world.connection.execute("UPDATE registry.home SET timezone = 'Europe/Rome'")
    assert intake.look(NOW).taken == 1


def test_a_row_that_becomes_visible_late_is_found_at_once_or_by_the_sweep(world, intake):
    numbered = (
        "INSERT INTO ingest.urgent (urgent_id, series_id, home_id, quantity_id, ts, value, received_at)"
        " OVERRIDING SYSTEM VALUE SELECT %s, series_id, home_id, quantity_id, %s, 1, %s FROM devices.series"
        " WHERE series_id = %s"
    )
    world.connection.execute(numbered, (5000, NOW, NOW, world.sos))
    intake.look(NOW)
    for number in (4900, 100):
        world.connection.execute(numbered, (number, at(-number), NOW, world.sos))
    assert intake.look(NOW).taken == 1
    assert intake.look(NOW, sweep=True).taken == 1


def test_a_call_of_a_device_that_is_not_registered_opens_an_alert(world, intake):
    world.unregistered_call()
    world.unregistered_call(NOW + timedelta(seconds=1))
    intake.look(NOW)
    (alert,) = world.alerts()
    assert (alert["kind"], alert["times"], alert["evidence"]["series_id"]) == ("sos_button", 2, None)


def test_a_call_while_somebody_is_in_charge_calls_everybody_again(world, intake, service, seen_by):
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    (alert,) = world.alerts()
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert["public_id"], NOW)
    later = NOW + timedelta(minutes=20)
    world.urgent(later)
    intake.look(later)
    (alert,) = world.alerts()
    assert (alert["state"], alert["times"], alert["round"], alert["step"]) == ("new", 2, 2, 0)
    assert (alert["taken_by"], alert["taken_by_name"], alert["escalates_at"]) == (None, "", later)
    assert world.actions() == ["opened", "taken", "joined", "called_again"]
    (said,) = world.rows("SELECT * FROM alerts.history WHERE action = 'called_again'")
    assert (said["from_state"], said["to_state"], said["account_name"]) == ("in_charge", "new", "Anna")
    assert escalate(service, later) == 1
    assert {row["address"] for row in world.notifications() if row["state"] == "due"} == {
        "anna@example.org", "bruno@example.org", "dora@example.org",
    }  # fmt: skip


def test_a_finding_that_joins_leaves_the_alert_in_charge(world, intake, seen_by):
    world.finding(NOW, NOW)
    intake.look(NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], NOW)
    world.finding(NOW + timedelta(minutes=1), NOW + timedelta(minutes=1))
    intake.look(NOW + timedelta(minutes=1))
    assert world.alerts()[0]["state"] == "in_charge"


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def test_only_the_sensor_that_raised_it_says_that_it_is_over(world, intake):
    other = world.second_sensor()
    world.urgent(at(0), series=world.leak)
    world.urgent(at(1), series=other, value=0.0)
    intake.look(at(1))
    assert world.actions() == ["opened"]


def test_an_older_reading_does_not_say_that_it_is_over(world, intake):
    world.urgent(at(0), series=world.leak)
    world.urgent(at(5), series=world.leak)
    world.urgent(at(3), series=world.leak, value=0.0)
    world.urgent(at(5), series=world.leak, value=0.0)
    intake.look(at(6))
    assert world.actions() == ["opened", "joined"]


def test_with_several_sensors_it_is_over_once_all_say_so(world, intake):
    other = world.second_sensor()
    world.urgent(at(0), series=world.leak)
    world.urgent(at(1), series=other)
    world.urgent(at(2), series=world.leak, value=0.0)
    intake.look(at(2))
    assert world.actions() == ["opened", "joined"]
    world.urgent(at(3), series=other, value=0.0)
    world.urgent(at(4), series=other, value=0.0)
    intake.look(at(4))
    assert world.actions() == ["opened", "joined", "cleared"]
    world.urgent(at(5), series=other)
    world.urgent(at(6), series=other, value=0.0)
    intake.look(at(6))
    assert world.actions() == ["opened", "joined", "cleared", "joined", "cleared"]


def test_a_call_of_a_device_that_is_not_registered_says_so_and_joins_no_call_of_the_home(world, intake):
    world.urgent(at(0))
    world.unregistered_call(at(1))
    world.urgent(at(2), series=world.said_by_button("sos_cancelled", 26))
    intake.look(at(2))
    own, strange = world.alerts()
    assert (own["times"], own["person_id"], own["unregistered"]) == (1, world.person, False)
    assert (strange["times"], strange["person_id"], strange["unregistered"]) == (1, None, True)
    assert strange["explanation_it"] == (
        "Pulsante SOS premuto alle 14:03. Il dispositivo a4c138000001 non è registrato. "
        "Lo ha sentito il gateway gw-h1 di questa abitazione, ma può essere di qualcuno nelle vicinanze"
    )
    # Whoever withdrew a call withdrew their own.
    assert ["cancelled_at" in alert["evidence"] for alert in (own, strange)] == [True, False]


def test_what_a_device_that_is_not_registered_raised_is_never_called_over(world, intake):
    world.urgent(at(0))
    world.unregistered_call(at(1))
    world.urgent(at(2), value=0.0)
    intake.look(at(2))
    own, _ = world.alerts()
    assert world.rows("SELECT alert_id FROM alerts.history WHERE action = 'cleared'") == [{"alert_id": own["alert_id"]}]


def test_what_was_raised_by_a_series_that_nobody_knows_is_never_called_over(world, intake):
    world.urgent(at(0))
    world.call_without_series(at(1))
    world.urgent(at(2), value=0.0)
    intake.look(at(2))
    assert [alert["times"] for alert in world.alerts()] == [2]
    assert "cleared" not in world.actions()


def test_a_cancellation_at_the_button_marks_the_open_alert_and_closes_nothing(world, intake, service):
    world.urgent(at(0))
    world.urgent(at(2), series=world.said_by_button("sos_cancelled", 26))
    intake.look(at(2))
    (alert,) = world.alerts()
    assert (alert["state"], alert["times"], alert["escalates_at"]) == ("new", 1, at(2))
    assert datetime.fromisoformat(alert["evidence"]["cancelled_at"]) == at(2)
    assert world.actions() == ["opened", "cancelled"]
    # People are called all the same.
    assert escalate(service, at(2)) == 1


def test_a_call_after_a_cancellation_is_no_cancelled_one(world, intake):
    world.urgent(at(0))
    world.urgent(at(2), series=world.said_by_button("sos_cancelled", 26))
    world.urgent(at(3))
    intake.look(at(3))
    (alert,) = world.alerts()
    assert "cancelled_at" not in alert["evidence"]
    assert world.actions() == ["opened", "cancelled", "joined"]


def test_a_cancellation_of_nothing_and_one_of_smoke_do_nothing(world, intake):
    cancels = world.said_by_button("sos_cancelled", 26)
    world.urgent(at(0), series=cancels)
    world.urgent(at(1), series=world.leak)
    world.urgent(at(2), series=cancels)
    intake.look(at(2))
    assert world.actions() == ["opened"]
    assert [alert["kind"] for alert in world.alerts()] == ["water_leak"]


def test_whom_a_gateway_has_told_is_noted_on_the_calls_that_are_open(world, intake):
    world.urgent(at(0))
    world.urgent(at(1), series=world.leak)
    told = world.said_by_button("contact_told", 27)
    world.urgent(at(2), series=told, value=1.0)
    world.urgent(at(3), series=told, value=2.0, received_at=at(60))
    intake.look(at(60))
    assert len(world.alerts()) == 2
    said = world.rows("SELECT alert_id, detail FROM alerts.history WHERE action = 'contact_told' ORDER BY history_id")
    assert sorted(row["detail"]["contact"] for row in said) == [1, 1, 2, 2]
    assert {row["detail"]["happened_at"] for row in said} == {at(2).isoformat(), at(3).isoformat()}


MINUTE = timedelta(minutes=1)


def test_a_technical_alert_that_nobody_has_taken_closes_by_itself_when_it_is_over(world, intake, service):
    silence = world.silence(NOW - 5 * MINUTE)
    intake.look(NOW)
    while escalate(service, NOW + timedelta(days=1)):
        pass
    assert "due" in {row["state"] for row in world.notifications()}
    world.restate(silence, NOW + MINUTE, until=NOW, said="The gateway was silent for five minutes")
    intake.look(NOW + 2 * MINUTE)
    (alert,) = world.alerts()
    assert (alert["state"], alert["outcome"], alert["escalates_at"]) == ("resolved", "over", None)
    assert alert["explanation_en"] == "The gateway was silent for five minutes"
    assert world.actions()[-1] == "over"
    assert {row["state"] for row in world.notifications()} == {"cancelled"}
    intake.look(NOW + 3 * MINUTE)
    assert world.actions().count("over") == 1


def test_whoever_has_it_in_charge_is_told_and_closes_it(world, intake, seen_by):
    silence = world.silence(NOW - 5 * MINUTE)
    intake.look(NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], NOW)
    world.restate(silence, NOW + MINUTE, until=NOW)
    intake.look(NOW + 2 * MINUTE)
    assert [row["state"] for row in world.alerts()] == ["in_charge"]
    assert world.actions() == ["opened", "taken", "cleared"]


def test_it_closes_when_all_that_it_tells_of_is_over_or_was_withdrawn(world, intake):
    first, second = world.silence(NOW - 5 * MINUTE), world.silence(NOW - 4 * MINUTE)
    intake.look(NOW)
    world.restate(first, NOW + MINUTE, until=NOW)
    intake.look(NOW + 2 * MINUTE)
    assert [row["state"] for row in world.alerts()] == ["new"]
    world.connection.execute(
        "UPDATE analytics.finding SET withdrawn_at = %s, updated_at = %s WHERE finding_id = %s",
        (NOW + 3 * MINUTE, NOW + 3 * MINUTE, second),
    )
    intake.look(NOW + 4 * MINUTE)
    assert [row["state"] for row in world.alerts()] == ["resolved"]
    assert world.actions() == ["opened", "joined", "withdrawn", "over"]


def test_what_was_over_too_soon_calls_again(world, intake):
    silence = world.silence(NOW - 5 * MINUTE, until=NOW - 6 * MINUTE)
    intake.look(NOW)
    assert [row["state"] for row in world.alerts()] == ["resolved"]
    world.restate(silence, NOW + MINUTE)
    intake.look(NOW + 2 * MINUTE)
    assert [row["state"] for row in world.alerts()] == ["resolved", "new"]


def test_wellbeing_never_closes_by_itself(world, intake):
    finding = world.finding(NOW - timedelta(hours=1), NOW - 5 * MINUTE)
    intake.look(NOW)
    world.restate(finding, NOW + MINUTE, until=NOW, said="6 visits to the bathroom; usually 1")
    intake.look(NOW + 2 * MINUTE)
    (alert,) = world.alerts()
    assert (alert["state"], alert["explanation_en"]) == ("new", "6 visits to the bathroom; usually 1")
    assert world.actions() == ["opened"]


def test_an_alert_says_what_is_known_by_now_and_of_several_findings_the_latest(world, intake):
    first = world.finding(NOW - timedelta(hours=1), NOW - 5 * MINUTE)
    intake.look(NOW)
    second = world.finding(NOW, NOW + MINUTE)
    world.restate(second, NOW + MINUTE, said="The next night, too")
    intake.look(NOW + 2 * MINUTE)
    world.restate(first, NOW + 3 * MINUTE, said="Of the first night")
    intake.look(NOW + 4 * MINUTE)
    (alert,) = world.alerts()
    assert (alert["times"], alert["explanation_en"]) == (2, "The next night, too")
