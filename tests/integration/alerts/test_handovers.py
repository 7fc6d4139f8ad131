"""A task for an association: what its members see, what they do, and what comes back."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts import actions, notify, reads
from alerts.channels.levels import Level
from alerts.channels.transport import NOBODY
from alerts.errors import AlertNotFoundError
from alerts.escalation import escalate
from alerts.handovers import tasks
from alerts.handovers.tasks import GoneError, TaskOutcome
from alerts.lifecycle import Family, Outcome
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.replies.answers import Answer, Standing, answer, look
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def offered(world, service, intake):
    """A call for help that was handed to the volunteers, of whom vera and vito are members."""
    association = world._make("registry.organisation", key="avs", name="Volontari", kind="association")
    world.vera, world.vito = (world.account(name, association, "operator") for name in ("vera", "vito"))
    world.connection.execute("UPDATE registry.home SET address = 'Via Roma 1', access_notes = 'key next door'")
    plan = Plan(
        name="p", steps=(Step(tell=(Who(association="avs"),)),), last_resort=LastResort(tell=(Who(person="dora"),))
    )
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", family, "", plan) for family in Family], NOW)
    world.urgent()
    intake.look_urgent(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


def only_task(seen_by, account):
    with seen_by(account) as view:
        (found,) = tasks.tasks(view)
    return found


def test_the_members_are_told_and_see_the_task_and_nothing_of_the_alert(world, offered, seen_by):
    assert {row["address"] for row in world.notifications()} == {"vera@example.org", "vito@example.org"}
    task = only_task(seen_by, world.vera)
    assert (task.state, task.municipality, task.address) == ("offered", "Bobbio", "")
    assert task.text("en") == "Go there or call: SOS button pressed."
    with seen_by(world.vera) as view:
        assert reads.alert(view, offered) is None
        assert reads.open_alerts(view) == []
        assert tasks.task_of_alert(view, offered) == task
        for table in ("alerts.alert", "alerts.history", "alerts.notification", "registry.home", "registry.person"):
            (row,) = view.connection.execute(f"SELECT count(*) AS rows FROM {table}").fetchall()  # noqa: S608 - our names
            assert row["rows"] == 0, table
        with pytest.raises(AlertNotFoundError):
            actions.take_charge(view, offered, later(5))
    assert world.actions() == ["opened", "handed_over"]


def test_nobody_of_another_organisation_sees_it(world, offered, seen_by):
    for account in (world.anna, world.carla, world.dora):
        with seen_by(account) as view:
            assert tasks.tasks(view) == []
    task = only_task(seen_by, world.vera)
    with seen_by(world.carla) as view, pytest.raises(GoneError):
        tasks.accept(view, task.public_id, later(5))


def test_who_takes_the_task_has_the_alert_and_sees_where_until_it_ends(world, offered, seen_by):
    task = only_task(seen_by, world.vera)
    with seen_by(world.vera) as view:
        tasks.accept(view, task.public_id, later(10))
    (alert,) = world.alerts()
    assert (alert["state"], alert["taken_by_name"], alert["escalates_at"]) == ("in_charge", "Vera (Volontari)", None)
    assert {row["state"] for row in world.notifications()} == {"cancelled"}
    taken = only_task(seen_by, world.vera)
    assert (taken.state, taken.address, taken.accepted_by) == ("accepted", "Via Roma 1", world.vera)
    with seen_by(world.vito) as view, pytest.raises(GoneError):
        tasks.accept(view, task.public_id, later(11))
    with seen_by(world.vito) as view, pytest.raises(GoneError):
        tasks.give_back(view, task.public_id, TaskOutcome.DONE, "", later(12))
    with seen_by(world.vera) as view:
        tasks.give_back(view, task.public_id, TaskOutcome.NOT_FOUND, "nobody opens", later(900))
    ended = only_task(seen_by, world.vera)
    assert (ended.state, ended.address, ended.outcome) == ("returned", "", TaskOutcome.NOT_FOUND)
    (alert,) = world.alerts()
    assert (alert["state"], alert["round"], alert["escalates_at"]) == ("new", 2, later(900))
    with seen_by(world.anna) as view:
        entry = reads.alert(view, offered).history[-1]
    assert (entry.action, entry.account_name, entry.note, entry.detail) == (
        "returned", "Vera (Volontari)", "nobody opens", {"task": "not_found"},
    )  # fmt: skip


@pytest.mark.parametrize("accepted", [False, True])
def test_a_task_ends_when_somebody_else_has_the_alert_or_it_is_over(world, offered, seen_by, accepted):
    task = only_task(seen_by, world.vera)
    if accepted:
        with seen_by(world.vera) as view:
            tasks.accept(view, task.public_id, later(10))
    with seen_by(world.anna) as view:
        actions.resolve(view, offered, Outcome.FALSE, "", later(20))
    ended = only_task(seen_by, world.vera)
    assert (ended.state, ended.address, ended.ended_at) == ("withdrawn", "", later(20))
    with seen_by(world.vera) as view, pytest.raises(GoneError):
        tasks.give_back(view, task.public_id, TaskOutcome.DONE, "", later(30))


def test_it_is_offered_once_in_a_round_and_anew_in_the_next(world, service, offered, seen_by):
    with seen_by(world.vera) as view:
        tasks.accept(view, tasks.tasks(view)[0].public_id, later(10))
    with seen_by(world.vera) as view:
        tasks.give_back(view, tasks.tasks(view)[0].public_id, TaskOutcome.CANNOT, "", later(20))
    escalate(service, later(20))
    with seen_by(world.vera) as view:
        assert [task.state for task in tasks.tasks(view)] == ["offered", "returned"]


LASTS = timedelta(hours=12)


def message_to(world, account):
    (row,) = world.rows("SELECT public_id FROM alerts.notification WHERE account_id = %s", account)
    return row["public_id"]


def test_a_member_takes_the_task_by_the_link_of_the_message(world, offered, people, seen_by):
    before = world.alerts(), world.actions()
    reply = look(people, message_to(world, world.vera), later(5), LASTS)
    assert (reply.standing, reply.answers) == (Standing.OPEN, (Answer.TAKE_CHARGE,))
    assert answer(people, message_to(world, world.vera), Answer.THERE, later(5), LASTS).answers == reply.answers
    assert (world.alerts(), world.actions()) == before
    assert answer(people, message_to(world, world.vera), Answer.TAKE_CHARGE, later(6), LASTS).task is not None
    (alert,) = world.alerts()
    assert (alert["state"], alert["taken_by_name"]) == ("in_charge", "Vera (Volontari)")
    (entry,) = world.rows("SELECT detail FROM alerts.history WHERE action = 'taken'")
    assert entry["detail"] == {"by": "link"}
    assert only_task(seen_by, world.vera).address == "Via Roma 1"
    assert look(people, message_to(world, world.vera), later(7), LASTS).standing is Standing.MINE
    # The other one is told no more than that there is nothing to do.
    other = answer(people, message_to(world, world.vito), Answer.TAKE_CHARGE, later(8), LASTS)
    assert (other.standing, other.answers) == (Standing.GONE, ())
    with seen_by(world.vera) as view:
        tasks.give_back(view, only_task(seen_by, world.vera).public_id, TaskOutcome.CANNOT, "", later(9))
    assert look(people, message_to(world, world.vera), later(10), LASTS).standing is Standing.USED
    assert look(people, message_to(world, world.vito), later(10), LASTS).standing is Standing.OVER


def test_the_link_of_a_member_ends_with_the_task_and_with_time(world, offered, people, seen_by):
    assert look(people, message_to(world, world.vera), NOW + LASTS, LASTS).standing is Standing.EXPIRED
    with seen_by(world.anna) as view:
        actions.resolve(view, offered, Outcome.FALSE, "", later(20))
    assert look(people, message_to(world, world.vera), later(30), LASTS).standing is Standing.RESOLVED
    world.connection.execute("DELETE FROM registry.membership WHERE account_id = %s", (world.vito,))
    assert look(people, message_to(world, world.vito), later(30), LASTS).standing is Standing.NOT_ALLOWED


def test_a_member_is_told_no_name_whatever_the_channel_may_know(world, service, offered):
    told = {}

    class Noting:
        def send(self, message):
            told[message.address] = message.told

    world.connection.execute("UPDATE alerts.notification SET channel = 'webhook', state = 'due'")
    world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, due_at) SELECT organisation_id, alert_id, 1, 9, 'webhook', %s, 'dora', 'it', %s FROM alerts.alert",
        (world.dora, NOW),
    )
    while (claimed := notify.claim(service, NOW)) is not None:
        clock = SimulatedClock(NOW)
        notify.deliver(service, {"webhook": Noting()}, claimed, clock, lambda: 0.5, {"webhook": Level.FULL})
    assert told["vera@example.org"] == told["vito@example.org"] == NOBODY
    assert told["dora"] != NOBODY


def test_of_wellbeing_the_task_does_not_say_what_it_is_about(world, service, offered, intake, seen_by):
    world.finding(NOW, NOW, severity=0.9)
    intake.look_findings(NOW)
    escalate(service, NOW)
    with seen_by(world.vera) as view:
        assert tasks.tasks(view)[0].text("en") == "Look in and see whether all is well."


def test_the_database_keeps_an_address_only_while_somebody_has_the_task(world, offered):
    with pytest.raises(psycopg.errors.CheckViolation, match="address_only_while_accepted"):
        world.connection.execute("UPDATE alerts.handover SET address = 'Via Roma 1'")
