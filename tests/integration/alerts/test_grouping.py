"""Alerts of one home that belong together, and what comes again soon after it had been judged."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from alerts import actions, notify, reads
from alerts.channels.email.message import subject
from alerts.escalation import escalate
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def look(world, service, intake):
    """Look at what has come in and carry out what is due."""
    plan = Plan(
        name="p", steps=(Step(tell=(Who(person="anna"),)),), last_resort=LastResort(tell=(Who(person="dora"),)),
        unanswered_after=86400, group_within=600, cool_down=3600,
    )  # fmt: skip
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", family, "", plan) for family in Family], NOW)

    def one(now):
        intake.look_urgent(now)
        intake.look_findings(now)
        escalate(service, now)
        return len(world.notifications())

    return one


def test_a_lesser_alert_of_the_same_home_has_no_message_of_its_own_until_the_first_is_over(world, look, seen_by):
    world.urgent()
    assert look(NOW) == 1
    world.finding(later(60), later(60), kind="long_absence")
    assert look(later(60)) == 1
    call, lesser = world.alerts()
    assert lesser["group_of"] == call["alert_id"]
    assert world.actions() == ["opened", "opened", "grouped"]
    with seen_by(world.anna) as view:
        assert reads.unnotified(view) == 0
        actions.take_charge(view, call["public_id"], later(90))
    assert look(later(600)) == 1
    with seen_by(world.anna) as view:
        actions.resolve(view, call["public_id"], "true", "", later(700))
    assert look(later(1000)) == 2
    assert world.notifications()[1]["alert_id"] == lesser["alert_id"]


def test_what_waited_for_its_group_keeps_quiet_at_night(world, service, look, seen_by):
    plan = Plan(
        name="q", steps=(Step(tell=(Who(person="anna"),)),), group_within=600, quiet_from="22:00", quiet_until="07:00"
    )
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", family, "", plan) for family in Family], NOW)
    evening = datetime(2026, 3, 3, 20, 50, tzinfo=UTC)  # 21:50 in Rome
    world.urgent(evening)
    assert look(evening) == 1
    world.finding(evening + timedelta(minutes=1), evening + timedelta(minutes=1), kind="long_absence", severity=0.4)
    look(evening + timedelta(minutes=9))
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], evening + timedelta(minutes=10))
        actions.resolve(view, world.alerts()[0]["public_id"], "true", "", evening + timedelta(minutes=11))
    assert look(evening + timedelta(minutes=30)) == 1
    assert look(datetime(2026, 3, 4, 5, 59, tzinfo=UTC)) == 1
    assert look(datetime(2026, 3, 4, 6, 1, tzinfo=UTC)) == 2


def test_the_message_of_the_first_names_the_group(world, look, service):
    world.finding(NOW, NOW, kind="heat", severity=0.6)
    world.finding(NOW, NOW, kind="cold", severity=0.3)
    look(NOW)
    outgoing = []
    while (claimed := notify.claim(service, NOW)) is not None:
        channel = SimpleNamespace(send=outgoing.append)
        notify.deliver(service, {"email": channel}, claimed, SimulatedClock(NOW), lambda: 0.5)
    (message,) = outgoing
    (first,) = (alert for alert in world.alerts() if alert["kind"] == "heat")
    assert (message.alert_public_id, message.kind, message.together) == (first["public_id"], "", 1)
    english = message._replace(language="en")
    assert subject(english) == "Change in wellbeing in Bobbio, and 1 more alert in the same home"


def test_safety_always_has_a_message_of_its_own(world, look):
    world.urgent()
    world.urgent(series=world.leak)
    look(NOW)
    assert sorted(row["alert_id"] for row in world.notifications()) == [row["alert_id"] for row in world.alerts()]


def test_a_graver_one_and_one_that_comes_much_later_are_told(world, look):
    world.finding(NOW, NOW, kind="heat", severity=0.3)
    look(NOW)
    world.finding(later(60), later(60), kind="long_absence", severity=0.6)
    assert look(later(60)) == 2
    world.finding(later(1200), later(1200), kind="cold", severity=0.3)
    assert look(later(1200)) == 3
    assert [alert["group_of"] for alert in world.alerts()] == [None, None, None]


@pytest.fixture
def judged(world, look, seen_by):
    """A change in wellbeing that somebody has judged."""
    world.finding(NOW, NOW, kind="heat", severity=0.4)
    look(NOW)
    with seen_by(world.anna) as view:
        actions.resolve(view, world.alerts()[0]["public_id"], "explained", "", later(100))
    return world.alerts()[0]["alert_id"]


def test_what_was_judged_does_not_come_again_within_its_time_but_is_noted(world, look, judged):
    finding = world.finding(later(200), later(200), kind="heat", severity=0.5)
    look(later(200))
    assert [alert["state"] for alert in world.alerts()] == ["resolved"]
    assert world.actions()[-1] == "again_after_outcome"
    (row,) = world.rows("SELECT alert_id FROM alerts.taken_in WHERE source_id = %s AND source = 'finding'", finding)
    assert row["alert_id"] == judged
    assert look(later(300)) == 1


@pytest.mark.parametrize(("seconds", "kind", "severity"), [(3800, "heat", 0.4), (200, "cold", 0.4), (200, "heat", 0.8)])
def test_later_or_of_another_kind_or_severe_it_opens(world, look, judged, seconds, kind, severity):
    world.finding(later(seconds), later(seconds), kind=kind, severity=severity)
    look(later(seconds))
    assert [alert["state"] for alert in world.alerts()] == ["resolved", "new"]


def test_what_was_noted_and_becomes_severe_opens_after_all(world, look, judged):
    finding = world.finding(later(200), later(200), kind="heat", severity=0.5)
    look(later(200))
    world.connection.execute(
        "UPDATE analytics.finding SET severity = 0.9, updated_at = %s WHERE finding_id = %s", (later(400), finding)
    )
    look(later(400))
    assert [alert["state"] for alert in world.alerts()] == ["resolved", "new"]
