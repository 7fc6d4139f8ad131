"""A press that was announced opens no alert; everything that may be a call for help does."""

from datetime import timedelta

import pytest

from alerts import test_alarm as tests
from tests.integration.alerts.conftest import NOW

LASTS = timedelta(minutes=10)


def at(minutes):
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def announced(service, world):
    with service.transaction() as connection:
        return tests.announce(connection, "h1", NOW, LASTS, "Anna")


def state_of(service, announced):
    with service.transaction() as connection:
        return tests.state_of(connection, announced)


def test_the_first_press_is_the_test_and_the_second_a_call(world, intake, service, announced):
    world.urgent(at(1))
    intake.look(at(1))
    assert world.alerts() == []
    assert state_of(service, announced).pressed_at == at(1)
    world.urgent(at(2))
    intake.look(at(2))
    assert [alert["kind"] for alert in world.alerts()] == ["sos_button"]
    assert state_of(service, announced).pressed_at == at(1)


def test_looking_again_does_not_make_a_call_of_it(world, intake, announced):
    world.urgent(at(1))
    for _ in range(3):
        intake.look(at(2), sweep=True)
    assert world.alerts() == []


@pytest.mark.parametrize(
    ("pressed", "received"),
    [(-1, -1), (-1, 1), (10, 10), (11, 11), (1, 30)],
    ids=["before", "came late", "at the end", "after", "came after the end"],
)
def test_a_press_that_is_not_of_now_is_a_call(world, intake, service, announced, pressed, received):
    world.urgent(at(pressed), received_at=at(received))
    intake.look(at(30))
    assert len(world.alerts()) == 1
    assert state_of(service, announced).pressed_at is None


def test_smoke_and_other_homes_are_no_tests(world, intake, announced):
    world.urgent(at(1), series=world.leak)
    other, sos, _ = world._home("h2", world.travo, "Travo")
    world.urgent(at(1), series=sos)
    intake.look(at(1))
    assert {(alert["home_id"], alert["kind"]) for alert in world.alerts()} == {
        (world.home, "water_leak"),
        (other, "sos_button"),
    }


def test_while_an_sos_is_open_nothing_is_a_test(world, intake, service):
    world.urgent(at(-5))
    intake.look(at(-5))
    with (
        service.transaction() as connection,
        pytest.raises(tests.AlarmTestError, match="somebody may really need help"),
    ):
        tests.announce(connection, "h1", NOW, LASTS)
    # Also where it opened after the announcement, by a press from before it.
    world.connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'false', resolved_at = %s, escalates_at = NULL", (NOW,)
    )
    with service.transaction() as connection:
        announced = tests.announce(connection, "h1", NOW, LASTS)
    world.urgent(at(-1), received_at=at(1))
    world.urgent(at(2))
    intake.look(at(2))
    assert [alert["times"] for alert in world.alerts() if alert["state"] == "new"] == [2]
    assert state_of(service, announced).pressed_at is None


@pytest.mark.parametrize(("home", "lasts"), [("nowhere", LASTS), ("h1", timedelta(hours=2)), ("h1", timedelta(0))])
def test_what_cannot_be_announced_is_said(world, service, home, lasts):
    with service.transaction() as connection, pytest.raises(tests.AlarmTestError):
        tests.announce(connection, home, NOW, lasts)
