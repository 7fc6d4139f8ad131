"""The walk test on the installer's page, and what calls for help in it."""

import re
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from core.messages import FoundDevice
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof
from tests.integration.dashboards.installing import (
    BUTTON,
    DOOR,
    MOTION,
    devices_of,
    find,
    gateway_of,
    hear,
    home_of,
    put,
    send,
)


def test_each_sensor_ticks_itself_off_in_the_walk_test(connection, place, installer, clock):
    find(connection, place, MOTION, DOOR)
    home = home_of(connection, place)
    connection.execute(
        "UPDATE devices.device SET retired_at = %s WHERE home_id = %s", (NOW, place.homes["maria"].home_id)
    )
    send(installer, f"/install/{home}/devices", **put(connection, place), chosen=["0", "1"])
    hear(connection, place, "0x1", "battery", 12, NOW - timedelta(days=2))
    for _ in range(2):
        assert send(installer, f"/install/{home}/walk/begin").status_code == 200
    clock.advance(30)
    assert "0 su 2" in installer.get(f"/install/{home}/walk").text
    hear(connection, place, "0x1", "occupancy", 1, clock.now())
    hear(connection, place, "0x1", "link_quality", 20, clock.now())
    shown = installer.get(f"/install/{home}/walk").text
    assert "1 su 2" in shown
    assert "12 %" in shown
    clock.advance(30)
    send(installer, f"/install/{home}/walk/end")
    send(installer, f"/install/{home}/walk/end")
    row = connection.execute("SELECT answered, expected, account_name FROM devices.walk_test").fetchone()
    assert (row["answered"], row["expected"], row["account_name"]) == (1, 2, "Anna Lodi")
    assert "1 su 2" in installer.get(f"/install/{home}/sheet").text


SMOKE = FoundDevice("0x5", "Fumo", "Heiman", "HS1SA-E", quantities=["smoke", "battery"])


def walking(connection, place, installer):
    """Put an SOS button and a smoke alarm in place and begin the walk test; return the home and the two devices."""
    find(connection, place, BUTTON, SMOKE)
    home, gateway = home_of(connection, place), gateway_of(connection, place)
    fields = {"device": [f"{gateway} 0x3", f"{gateway} 0x5"], "name": ["Pulsante", "Fumo"]}
    fields |= {"room": ["", ""], "place": ["body", "ceiling"], "chosen": ["0", "1"]}
    send(installer, f"/install/{home}/devices", **fields)
    send(installer, f"/install/{home}/walk/begin")
    return home, *(row["device_id"] for row in devices_of(connection, place))


def waiting(connection):
    return connection.execute(
        "SELECT device_id, quantity_id, ends_at - started_at AS lasts, started_by_name FROM alerts.test_alarm"
        " WHERE pressed_at IS NULL AND ended_at IS NULL ORDER BY test_alarm_id"
    ).fetchall()


def test_what_calls_for_help_is_announced_before_it_is_tried(connection, place, installer):
    home, button, smoke = walking(connection, place, installer)
    shown = installer.get(f"/install/{home}/walk").text
    # It is said beforehand what will call whom.
    assert re.search(r'id="real-calls".*Fumo, Pulsante.*gli operatori', shown, re.DOTALL)
    assert f'id="announce-{button}"' in shown
    assert f'id="announce-{smoke}"' in shown
    assert send(installer, f"/install/{home}/devices/{smoke}/test-alarm").status_code == 200
    assert waiting(connection) == [
        {"device_id": smoke, "quantity_id": 21, "lasts": timedelta(minutes=10), "started_by_name": "Anna Lodi"}
    ]
    shown = installer.get(f"/install/{home}/walk").text
    assert "non chiama nessuno" in shown
    assert f'id="announce-{smoke}"' not in shown
    assert f'id="announce-{button}"' in shown
    filling.alert(connection, place.homes["maria"], NOW)
    assert send(installer, f"/install/{home}/devices/{button}/test-alarm").status_code == 409


@pytest.mark.parametrize("way", ["test-alarm/end", "walk/end"])
def test_what_was_announced_ends_with_the_walk_test_and_by_not_now(connection, place, installer, way):
    home, button, smoke = walking(connection, place, installer)
    for device in (button, smoke):
        send(installer, f"/install/{home}/devices/{device}/test-alarm")
    assert len(waiting(connection)) == 2
    assert 'id="call-off"' in installer.get(f"/install/{home}/walk").text
    assert send(installer, f"/install/{home}/{way}").status_code == 200
    assert waiting(connection) == []
    assert 'id="call-off"' not in installer.get(f"/install/{home}/walk").text


def test_an_announcement_that_arrives_again_after_the_press_is_told_and_not_done(connection, place, installer):
    home, button, _ = walking(connection, place, installer)
    path = f"/install/{home}/devices/{button}/test-alarm"
    send(installer, path, seen="0")
    connection.execute("UPDATE alerts.test_alarm SET pressed_at = %s, urgent_id = 1", (NOW,))
    answer = send(installer, path, seen="0")
    assert answer.status_code == 409
    assert "Non è stato annunciato niente" in answer.text
    assert waiting(connection) == []


def test_the_sirens_and_contacts_of_a_home_are_told_of_before_a_test(connection, place, installer):
    home, *_ = walking(connection, place, installer)
    assert "sirene" not in installer.get(f"/install/{home}/walk").text
    rules = {"sirens": [{"target": "s"}], "contacts": [{}, {}]}
    connection.execute(
        "INSERT INTO devices.offline_rules (home_id, organisation_id, rules, changed_at) VALUES (%s, %s, %s, %s)",
        (place.homes["maria"].home_id, place.homes["maria"].organisation_id, Jsonb(rules), NOW),
    )
    assert re.search(r"sirene \(1\).*contatti \(2\)", installer.get(f"/install/{home}/walk").text)


def test_a_smoke_alarm_that_was_only_heard_is_not_ticked_off(connection, place, installer, clock):
    connection.execute(
        "UPDATE devices.device SET retired_at = %s WHERE home_id = %s", (NOW, place.homes["maria"].home_id)
    )
    home, *_ = walking(connection, place, installer)
    clock.advance(30)
    hear(connection, place, "0x5", "battery", 90, clock.now())
    hear(connection, place, "0x5", "smoke", 0, clock.now())
    hear(connection, place, "0x3", "sos_button", 1, clock.now())
    shown = installer.get(f"/install/{home}/walk").text
    assert "Hanno risposto 1 su 2, 1 è stato solo sentito" in " ".join(shown.split())
    assert "Sentito soltanto alle" in shown
    send(installer, f"/install/{home}/walk/end")
    row = connection.execute("SELECT answered, heard, expected FROM devices.walk_test").fetchone()
    assert row == {"answered": 1, "heard": 1, "expected": 2}
    assert "1 è stato solo sentito" in installer.get(f"/install/{home}/sheet").text


def test_a_foreign_home_is_not_tested(connection, place, installer):
    page = installer.get("/install")
    home = home_of(connection, place, "ines")
    device = connection.execute(
        "WITH made AS (INSERT INTO devices.device (organisation_id, home_id, gateway_id, key)"
        " SELECT organisation_id, home_id, gateway_id, 'b' FROM devices.gateway WHERE home_id = %s RETURNING *)"
        " INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " SELECT organisation_id, home_id, gateway_id, device_id, 'b/sos_button', 20 FROM made RETURNING device_id",
        (place.homes["ines"].home_id,),
    ).fetchone()["device_id"]
    for own, path in ((home, f"devices/{device}/test-alarm"), (home, "test-alarm/end")):
        assert installer.post(f"/install/{own}/{path}", data={"csrf": proof(page.text)}).status_code == 404
    # Nor by way of a home of one's own.
    mine = home_of(connection, place)
    path = f"/install/{mine}/devices/{device}/test-alarm"
    assert installer.post(path, data={"csrf": proof(page.text)}).status_code == 404
    assert connection.execute("SELECT 1 FROM alerts.test_alarm").fetchone() is None
