"""What operators do, through row-level security and against each other."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from alerts import actions, lifecycle, reads
from alerts.errors import (
    AlertNotFoundError,
    AlreadyResolvedError,
    AlreadyTakenError,
    AnotherIsOpenError,
    EmptyNoteError,
    NewsError,
    NoteTooLongError,
    NotInChargeError,
    NotResolvedError,
)
from alerts.escalation import escalate
from alerts.lifecycle import Outcome, State

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def alert(world, intake, service):
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


def test_the_table_of_transitions_is_the_one_in_the_database(world):
    rows = world.rows("SELECT from_state, to_state FROM alerts.transition")
    assert {(row["from_state"], row["to_state"]) for row in rows} == set(lifecycle.TRANSITIONS)


def test_the_database_knows_the_same_words(world):
    (row,) = world.rows(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'history_action_check'"
        " AND conrelid = 'alerts.history'::regclass"
    )
    assert all(f"'{action}'" in row["text"] for action in lifecycle.Action)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_the_database_refuses_what_the_table_does_not_have(world, alert, before, after):
    connection = world.connection
    complete = {
        State.NEW: "state = 'new', outcome = NULL, resolved_at = NULL, taken_by = NULL, taken_at = NULL",
        State.IN_CHARGE: f"state = 'in_charge', outcome = NULL, resolved_at = NULL, taken_by = {world.anna},"
        " taken_at = opened_at",
        State.RESOLVED: "state = 'resolved', outcome = 'true', resolved_at = opened_at",
    }
    connection.execute("UPDATE alerts.alert SET escalates_at = NULL")
    if before is not State.NEW:
        connection.execute(f"UPDATE alerts.alert SET {complete[before]}")  # noqa: S608 - our names
    change = f"UPDATE alerts.alert SET {complete[after]}"  # noqa: S608 - our names
    if before is after or lifecycle.actions_between(before, after):
        assert connection.execute(change).rowcount == 1
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="cannot go from"):
            connection.execute(change)


def test_taking_charge_calls_off_what_has_not_been_sent(world, alert, seen_by):
    assert len(world.notifications()) == 3  # two operators and the union's coordinator
    with seen_by(world.anna) as view:
        assert actions.take_charge(view, alert, LATER) == actions.Done(State.IN_CHARGE, 3)
    assert {row["state"] for row in world.notifications()} == {"cancelled"}
    (row,) = world.alerts()
    assert (row["taken_by"], row["taken_by_name"], row["taken_at"], row["escalates_at"]) == (
        world.anna, "Anna", LATER, None,
    )  # fmt: skip
    assert world.actions() == ["opened", "taken"]


def test_taking_ones_own_alert_again_is_no_error_and_no_news(world, alert, seen_by):
    for _ in range(2):
        with seen_by(world.anna) as view:
            assert actions.take_charge(view, alert, LATER).state is State.IN_CHARGE
    assert world.actions() == ["opened", "taken"]


def test_of_two_operators_at_once_one_wins_and_the_other_is_told_who(world, alert, people, seen_by):
    start, told = threading.Barrier(2), []

    def take(account):
        start.wait()
        try:
            with seen_by(account) as view:
                actions.take_charge(view, alert, LATER)
        except AlreadyTakenError as error:
            told.append((account, error))

    threads = [threading.Thread(target=take, args=(account,)) for account in (world.anna, world.bruno)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ((loser, error),) = told
    winner = "Bruno" if loser == world.anna else "Anna"
    assert world.alerts()[0]["taken_by_name"] == winner
    assert error.text("en") == f"Already taken by {winner}."
    assert error.text("it") == f"Già in carico a {winner}."
    assert error.taken_at == LATER
    assert world.actions() == ["opened", "taken"]


def test_an_operator_of_another_organisation_neither_sees_nor_takes_it(world, alert, seen_by):
    with seen_by(world.carla) as view:
        assert reads.open_alerts(view) == []
        assert reads.alert(view, alert) is None
        assert reads.alerts_of_home(view, world.home) == []
        assert reads.counts(view) == []
    for act in (
        lambda view: actions.take_charge(view, alert, LATER),
        lambda view: actions.release(view, alert, LATER),
        lambda view: actions.resolve(view, alert, Outcome.FALSE, "", LATER),
        lambda view: actions.reopen(view, alert, LATER),
        lambda view: actions.note(view, alert, "I was here", LATER),
    ):
        with pytest.raises(AlertNotFoundError), seen_by(world.carla) as view:
            act(view)
    assert world.alerts()[0]["state"] == "new"
    assert world.actions() == ["opened"]


def test_row_level_security_holds_without_the_filter_of_the_query(world, alert, seen_by):
    with seen_by(world.carla) as view:
        for table in ("alert", "history", "notification"):
            assert view.connection.execute(f"SELECT count(*) AS n FROM alerts.{table}").fetchone()["n"] == 0  # noqa: S608 - our names


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alerts.alert SET taken_by_name = 'Somebody'",
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'false', resolved_at = opened_at, escalates_at = NULL",
        "UPDATE alerts.notification SET state = 'cancelled'",
        (
            "INSERT INTO alerts.history (organisation_id, alert_id, at, account_name, action, to_state)"
            " SELECT organisation_id, alert_id, opened_at, 'Bruno', 'noted', 'new' FROM alerts.alert"
        ),
        "DELETE FROM alerts.history",
        "SELECT * FROM alerts.cause",
        "SELECT alerts.call_off(alert_id) FROM alerts.alert",
        "SELECT alerts.lock_for_viewer(public_id) FROM alerts.alert",
        "SELECT alerts.write_act(alert, 'noted', 'new', NULL, '', opened_at) FROM alerts.alert",
    ],
)
def test_nobody_writes_around_the_actions(world, alert, seen_by, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege), seen_by(world.anna) as view:
        view.connection.execute(statement)


@pytest.mark.parametrize("role", ["installer", "administrator"])
@pytest.mark.parametrize("organisation", ["bobbio", "union"])
def test_only_operators_and_coordinators_act(world, alert, seen_by, role, organisation):
    account = world.account("ines", getattr(world, organisation), role)
    with seen_by(account) as view:
        assert reads.open_alerts(view) == []
    for act in (
        lambda view: actions.take_charge(view, alert, LATER),
        lambda view: actions.release(view, alert, LATER),
        lambda view: actions.resolve(view, alert, Outcome.FALSE, "", LATER),
        lambda view: actions.reopen(view, alert, LATER),
        lambda view: actions.note(view, alert, "I was here", LATER),
    ):
        with pytest.raises(AlertNotFoundError), seen_by(account) as view:
            act(view)
    with seen_by(account) as view:
        values = {"alert": alert, "at": LATER}
        for call in (
            "alerts.take_charge(%(alert)s, NULL, %(at)s)",
            "alerts.resolve(%(alert)s, 'false', '', NULL, %(at)s)",
            "alerts.note(%(alert)s, 'x', %(at)s)",
        ):
            row = view.connection.execute(f"SELECT {call} AS done", values).fetchone()
            assert row["done"] is None
    assert world.alerts()[0]["state"] == "new"
    assert world.actions() == ["opened"]


def test_a_researcher_finds_no_alert_to_act_on(world, alert, seen_by):
    account = world.account("rita", world.bobbio, "researcher")
    with pytest.raises(AlertNotFoundError), seen_by(account) as view:
        actions.take_charge(view, alert, LATER)


def test_a_coordinator_above_acts_and_is_named(world, alert, seen_by):
    with seen_by(world.dora) as view:
        actions.take_charge(view, alert, LATER)
        (row,) = reads.open_alerts(view)
        assert (row.taken_by, row.taken_by_name) == (world.dora, "Dora")


def test_an_account_that_was_closed_acts_no_more(world, alert, seen_by):
    world.connection.execute("UPDATE registry.account SET active = false WHERE account_id = %s", (world.anna,))
    with pytest.raises(AlertNotFoundError), seen_by(world.anna) as view:
        actions.take_charge(view, alert, LATER)


def test_what_came_in_since_the_operator_looked_is_looked_at_first(world, alert, seen_by, intake):
    world.urgent(LATER)
    intake.look(LATER)
    for act in (
        lambda view: actions.take_charge(view, alert, LATER, seen_times=1),
        lambda view: actions.resolve(view, alert, Outcome.FALSE, "", LATER, seen_times=1),
    ):
        with pytest.raises(NewsError, match="look again"), seen_by(world.anna) as view:
            act(view)
    assert world.actions() == ["opened", "joined"]
    with seen_by(world.anna) as view:
        assert actions.take_charge(view, alert, LATER, seen_times=2).state is State.IN_CHARGE
        assert actions.resolve(view, alert, Outcome.TRUE, "", LATER, seen_times=2).state is State.RESOLVED


def test_a_coordinator_above_sees_it(world, alert, seen_by):
    with seen_by(world.dora) as view:
        assert [row.public_id for row in reads.open_alerts(view)] == [alert]


def test_what_is_not_there_is_not_found(world, seen_by):
    with pytest.raises(AlertNotFoundError), seen_by(world.anna) as view:
        actions.take_charge(view, uuid4(), NOW)


def test_a_whole_life(world, alert, seen_by, service):
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert, LATER)
        actions.release(view, alert, LATER, "end of shift")
    assert escalate(service, LATER) == 1
    with seen_by(world.bruno) as view:
        actions.take_charge(view, alert, LATER)
        actions.note(view, alert, " called her, no answer ", LATER)
        actions.resolve(view, alert, Outcome.TRUE, "she had fallen", LATER)
        actions.reopen(view, alert, LATER, "wrong alert")
        actions.resolve(view, alert, Outcome.UNCLEAR, "", LATER)
        page = reads.alert(view, alert)
    assert [entry.action for entry in page.history] == [
        "opened", "taken", "released", "taken", "noted", "resolved", "reopened", "resolved",
    ]  # fmt: skip
    assert [entry.account_name for entry in page.history][:4] == ["", "Anna", "Anna", "Bruno"]
    assert page.history[4].note == "called her, no answer"
    assert page.history[5].outcome is Outcome.TRUE
    assert (page.alert.state, page.alert.outcome) == (State.RESOLVED, Outcome.UNCLEAR)
    assert {row["round"] for row in world.notifications()} == {1, 2}


def test_what_cannot_be_done_says_why(world, alert, seen_by, intake):
    with seen_by(world.anna) as view:
        with pytest.raises(NotInChargeError):
            actions.release(view, alert, LATER)
        with pytest.raises(NotResolvedError):
            actions.reopen(view, alert, LATER)
        with pytest.raises(EmptyNoteError):
            actions.note(view, alert, "  ", LATER)
        with pytest.raises(NoteTooLongError, match="2000"):
            actions.note(view, alert, "x" * 2001, LATER)
        actions.resolve(view, alert, Outcome.FALSE, "", LATER)
        for act in (
            lambda: actions.take_charge(view, alert, LATER),
            lambda: actions.release(view, alert, LATER),
            lambda: actions.resolve(view, alert, Outcome.TRUE, "", LATER),
        ):
            with pytest.raises(AlreadyResolvedError):
                act()
    world.urgent(LATER)
    intake.look(LATER)
    with pytest.raises(AnotherIsOpenError), seen_by(world.anna) as view:
        actions.reopen(view, alert, LATER)
    assert [row["state"] for row in world.alerts()] == ["resolved", "new"]


def test_open_alerts_come_most_pressing_first(world, intake, seen_by):
    world.finding(NOW, NOW, kind="battery", family="technical", severity=1.0)
    world.finding(NOW, NOW, severity=0.4)
    world.finding(NOW, NOW, kind="longest_stillness", severity=0.6)
    world.urgent(series=world.leak)
    world.urgent()
    intake.look(NOW)
    with seen_by(world.anna) as view:
        shown = [(row.family, row.kind) for row in reads.open_alerts(view)]
        assert shown == [
            ("safety", "sos_button"),
            ("safety", "water_leak"),
            ("wellbeing", "longest_stillness"),
            ("wellbeing", "night_bathroom_visits"),
            ("technical", "battery"),
        ]
        first = reads.open_alerts(view)[0]
        assert (first.title("it"), first.explanation("en")) == ("Pulsante SOS premuto", "SOS button pressed at 14:02")
        actions.take_charge(view, first.public_id, LATER)
        assert reads.open_alerts(view)[1].public_id == first.public_id
        assert {(count.family, count.state): count.alerts for count in reads.counts(view)} == {
            ("safety", "in_charge"): 1, ("safety", "new"): 1, ("wellbeing", "new"): 2, ("technical", "new"): 1,
        }  # fmt: skip
        assert len(reads.alerts_of_home(view, world.home)) == 5


def test_alerts_follow_a_home_to_another_organisation(world, alert, seen_by):
    world.connection.execute("UPDATE registry.home SET organisation_id = %s", (world.travo,))
    with seen_by(world.carla) as view:
        assert reads.alert(view, alert).alert.home_id == world.home
        assert [entry.action for entry in reads.alert(view, alert).history] == ["opened"]
    with seen_by(world.anna) as view:
        assert reads.alert(view, alert) is None
