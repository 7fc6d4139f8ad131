"""Escalation by policies and shifts: who is told of each step, and that nothing ends in silence."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from alerts import actions, notify
from alerts.escalation import escalate
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.shifts import repository as shifts
from alerts.shifts.calendar import Change, Rota, Shift
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
ALWAYS = tuple(range(7))


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def decide(service):
    """Put a safety policy of an organisation into force."""

    def one(organisation="bobbio", kind="", family=Family.SAFETY, now=NOW, **plan):
        with service.transaction() as connection:
            return policies.load(connection, [Wanted(organisation, family, kind, Plan(name="p", **plan))], now)

    return one


@pytest.fixture
def roster(service):
    """Put a rota into force."""

    def one(*shifts_, changes=(), organisation="bobbio"):
        rota = Rota(key="first", name="First line", timezone="Europe/Rome", shifts=shifts_, changes=changes)
        with service.transaction() as connection:
            return shifts.load(connection, [(organisation, rota)], NOW)

    return one


def duty(begins, ends, *people, weekdays=ALWAYS):
    return Shift(weekdays=weekdays, begins=time(begins), ends=time(ends), people=people)


def told(world):
    """Return who was to be told, by round and step."""
    found = {}
    for row in world.notifications():
        found.setdefault((row["round"], row["step"]), []).append(row["address"].partition("@")[0])
    return found


def settle(world):
    """Let all messages go out, so that the next telling is a message of its own."""
    world.connection.execute("UPDATE alerts.notification SET state = 'sent', sent_at = due_at WHERE state = 'due'")


def run(world, service, *seconds):
    for each in seconds:
        escalate(service, later(each))
        settle(world)


def test_steps_follow_each_other_from_the_first_line_to_the_last_resort_without_end(
    world, service, intake, decide, roster
):
    roster(duty(8, 20, "anna"))
    decide(
        steps=(
            Step(tell=(Who(shift="first"),), times=2, every=60),
            Step(tell=(Who(role="coordinator"),), after=120),
        ),
        last_resort=LastResort(tell=(Who(person="dora"), Who(person="bruno")), every=600),
        unanswered_after=180,
    )
    world.urgent()
    intake.look(NOW)
    run(world, service, 0, 60, 179, 180, 359, 360, 960, 1560)
    assert told(world) == {
        (1, 0): ["anna"], (1, 1): ["anna"], (1, 2): ["dora"], (1, 3): ["dora", "bruno"], (1, 4): ["dora", "bruno"],
        (1, 5): ["dora", "bruno"],
    }  # fmt: skip
    assert world.actions() == ["opened", "unanswered"]


def test_a_gap_in_the_shifts_passes_on_at_once_and_says_so(world, service, intake, decide, roster):
    roster(duty(20, 8, "anna"))
    decide(
        steps=(
            Step(tell=(Who(shift="first"),), times=3, every=60),
            Step(tell=(Who(role="coordinator"),), after=600),
        ),
        last_resort=LastResort(tell=(Who(person="bruno"),)),
    )
    world.urgent()
    intake.look(NOW)
    run(world, service, 0)
    assert told(world) == {(1, 3): ["dora"]}
    assert world.actions() == ["opened", "passed_on"]


def test_where_nobody_is_there_at_all_nobody_took_charge_and_the_last_resort_is_told(
    world, service, intake, decide, roster
):
    roster(duty(20, 8, "anna", "bruno", "dora"))
    decide(
        steps=(Step(tell=(Who(shift="first"),)), Step(tell=(Who(role="operator"), Who(person="nobody")), after=900)),
        last_resort=LastResort(tell=(Who(person="anna"),)),
    )
    world.urgent()
    intake.look(NOW)
    run(world, service, 0, 900)
    assert told(world) == {(1, 2): ["anna"], (1, 3): ["anna"]}
    assert world.actions() == ["opened", "passed_on", "passed_on", "unanswered"]


def test_nobody_off_shift_is_told_but_as_the_last_resort(world, service, intake, roster):
    roster(duty(20, 8, "anna"), duty(8, 20, "bruno"))
    world.urgent()
    intake.look(NOW)
    run(world, service, 0, 300, 600, 900)
    # The standard policy: those who are in no rota are told too. Nobody took charge: now everybody is.
    assert told(world) == {
        (1, 0): ["bruno", "dora"], (1, 1): ["bruno", "dora"], (1, 2): ["bruno", "dora"],
        (1, 3): ["anna", "bruno", "dora"],
    }  # fmt: skip


def test_a_swap_counts_from_the_hour_it_begins(world, service, intake, decide, roster):
    swap = Change(
        first=date(2026, 3, 3), last=date(2026, 3, 3), begins=time(14, 3), ends=time(15), off=("anna",), on=("bruno",)
    )
    roster(duty(8, 20, "anna"), changes=(swap,))
    decide(steps=(Step(tell=(Who(shift="first"),), times=2, every=60),))
    world.urgent()
    intake.look(NOW)
    run(world, service, 0, 60)
    assert told(world) == {(1, 0): ["anna"], (1, 1): ["bruno"]}


def test_the_nearest_policy_holds_and_one_for_the_kind_before_one_for_the_family(world, service, intake, decide):
    decide("union", steps=(Step(tell=(Who(person="dora"),)),))
    world.urgent()
    intake.look(NOW)
    (alert,) = world.alerts()
    assert (alert["policy"]["organisation"], alert["policy"]["version"]) == ("union", 1)
    decide("bobbio", kind="water_leak", steps=(Step(tell=(Who(person="anna"),)),))
    world.urgent(series=world.leak)
    intake.look(NOW)
    assert world.alerts()[1]["policy"]["organisation"] == "bobbio"
    # The alert that is open keeps what was decided when it opened.
    decide("union", now=later(5), steps=(Step(tell=(Who(person="carla"),)),))
    run(world, service, 0)
    assert sorted(row["address"] for row in world.notifications()) == ["anna@example.org", "dora@example.org"]


def test_loading_the_same_again_changes_nothing_and_what_is_missing_ends(world, service, decide):
    plan = {"steps": (Step(tell=(Who(person="dora"),)),)}
    assert [change.version for change in decide(**plan)] == [1]
    assert decide(**plan) == []
    assert [change.version for change in decide(now=later(60), **plan, unanswered_after=900)] == [2]
    assert [change.version for change in decide(family=Family.TECHNICAL, now=later(90), **plan)] == [0, 1]
    rows = world.rows("SELECT family, version, until FROM alerts.policy ORDER BY policy_id")
    assert [(row["family"], row["version"], row["until"]) for row in rows] == [
        ("safety", 1, later(60)), ("safety", 2, later(90)), ("technical", 1, None),
    ]  # fmt: skip


def test_quiet_hours_hold_up_later_steps_too_but_not_what_is_severe(world, service, intake, decide):
    night = datetime(2026, 3, 3, 20, 30, tzinfo=UTC)  # 21:30 in Rome
    decide(
        family=Family.WELLBEING, now=night, quiet_from="22:00", quiet_until="07:00",
        steps=(Step(tell=(Who(person="anna"),)), Step(tell=(Who(person="bruno"),), after=3600)),
    )  # fmt: skip
    world.finding(night, night)
    world.finding(night, night, kind="stillness", severity=0.9)
    intake.look(night)
    escalate(service, night)
    quiet, severe = sorted(world.alerts(), key=lambda alert: alert["severity"])
    assert severe["escalates_at"] == night + timedelta(hours=1)
    assert quiet["escalates_at"] == datetime(2026, 3, 4, 6, tzinfo=UTC)


def test_what_was_due_by_day_wakes_nobody_up_by_night(world, service, intake, decide):
    """The worker was away, or an attempt failed: it waits for the morning all the same."""
    evening, night = datetime(2026, 3, 3, 20, 30, tzinfo=UTC), datetime(2026, 3, 3, 23, tzinfo=UTC)
    morning = datetime(2026, 3, 4, 6, tzinfo=UTC)
    decide(
        family=Family.WELLBEING, now=evening, quiet_from="22:00", quiet_until="07:00",
        steps=(Step(tell=(Who(person="anna"),)), Step(tell=(Who(person="bruno"),), after=600)),
    )  # fmt: skip
    world.finding(evening, evening)
    intake.look(evening)
    escalate(service, evening)
    escalate(service, night)
    (alert,) = world.alerts()
    assert (alert["step"], alert["escalates_at"]) == (1, morning)
    (claimed, clock) = notify.claim(service, night), SimulatedClock(night)
    assert claimed is not None
    handed = []
    channel = SimpleNamespace(send=handed.append)
    assert notify.deliver(service, {claimed.channel: channel}, claimed, clock, lambda: 0.0) is notify.Result.NOT_WANTED
    (row,) = world.notifications()
    assert (row["state"], row["due_at"], handed) == ("due", morning, [])
    clock.jump(morning)
    claimed = notify.claim(service, morning)
    assert claimed is not None
    assert notify.deliver(service, {claimed.channel: channel}, claimed, clock, lambda: 0.0) is notify.Result.SENT


def test_that_nobody_came_is_written_down_by_night_too(world, service, intake, decide):
    evening = datetime(2026, 3, 3, 20, 30, tzinfo=UTC)
    decide(
        family=Family.WELLBEING, now=evening, quiet_from="22:00", quiet_until="07:00", unanswered_after=7200,
        steps=(Step(tell=(Who(person="anna"),)),),
    )  # fmt: skip
    world.finding(evening, evening)
    intake.look(evening)
    escalate(service, evening)
    escalate(service, evening + timedelta(hours=2))
    rows = world.connection.execute("SELECT at FROM alerts.history WHERE action = 'unanswered'").fetchall()
    assert [row["at"] for row in rows] == [evening + timedelta(hours=2)]


def test_the_family_is_told_where_the_policy_says_so(world, service, intake, decide):
    world.connection.execute(
        "INSERT INTO registry.contact (organisation_id, person_id, key, name, email)"
        " VALUES (%s, %s, 'figlia', 'Lucia', 'lucia@example.org')",
        (world.bobbio, world.person),
    )
    decide(steps=(Step(tell=(Who(contacts="family"),)),))
    world.urgent()
    intake.look(NOW)
    run(world, service, 0)
    assert told(world) == {(1, 0): ["lucia"]}


@pytest.mark.parametrize(
    ("shares", "withdrawn", "expected"),
    [
        ([("safety", 0, 1440)], None, True),
        ([("wellbeing", 0, 1440)], None, False),
        # From one minute past on: not in the hours.
        ([("safety", 60, 61)], None, False),
        ([("safety", 0, 1440)], NOW, False),
        ([], None, False),
    ],
)
def test_where_it_was_agreed_what_the_family_sees_nobody_else_of_it_is_told(
    world, service, intake, decide, shares, withdrawn, expected
):
    world.connection.execute(
        "INSERT INTO registry.contact (organisation_id, person_id, key, name, email)"
        " VALUES (%s, %s, 'figlia', 'Lucia', 'lucia@example.org')",
        (world.bobbio, world.person),
    )
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, withdrawn_at)"
        " VALUES (%s, %s, 'family', 'consent', %s, %s)",
        (world.bobbio, world.person, NOW - timedelta(days=1), withdrawn),
    )
    for data, start, end in shares:
        world.connection.execute(
            "INSERT INTO registry.share (organisation_id, person_id, contact_id, data, from_minute, to_minute)"
            " SELECT organisation_id, person_id, contact_id, %s, %s, %s FROM registry.contact",
            (data, start, end),
        )
    decide(steps=(Step(tell=(Who(contacts="family"),)),))
    world.urgent()
    intake.look(NOW)
    run(world, service, 0)
    assert (told(world) == {(1, 0): ["lucia"]}) is expected


def test_taking_charge_stops_it_all(world, service, intake, decide, seen_by):
    decide(steps=(Step(tell=(Who(role="operator"),), times=5, every=60),))
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], later(10))
    run(world, service, 60, 120, 900)
    assert {row["state"] for row in world.notifications()} == {"cancelled"}
    assert set(told(world)) == {(1, 0)}
