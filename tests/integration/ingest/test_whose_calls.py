"""A call for help opens in the home whose device it is, whichever gateway heard it, or says that nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.intake import Intake
from alerts.policy import Rules
from core.topics import Leaf
from tests.integration.ingest.homes import NOW_MS, until

BUTTON = "a4c138000017"
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)
HOUR = timedelta(hours=1)


class Homes:
    """Two homes next to each other, and what the presses that are heard there lead to."""

    def __init__(self, world, sender, service):
        self.world = world
        self.maria, self.ines = world.home("maria", ()), world.home("ines", (), organisation="elsewhere")
        self._senders = {key: sender(key) for key in (self.maria, self.ines)}
        self._intake = Intake(service, Rules(safety_repeat_s=300, safety_times=3), 24 * HOUR)

    def button(self, home, key=BUTTON, quantities=("sos_button",), **life):
        self.world.device(home, key, quantities)
        for column, at in life.items():
            self.world.connection.execute(
                f"UPDATE devices.device SET {column} = %s FROM devices.gateway"  # noqa: S608 - our names
                " WHERE device.gateway_id = gateway.gateway_id AND gateway.key = %s AND device.key = %s",
                (at, home, key),
            )

    def heard_at(self, gateway, name=f"{BUTTON}/sos_button", at_ms=NOW_MS):
        sender = self._senders[gateway]
        sender.await_stored(sender.send((name, at_ms, 1.0), leaf=Leaf.URGENT))

    def alerts(self):
        """Return by home the doubts that its alert tells, whether nobody knows whose it is, and how often it called."""
        self._intake.look(datetime.now(UTC))
        return {
            row["gateway"]: (row["explanation_en"].partition(". ")[2], row["unregistered"], row["times"])
            for row in self.world.query(
                "SELECT gateway.key AS gateway, alert.* FROM alerts.alert JOIN devices.gateway USING (home_id)"
            )
        }

    def urgent(self):
        return [
            (row["home"], row["name"], row["standing"], row["hearer"], row["device"])
            for row in self.world.query(
                "SELECT owner.key AS home, series.name, standing, hearer.key AS hearer, urgent.device"
                " FROM ingest.urgent JOIN devices.gateway AS owner USING (home_id)"
                " LEFT JOIN devices.series USING (series_id)"
                " LEFT JOIN devices.gateway AS hearer ON hearer.gateway_id = heard_by ORDER BY urgent_id"
            )
        ]


@pytest.fixture
def homes(world, start_worker, sender, service):
    made = Homes(world, sender, service)
    start_worker()
    return made


def test_the_button_of_one_home_heard_next_door_calls_for_the_one_it_belongs_to(homes):
    homes.button(homes.maria)
    homes.heard_at(homes.ines)
    assert homes.urgent() == [(homes.maria, f"{BUTTON}/sos_button", "registered", homes.ines, "")]
    # The other home belongs to somebody else: it is not named.
    assert homes.alerts() == {homes.maria: ("The gateway of another home heard it", False, 1)}
    # The reading itself is taken from nobody but the gateway of the button.
    assert homes.world.stored() == []
    assert homes.world.rejected() == {"foreign series": 1}


def test_one_press_that_both_gateways_hear_is_one_call(homes):
    homes.button(homes.maria)
    homes.heard_at(homes.maria)
    homes.heard_at(homes.ines, at_ms=NOW_MS + 1_500)
    assert homes.alerts() == {homes.maria: ("", False, 1)}
    homes.heard_at(homes.ines, at_ms=NOW_MS - 60_000)
    assert homes.alerts() == {homes.maria: ("", False, 2)}


def test_a_button_that_is_registered_nowhere_says_so_and_is_nobodys(homes):
    homes.button(homes.maria)
    homes.heard_at(homes.ines, "a4c138000099/sos_button/left")
    doubt = (
        "The device a4c138000099 is not registered. "
        f"The gateway {homes.ines} of this home heard it, but it may belong to somebody nearby"
    )
    assert homes.alerts() == {homes.ines: (doubt, True, 1)}
    assert homes.urgent() == [(homes.ines, None, "unregistered", homes.ines, "a4c138000099")]


def test_a_name_that_holds_within_a_home_only_makes_no_owner_elsewhere(homes):
    homes.button(homes.maria, "bedside")
    homes.heard_at(homes.ines, "bedside/sos_button")
    assert homes.urgent() == [(homes.ines, None, "unregistered", homes.ines, "bedside")]


def test_what_a_device_was_never_known_to_measure_is_its_homes_all_the_same(homes):
    homes.button(homes.ines, quantities=("battery",))
    homes.button(homes.maria, "a4c138000018", ("sos_button",))
    homes.heard_at(homes.ines)
    homes.heard_at(homes.ines, "a4c138000018/sos_button/second")
    assert homes.urgent() == [
        (homes.ines, None, "registered", None, BUTTON),
        (homes.maria, "a4c138000018/sos_button", "registered", homes.ines, ""),
    ]


def test_a_button_that_was_taken_away_calls_for_its_last_home(homes):
    homes.button(homes.maria, installed_at=NOW - 3 * HOUR, retired_at=NOW - HOUR)
    homes.heard_at(homes.ines)
    said = "The device had been taken away from this home. The gateway of another home heard it"
    assert homes.alerts() == {homes.maria: (said, False, 1)}
    homes.heard_at(homes.maria, at_ms=NOW_MS + 1)
    assert homes.urgent()[1] == (homes.maria, f"{BUTTON}/sos_button", "retired", None, "")


def test_a_button_that_went_to_another_home_calls_there_though_its_old_gateway_hears_it(homes):
    homes.button(homes.maria, retired_at=NOW - HOUR)
    homes.button(homes.ines, installed_at=NOW - HOUR)
    homes.heard_at(homes.maria)
    # What was kept in the gateway of before that is still the call of whoever had it then.
    homes.heard_at(homes.maria, at_ms=NOW_MS - 2 * 3_600_000)
    assert homes.urgent() == [
        (homes.ines, f"{BUTTON}/sos_button", "registered", homes.maria, ""),
        (homes.maria, f"{BUTTON}/sos_button", "registered", None, ""),
    ]
    assert len(homes.world.stored(homes.maria)) == 2


def test_a_button_that_two_other_homes_have_calls_in_both(homes, world):
    third = world.home("third", ())
    homes.button(homes.maria)
    homes.button(third)
    homes.heard_at(homes.ines)
    assert sorted(row[0] for row in homes.urgent()) == sorted([homes.maria, third])


def test_the_gateway_that_heard_it_is_named_within_an_organisation(homes, world, sender):
    next_door = world.home("next-door", ())
    homes.button(homes.maria)
    gateway = sender(next_door)
    gateway.await_stored(gateway.send((f"{BUTTON}/sos_button", NOW_MS, 1.0), leaf=Leaf.URGENT))
    until(homes.urgent)
    assert homes.alerts() == {homes.maria: (f"The gateway of another home heard it: {next_door}", False, 1)}
