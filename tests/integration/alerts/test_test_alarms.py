"""A press that was announced opens no alert; everything that may be a call for help does."""

from datetime import timedelta

import pytest

from alerts import test_alarm as tests
from core.vocabulary import BY_NAME
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


def test_the_press_that_two_gateways_hear_is_one_test(world, intake, service, announced):
    world.urgent(at(1))
    world.call_heard_by(world.neighbour(), at(1) + timedelta(seconds=2))
    intake.look(at(2))
    assert world.alerts() == []
    assert state_of(service, announced).pressed_at == at(1)


def test_a_button_that_nobody_registered_or_that_was_taken_away_is_no_test(world, intake, service, announced):
    world.unregistered_call(at(1))
    world.call_heard_by("h1", at(2), standing="retired")
    intake.look(at(2))
    assert [alert["unregistered"] for alert in world.alerts()] == [True, False]
    assert state_of(service, announced).pressed_at is None


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


def test_two_announcements_are_one_test(world, intake, service, announced):
    with service.transaction() as connection:
        again = tests.announce(connection, "h1", at(5), LASTS)
    assert (again.test_alarm_id, again.started_at, again.ends_at) == (announced.test_alarm_id, NOW, at(15))
    for minute in (6, 7):
        world.urgent(at(minute))
        intake.look(at(minute))
    assert state_of(service, announced).pressed_at == at(6)
    assert [alert["happened_at"] for alert in world.alerts()] == [at(7)]


def test_who_was_not_heard_in_time_can_be_asked_again(world, intake, service, announced):
    with service.transaction() as connection:
        later = tests.announce(connection, "h1", at(20), LASTS)
    assert later.test_alarm_id != announced.test_alarm_id
    assert state_of(service, announced).ended_at == at(10)
    world.urgent(at(21))
    intake.look(at(21))
    assert world.alerts() == []


def device_of(world, series):
    (row,) = world.rows(
        "SELECT device_id, public_id FROM devices.series JOIN devices.device USING (device_id)"
        " JOIN registry.home ON home.home_id = series.home_id WHERE series_id = %s",
        series,
    )
    return row["device_id"], row["public_id"]


def sensor(world, name, quantity):
    """A device of its own that reports one quantity; the id of its series."""
    (row,) = world.rows(
        "WITH made AS (INSERT INTO devices.device (organisation_id, home_id, gateway_id, key)"
        " SELECT organisation_id, home_id, gateway_id, %s::text FROM devices.series WHERE series_id = %s RETURNING *)"
        " INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " SELECT organisation_id, home_id, gateway_id, device_id, key || '/' || %s::text, %s FROM made"
        " RETURNING series_id",
        name, world.sos, quantity, BY_NAME[quantity].id,
    )  # fmt: skip
    return row["series_id"]


@pytest.fixture
def smoke(world):
    return sensor(world, "ceiling", "smoke")


@pytest.fixture
def announce(world, seen_by):
    def announce(series, minute=0, seen=0, account=None):
        device, home = device_of(world, series)
        with seen_by(account or world.anna) as view:
            return tests.announce_seen(view, home, device, seen, at(minute), LASTS)

    return announce


def latest(world, seen_by, series):
    device, _ = device_of(world, series)
    with seen_by(world.anna) as view:
        return max(each.test_alarm_id for each in tests.seen_tests(view, world.home) if each.device_id == device)


def test_what_was_announced_of_one_device_is_not_announced_of_another(world, intake, announce, smoke):
    other = sensor(world, "kitchen", "smoke")
    assert announce(smoke) is tests.Announced.ANNOUNCED
    world.urgent(at(1), series=other)
    intake.look(at(1))
    assert [alert["kind"] for alert in world.alerts()] == ["smoke"]


def test_a_smoke_alarm_that_is_tried_sounds_on_until_it_is_over(world, intake, announce, smoke):
    assert announce(smoke) is tests.Announced.ANNOUNCED
    for minute in (1, 2, 3):
        world.urgent(at(minute), series=smoke)
    world.urgent(at(4), series=smoke, value=0.0)
    intake.look(at(4))
    assert world.alerts() == []
    world.urgent(at(5), series=smoke)
    intake.look(at(5))
    assert [alert["happened_at"] for alert in world.alerts()] == [at(5)]


def test_smoke_that_goes_on_after_the_time_of_its_test_is_a_call(world, intake, announce, smoke):
    announce(smoke)
    world.urgent(at(1), series=smoke)
    world.urgent(at(11), series=smoke)
    intake.look(at(11))
    assert [alert["happened_at"] for alert in world.alerts()] == [at(11)]


def test_a_form_that_arrives_after_the_press_announces_no_second_test(world, intake, announce, seen_by):
    assert announce(world.sos) is tests.Announced.ANNOUNCED
    assert announce(world.sos, 0.5) is tests.Announced.ANNOUNCED
    world.urgent(at(1))
    intake.look(at(1))
    assert announce(world.sos, 2) is tests.Announced.CHANGED
    world.urgent(at(3))
    intake.look(at(3))
    assert len(world.alerts()) == 1
    assert world.rows("SELECT count(*) AS n FROM alerts.test_alarm WHERE pressed_at IS NOT NULL") == [{"n": 1}]
    world.connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'false', resolved_at = %s, escalates_at = NULL", (NOW,)
    )
    assert announce(world.sos, 4, latest(world, seen_by, world.sos)) is tests.Announced.ANNOUNCED


def test_what_is_called_off_is_a_call_again(world, intake, announce, seen_by, smoke):
    announce(world.sos)
    announce(smoke)
    _, home = device_of(world, world.sos)
    # Pressed before it is called off, and taken in afterwards.
    world.urgent(at(1), series=smoke)
    with seen_by(world.carla) as view:
        assert tests.call_off_seen(view, home, at(1)) == 0
    with seen_by(world.anna) as view:
        # The device of the SOS button reports leaks as well.
        assert tests.call_off_seen(view, home, at(2)) == 3
    intake.look(at(2))
    assert world.alerts() == []
    world.urgent(at(3))
    intake.look(at(3))
    assert [alert["kind"] for alert in world.alerts()] == ["sos_button"]


def test_only_what_calls_can_be_announced_and_only_by_who_may(world, announce):
    thermometer = sensor(world, "wall", "temperature")
    assert announce(thermometer) is None
    assert announce(world.sos, account=world.carla) is None
    assert world.rows("SELECT 1 FROM alerts.test_alarm") == []


def test_an_open_call_of_whatever_kind_leaves_nothing_to_be_a_test(world, intake, announce, smoke):
    announce(smoke)
    world.urgent(at(1), series=world.leak)
    world.urgent(at(2), series=smoke)
    intake.look(at(2))
    assert [alert["kind"] for alert in world.alerts()] == ["water_leak", "smoke"]
    assert announce(world.sos, 3) is tests.Announced.OPEN


def test_the_call_of_a_device_that_is_not_registered_is_no_test(world, intake, announced):
    world.unregistered_call(at(1))
    intake.look(at(1))
    assert [alert["kind"] for alert in world.alerts()] == ["sos_button"]


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
