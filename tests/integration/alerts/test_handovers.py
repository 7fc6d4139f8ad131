"""A task for an association: what its members see, what they do, and what comes back."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts import actions, reads
from alerts.errors import AlertNotFoundError
from alerts.escalation import escalate
from alerts.handovers import tasks
from alerts.handovers.tasks import GoneError, TaskOutcome
from alerts.lifecycle import Family, Outcome
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted

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
            (row,) = view.connection.execute(f"SELECT count(*) AS rows FROM {table}").fetchall()  # noqa: S608
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


def test_of_wellbeing_the_task_does_not_say_what_it_is_about(world, service, offered, intake, seen_by):
    world.finding(NOW, NOW, severity=0.9)
    intake.look_findings(NOW)
    escalate(service, NOW)
    with seen_by(world.vera) as view:
        assert tasks.tasks(view)[0].text("en") == "Look in and see whether all is well."


def test_the_database_keeps_an_address_only_while_somebody_has_the_task(world, offered):
    with pytest.raises(psycopg.errors.CheckViolation, match="address_only_while_accepted"):
        world.connection.execute("UPDATE alerts.handover SET address = 'Via Roma 1'")
