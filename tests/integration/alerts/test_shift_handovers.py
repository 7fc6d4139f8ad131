"""A shift that is handed over: no alert is nobody's meanwhile, and what nobody takes over calls people again."""

from datetime import UTC, datetime, time, timedelta

import psycopg
import pytest

from alerts import actions as acts
from alerts import reads
from alerts.errors import AlertError, AlertNotFoundError, EmptyNoteError, NoteTooLongError
from alerts.escalation import escalate
from alerts.idle.idleness import look_after_idle
from alerts.lifecycle import Outcome
from alerts.shift_handovers import actions
from alerts.shift_handovers.actions import (
    WAITS,
    ChangedMeanwhileError,
    HandOverEndedError,
    NothingHandedOverError,
)
from alerts.shift_handovers.due import look_after_hand_overs
from alerts.shifts import repository as shifts
from alerts.shifts.calendar import Rota, Shift

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
NOTE = "Ha risposto, richiamare alle 16."


@pytest.fixture
def taken(world, intake, seen_by):
    """Two alerts that Anna has in charge: a call for help and one about wellbeing."""
    world.urgent()
    world.finding(NOW, NOW)
    intake.look_urgent(NOW)
    intake.look_findings(NOW)
    alerts = [row["public_id"] for row in world.alerts()]
    with seen_by(world.anna) as view:
        for alert in alerts:
            acts.take_charge(view, alert, NOW)
    return alerts


@pytest.fixture
def offer(seen_by, taken):
    def made(by, alerts=taken, note=NOTE, at=NOW):
        with seen_by(by) as view:
            return actions.offer(view, alerts, note, at)

    return made


def in_charge(world):
    return [row["taken_by"] for row in world.rows("SELECT taken_by FROM alerts.alert ORDER BY alert_id")]


def test_an_alert_stays_with_who_has_it_until_somebody_takes_it_over(world, taken, offer, seen_by):
    made = offer(world.anna)
    assert in_charge(world) == [world.anna] * 2
    with seen_by(world.bruno) as view:
        (seen,) = actions.hand_overs(view, LATER)
        assert (seen.made_by_name, seen.note, seen.alerts, set(seen.waiting)) == ("Anna", NOTE, 2, set(taken))
        assert actions.waiting_for(view, LATER) == 1
        assert actions.accept(view, made, LATER) == 2
    assert in_charge(world) == [world.bruno] * 2
    with seen_by(world.anna) as view:
        (seen,) = actions.hand_overs(view, LATER)
        assert (seen.state, seen.accepted_by_name, seen.ended_at, seen.waiting) == ("accepted", "Bruno", LATER, ())
        history = [(each.action, each.account_name, each.note) for each in reads.alert(view, taken[0]).history]
    assert history[-2:] == [("shift_offered", "Anna", NOTE), ("shift_taken", "Bruno", "")]


def test_nobody_is_called_by_a_hand_over(world, service, taken, offer, seen_by):
    made = offer(world.anna)
    with seen_by(world.bruno) as view:
        actions.accept(view, made, LATER)
    assert escalate(service, LATER) == 0
    assert look_after_hand_overs(service, NOW + 2 * WAITS) == 0
    assert in_charge(world) == [world.bruno] * 2


def test_it_wakes_no_worker_for_there_is_no_message_yet(world, taken, offer):
    """A worker looks every few seconds for hand-overs; until then it would only find nothing."""
    world.connection.execute("LISTEN vicino_notification")
    offer(world.anna)
    world.connection.execute("SELECT pg_notify('vicino_notification', 'the end')")
    first = next(world.connection.notifies(timeout=10))
    assert first.payload == "the end"


def test_what_nobody_takes_over_goes_back_to_the_queue_once_and_calls_people(world, service, taken, offer):
    offer(world.anna)
    assert look_after_hand_overs(service, NOW + WAITS - timedelta(seconds=1)) == 0
    assert look_after_hand_overs(service, NOW + WAITS) == 2
    assert look_after_hand_overs(service, NOW + WAITS) == 0
    assert in_charge(world) == [None, None]
    assert world.actions()[-1] == "shift_left"
    assert escalate(service, NOW + WAITS + timedelta(hours=20)) >= 1
    assert {row["round"] for row in world.rows("SELECT round FROM alerts.alert")} == {2}


def test_what_has_changed_hands_meanwhile_is_left_alone(world, service, taken, offer, seen_by):
    first, second = offer(world.anna, taken[:1]), offer(world.anna, taken[1:])
    with seen_by(world.anna) as view:
        acts.resolve(view, taken[0], Outcome.TRUE, "", LATER)
        acts.release(view, taken[1], LATER)
    with seen_by(world.dora) as view:
        acts.take_charge(view, taken[1], LATER)
    with seen_by(world.bruno) as view:
        assert actions.accept(view, first, LATER) == 0
    assert look_after_hand_overs(service, NOW + WAITS) == 0
    assert in_charge(world)[1] == world.dora
    with seen_by(world.bruno) as view, pytest.raises(HandOverEndedError):
        actions.accept(view, second, NOW + WAITS)


def test_only_one_takes_it_over_and_not_who_hands_over(world, taken, offer, seen_by):
    made = offer(world.anna)
    with seen_by(world.anna) as view, pytest.raises(HandOverEndedError):
        actions.accept(view, made, LATER)
    with seen_by(world.dora) as view:
        assert actions.accept(view, made, LATER) == 2
    with seen_by(world.bruno) as view, pytest.raises(HandOverEndedError):
        actions.accept(view, made, LATER)
    assert in_charge(world) == [world.dora] * 2


def test_it_can_be_taken_back_by_who_made_it_alone(world, taken, offer, seen_by):
    made = offer(world.anna)
    with seen_by(world.bruno) as view, pytest.raises(HandOverEndedError):
        actions.withdraw(view, made, LATER)
    with seen_by(world.anna) as view:
        actions.withdraw(view, made, LATER)
        assert actions.can_be_handed_over(view) == set(taken)
    with seen_by(world.bruno) as view, pytest.raises(HandOverEndedError):
        actions.accept(view, made, LATER)
    assert in_charge(world) == [world.anna] * 2


@pytest.mark.parametrize(
    ("alerts", "note", "error"),
    [([], NOTE, NothingHandedOverError), (None, " ", EmptyNoteError), (None, "x" * 2001, NoteTooLongError)],
)
def test_what_cannot_be_handed_over_so_is_refused(world, taken, offer, alerts, note, error):
    with pytest.raises(error):
        offer(world.anna, taken if alerts is None else alerts, note)
    assert world.rows("SELECT FROM alerts.shift_handover") == []


def test_a_colleague_hands_over_their_own_alone_and_a_coordinator_also_those_of_others(world, taken, offer, seen_by):
    with seen_by(world.bruno) as view:
        assert actions.can_be_handed_over(view) == frozenset()
    with pytest.raises(ChangedMeanwhileError):
        offer(world.bruno)
    with seen_by(world.dora) as view:
        assert actions.can_be_handed_over(view) == set(taken)
    made = offer(world.dora)
    # What is offered is not offered twice.
    with pytest.raises(ChangedMeanwhileError):
        offer(world.anna, taken[:1])
    with seen_by(world.bruno) as view:
        actions.accept(view, made, LATER)
    assert in_charge(world) == [world.bruno] * 2


def test_strangers_installers_and_nobody_see_and_take_nothing(world, taken, offer, seen_by):
    made = offer(world.anna)
    installer = world.account("ines", world.bobbio, "installer")
    with seen_by(world.carla) as view:
        assert actions.hand_overs(view, LATER) == []
    for account in (world.carla, installer):
        with seen_by(account) as view, pytest.raises(HandOverEndedError):
            actions.accept(view, made, LATER)
    with pytest.raises(AlertNotFoundError):
        offer(world.carla, taken[:1])
    with pytest.raises(AlertNotFoundError):
        offer(installer, taken[:1])
    for statement in ("UPDATE alerts.shift_handover SET note = 'x'", "DELETE FROM alerts.shift_handover_alert"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), seen_by(world.dora) as view:
            view.connection.execute(statement)


def test_a_note_about_two_municipalities_is_read_where_both_are_seen(world, taken, offer, seen_by, intake):
    world._home("h9", world.travo, "Travo")
    other = world.rows("SELECT series_id FROM devices.series JOIN registry.home USING (home_id)"
                       " WHERE home.key = 'h9' AND quantity_id = 20")[0]["series_id"]  # fmt: skip
    world.urgent(series=other)
    intake.look_urgent(NOW)
    travo = world.rows("SELECT public_id FROM alerts.alert WHERE organisation_id = %s", world.travo)[0]["public_id"]
    with seen_by(world.dora) as view:
        acts.take_charge(view, travo, NOW)
    made = offer(world.dora, [taken[0], travo])
    for account, sees in ((world.bruno, 0), (world.carla, 0), (world.dora, 1)):
        with seen_by(account) as view:
            assert len(actions.hand_overs(view, LATER)) == sees
    for account in (world.bruno, world.carla):
        with seen_by(account) as view, pytest.raises(HandOverEndedError):
            actions.accept(view, made, LATER)
    with seen_by(world.carla) as view:
        assert NOTE not in {each.note for each in reads.alert(view, travo).history}


def test_a_task_of_a_volunteer_is_not_handed_over(world, taken, offer, seen_by):
    world.connection.execute(
        "INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en,"
        " municipality, state, offered_at, accepted_at, accepted_by)"
        " SELECT organisation_id, alert_id, public_id, round, 'x', 'x', 'Bobbio', 'accepted', %s, %s, %s"
        " FROM alerts.alert WHERE public_id = %s",
        (NOW, NOW, world.anna, taken[0]),
    )
    with pytest.raises(AlertError):
        offer(world.anna)
    with seen_by(world.anna) as view:
        assert actions.can_be_handed_over(view) == {taken[1]}


def test_who_is_on_duty_is_told_once_and_nobody_off_duty(world, service, taken, offer):
    elsa = world.account("elsa", world.bobbio, "operator")
    world.connection.execute("UPDATE registry.account SET email = '' WHERE account_id = %s", (elsa,))
    calendar = Rota(
        key="first", name="First line", timezone="Europe/Rome",
        shifts=(
            Shift(weekdays=tuple(range(7)), begins=time(8), ends=time(15), people=("anna", "bruno", "elsa")),
            Shift(weekdays=tuple(range(7)), begins=time(15), ends=time(8), people=("dora",)),
        ),
    )  # fmt: skip
    with service.transaction() as connection:
        shifts.load(connection, [("bobbio", calendar)], NOW)
    # Bruno is reached, and Elsa by nothing.
    offer(world.anna)
    assert look_after_hand_overs(service, NOW) == 1
    assert look_after_hand_overs(service, NOW) == 0
    told = [row for row in world.notifications() if row["purpose"] == "hand_over"]
    assert [row["address"] for row in told] == ["bruno@example.org"]
    assert len(world.rows("SELECT FROM alerts.summarised")) == 2


def test_who_took_it_over_is_the_one_who_is_reminded(world, taken, offer, seen_by):
    world.connection.execute("UPDATE alerts.alert SET policy = jsonb_set(policy, '{plan,remind_after}', '300')")
    made = offer(world.anna)
    with seen_by(world.bruno) as view:
        actions.accept(view, made, LATER)
    rows = world.rows("SELECT idle_at, idle_step FROM alerts.alert")
    assert {(row["idle_at"], row["idle_step"]) for row in rows} == {(LATER + timedelta(seconds=300), 0)}


def test_a_reminder_to_who_has_handed_over_is_called_off(world, service, taken, offer, seen_by):
    world.connection.execute("UPDATE alerts.alert SET idle_at = %s", (NOW,))
    made = offer(world.anna)
    assert look_after_idle(service, LATER) == 2
    with seen_by(world.bruno) as view:
        actions.accept(view, made, LATER)
    assert {row["state"] for row in world.notifications() if row["purpose"] == "reminder"} == {"cancelled"}
