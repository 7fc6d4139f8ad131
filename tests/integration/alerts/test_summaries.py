"""Several alerts in one message: the morning round, what is more than a day's budget, and a change of shift."""

from datetime import UTC, datetime, time, timedelta

import pytest

from alerts import actions, notify, reads
from alerts.channels.transport import TransportError
from alerts.escalation import escalate
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.shifts import repository as shifts
from alerts.shifts.calendar import Rota, Shift
from alerts.shifts.handing_over import hand_over_shifts
from alerts.summaries.about import Purpose
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
KINDS = ("night_bathroom_visits", "heat", "cold", "long_absence", "visit_missed")


class Channel:
    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)


def deliver(service, now):
    channel, clock = Channel(), SimulatedClock(now)
    while (claimed := notify.claim(service, now)) is not None:
        notify.deliver(service, {"email": channel}, claimed, clock, lambda: 0.5)
    return channel.sent


def kinds(world, messages):
    """Return of what alerts the messages are: by mail they do not say it themselves."""
    known = {alert["public_id"]: alert["kind"] for alert in world.alerts()}
    return [known[message.alert_public_id] for message in messages]


def load(service, family, **more):
    plan = Plan(name="p", steps=(Step(tell=(Who(person="anna"),)),), **more)
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", family, "", plan)], NOW)


def test_technical_alerts_are_one_message_in_the_morning(world, service, intake):
    for number, kind in enumerate(("gateway_silence", "device_silence", "weak_link")):
        at = NOW + timedelta(minutes=number)
        world.finding(at, at, kind=kind, family="technical", severity=0.3 + number / 10)
    intake.look_findings(NOW + timedelta(minutes=5))
    morning = datetime(2026, 3, 4, 7, tzinfo=UTC)
    assert escalate(service, morning) == 3
    assert deliver(service, morning) == []
    sent = {message.address: message for message in deliver(service, morning + timedelta(minutes=1))}
    assert set(sent) == {"anna@example.org", "bruno@example.org", "dora@example.org"}
    message = sent["anna@example.org"]
    assert message.purpose is Purpose.MORNING_ROUND
    assert [(each.kind, each.alerts) for each in message.about] == [
        ("weak_link", 1), ("device_silence", 1), ("gateway_silence", 1),
    ]  # fmt: skip
    assert deliver(service, morning + timedelta(minutes=30)) == []


def test_what_is_over_by_then_is_not_in_the_round_and_an_empty_round_is_not_sent(world, service, intake, seen_by):
    for kind in ("gateway_silence", "weak_link"):
        world.finding(NOW, NOW, kind=kind, family="technical")
    intake.look_findings(NOW)
    morning = datetime(2026, 3, 4, 7, tzinfo=UTC)
    escalate(service, morning)
    first, second = (alert["public_id"] for alert in world.alerts())
    with seen_by(world.anna) as view:
        actions.take_charge(view, first, morning)
    with service.transaction() as connection:
        (row,) = connection.execute("SELECT count(*) AS rows FROM alerts.notification WHERE state = 'due'").fetchall()
    assert row["rows"] == 3
    with seen_by(world.anna) as view:
        actions.resolve(view, second, "explained", "", morning)
    assert deliver(service, morning + timedelta(minutes=1)) == []
    assert {row["state"] for row in world.notifications()} == {"cancelled"}


@pytest.mark.parametrize("permanent", [False, True])
def test_a_round_whose_last_alert_is_taken_is_not_tried_again(world, service, intake, seen_by, permanent):
    world.finding(NOW, NOW, kind="weak_link", family="technical")
    intake.look_findings(NOW)
    morning = datetime(2026, 3, 4, 7, tzinfo=UTC)
    escalate(service, morning)
    (alert,) = world.alerts()
    world.connection.execute(
        'UPDATE alerts.notification SET others = \'[{"channel": "sms", "address": "+393331234567"}]\''
    )
    now = morning + timedelta(minutes=1)

    class Refusing:
        def send(self, message):
            # Where it is final, the next way is due by the time that somebody takes the alert.
            if not permanent:
                take()
            raise TransportError("no answer", permanent=permanent, uncertain=not permanent)

    def take():
        with seen_by(world.anna) as view:
            actions.take_charge(view, alert["public_id"], now)

    claimed = notify.claim(service, now)
    notify.deliver(service, {"email": Refusing()}, claimed, SimulatedClock(now), lambda: 0.5)
    if permanent:
        take()
    assert {row["state"] for row in world.notifications()} <= {"cancelled", "failed"}


@pytest.fixture
def budgeted(world, service, intake):
    """Five changes in wellbeing on one day, of which anna is told two by themselves; one more is severe."""
    load(service, Family.WELLBEING, budget=2)
    for number, kind in enumerate(KINDS):
        at = NOW + timedelta(minutes=number)
        world.finding(at, at, kind=kind, severity=0.2 + number / 10)
        intake.look_findings(at)
        escalate(service, at)
    return NOW + timedelta(minutes=10)


def test_what_is_more_than_the_budget_is_marked_and_in_one_summary_ranked(world, service, budgeted, seen_by):
    assert len(deliver(service, budgeted)) == 2
    with seen_by(world.anna) as view:
        found = reads.open_alerts(view)
        assert {alert.kind for alert in found if alert.overflow} == set(KINDS[2:])
        assert reads.unnotified(view) == 0
    (message,) = deliver(service, datetime(2026, 3, 3, 16, tzinfo=UTC))
    assert message.purpose is Purpose.OVERFLOW
    assert [each.kind for each in message.about] == ["visit_missed", "long_absence", "cold"]
    assert world.actions().count("overflow") == 3


def test_severe_wellbeing_and_safety_know_no_budget(world, service, intake, budgeted):
    deliver(service, budgeted)
    world.finding(budgeted, budgeted, kind="stillness", severity=0.9)
    world.urgent(budgeted)
    intake.look_urgent(budgeted)
    intake.look_findings(budgeted)
    escalate(service, budgeted)
    assert set(kinds(world, deliver(service, budgeted))) == {"sos_button", "stillness"}


def test_a_new_day_has_a_new_budget_and_another_person_one_of_their_own(world, service, intake, budgeted):
    deliver(service, budgeted)
    tomorrow = NOW + timedelta(days=1)
    world.finding(tomorrow, tomorrow, kind="night_absence")
    intake.look_findings(tomorrow)
    escalate(service, tomorrow)
    calls = [message for message in deliver(service, tomorrow) if message.purpose is Purpose.CALL]
    assert kinds(world, calls) == ["night_absence"]


def rota(service, now):
    calendar = Rota(
        key="first", name="First line", timezone="Europe/Rome",
        shifts=(
            Shift(weekdays=tuple(range(7)), begins=time(8), ends=time(15), people=("anna",)),
            Shift(weekdays=tuple(range(7)), begins=time(15), ends=time(8), people=("bruno",)),
        ),
    )  # fmt: skip
    with service.transaction() as connection:
        shifts.load(connection, [("bobbio", calendar)], now)


def test_who_comes_on_is_told_what_is_open_and_who_has_it(world, service, intake, seen_by):
    rota(service, NOW)
    world.urgent()
    world.finding(NOW, NOW)
    intake.look_urgent(NOW)
    intake.look_findings(NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], NOW)
    change = datetime(2026, 3, 3, 14, tzinfo=UTC)  # 15:00 in Rome
    assert hand_over_shifts(service, change - timedelta(seconds=40)) == 0
    # Nothing is written as long as the same people are on duty.
    noted = world.rows("SELECT handed_over_until, xmin FROM alerts.rota")
    assert hand_over_shifts(service, change - timedelta(seconds=20)) == 0
    assert world.rows("SELECT handed_over_until, xmin FROM alerts.rota") == noted
    assert hand_over_shifts(service, change) == 1
    assert hand_over_shifts(service, change + timedelta(seconds=1)) == 0
    assert hand_over_shifts(service, change + timedelta(seconds=20)) == 0
    (message,) = [
        each for each in deliver(service, change + timedelta(seconds=20)) if each.purpose is Purpose.HAND_OVER
    ]
    assert message.address == "bruno@example.org"
    assert [(each.kind, each.state, each.taken_by_name) for each in message.about] == [
        ("sos_button", "in_charge", "Anna"), ("night_bathroom_visits", "new", ""),
    ]  # fmt: skip


def test_who_comes_on_and_is_reached_by_nothing_is_not_counted(world, service, intake):
    rota(service, NOW)
    world.connection.execute("UPDATE registry.account SET email = '' WHERE login = 'bruno'")
    world.urgent()
    intake.look_urgent(NOW)
    change = datetime(2026, 3, 3, 14, tzinfo=UTC)
    hand_over_shifts(service, change - timedelta(minutes=1))
    assert hand_over_shifts(service, change) == 0
    assert world.notifications() == []


def test_where_nothing_is_open_nobody_is_told_of_a_change_of_shift(world, service):
    rota(service, NOW)
    change = datetime(2026, 3, 3, 14, tzinfo=UTC)
    hand_over_shifts(service, change - timedelta(minutes=1))
    assert hand_over_shifts(service, change) == 0
    assert world.notifications() == []


def test_the_last_resort_of_wellbeing_is_told_too(world, service, intake):
    load(service, Family.WELLBEING, unanswered_after=600, last_resort=LastResort(tell=(Who(person="dora"),)))
    world.finding(NOW, NOW)
    intake.look_findings(NOW)
    escalate(service, NOW)
    escalate(service, NOW + timedelta(seconds=600))
    assert [message.address for message in deliver(service, NOW + timedelta(seconds=600))] == [
        "anna@example.org", "dora@example.org",
    ]  # fmt: skip
    assert world.alerts()[0]["escalates_at"] is None


def test_a_mailbox_that_two_persons_share_gets_one_summary(world, service, intake):
    world.connection.execute(
        "UPDATE registry.account SET email = 'office@example.org' WHERE login IN ('anna', 'bruno')"
    )
    for kind in ("gateway_silence", "weak_link"):
        world.finding(NOW, NOW, kind=kind, family="technical")
    intake.look_findings(NOW)
    morning = datetime(2026, 3, 4, 7, tzinfo=UTC)
    escalate(service, morning)
    sent = deliver(service, morning + timedelta(minutes=1))
    assert sorted(message.address for message in sent) == ["dora@example.org", "office@example.org"]
    (office,) = [message for message in sent if message.address == "office@example.org"]
    assert sum(each.alerts for each in office.about) == 2
    assert deliver(service, morning + timedelta(minutes=30)) == []
