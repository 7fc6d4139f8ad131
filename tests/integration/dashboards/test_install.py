"""The installer's pages: who may, what they show, and that a form that arrives twice does what it does once."""

import re

import pytest

from core.messages import FoundDevice
from core.vocabulary import BY_NAME
from tests.integration.dashboards.conftest import NOW, sign_in
from tests.integration.dashboards.installing import (
    BUTTON,
    DOOR,
    MOTION,
    PUT_FOUND,
    STRANGE,
    as_role,
    devices_of,
    find,
    gateway_of,
    home_of,
    put,
    room_of,
    send,
)


@pytest.mark.parametrize("role", ["operator", "researcher"])
def test_the_pages_are_not_there_for_who_is_not_in_charge_of_devices(connection, place, client, role):
    as_role(connection, place, role)
    sign_in(client)
    home = home_of(connection, place)
    for path in ("/install", f"/install/{home}", f"/install/{home}/walk", f"/install/{home}/sheet"):
        assert client.get(path).status_code == 404, path


def test_homes_of_others_are_not_there(connection, place, installer):
    assert installer.get(f"/install/{home_of(connection, place, 'ines')}").status_code == 404
    shown = installer.get("/install").text
    assert "Maria" in shown or "maria" in shown
    assert home_of(connection, place, "ines").hex not in shown.replace("-", "")


def test_found_devices_are_shown_with_a_guess_and_unknown_ones_with_what_they_say(connection, place, installer):
    find(connection, place, MOTION, STRANGE)
    shown = installer.get(f"/install/{home_of(connection, place)}").text
    assert "Movimento bagno" in shown
    assert re.search(rf'<option value="room:{room_of(connection, place, "bathroom")}" selected>', shown)
    assert "warp = 9" in shown


def test_found_devices_are_put_in_place_together_and_once(connection, place, installer):
    find(connection, place, MOTION, DOOR, BUTTON)
    home = home_of(connection, place)
    fields = {**put(connection, place), "chosen": ["0", "1", "2"]}
    for _ in range(2):
        answer = send(installer, f"/install/{home}/devices", **fields)
        assert answer.status_code == 200, answer.text
        assert answer.headers["HX-Trigger"] == "refresh"
    assert [(row["key"], row["kind"], row["place"]) for row in devices_of(connection, place)] == [
        ("0x1", "bathroom", ""), ("0x2", "entrance", "entrance_door"), ("0x3", None, "body"),
    ]  # fmt: skip
    # What was heard of them, and what their models are known to report.
    rows = connection.execute("SELECT name FROM devices.series WHERE name LIKE '0x_/%'").fetchall()
    assert len({row["name"] for row in rows}) == len(rows)
    assert {row["name"] for row in rows} >= {f"{each.key}/{name}" for each in PUT_FOUND for name in each.quantities}
    shown = installer.get(f"/install/{home}/found").text
    assert "Movimento bagno" not in shown


def test_a_button_that_was_not_pressed_yet_can_call_from_the_first_press_on(connection, place, installer):
    find(connection, place, FoundDevice("0x6", "Pulsante", "Shelly", "SBBT-002C", quantities=["battery"]))
    fields = {"device": f"{gateway_of(connection, place)} 0x6", "name": "Pulsante", "room": "", "place": "body"}
    send(installer, f"/install/{home_of(connection, place)}/devices", chosen="0", **fields)
    (row,) = connection.execute(
        "SELECT model, series.name FROM devices.series JOIN devices.device USING (device_id)"
        " WHERE device.key = '0x6' AND quantity_id = %s",
        (BY_NAME["sos_button"].id,),
    ).fetchall()
    assert (row["model"], row["name"]) == ("Shelly SBBT-002C", "0x6/sos_button")


def test_only_what_was_chosen_is_put_in_place(connection, place, installer):
    find(connection, place, MOTION, DOOR, BUTTON)
    home = home_of(connection, place)
    assert send(installer, f"/install/{home}/devices", **put(connection, place)).status_code == 200
    assert devices_of(connection, place) == []
    send(installer, f"/install/{home}/devices", **put(connection, place), chosen="1")
    assert [row["key"] for row in devices_of(connection, place)] == ["0x2"]


@pytest.mark.parametrize(
    "changed",
    [{"room": "kind:palace"}, {"room": "room:x"}, {"place": "moon"}, {"device": "gw 0x9"}, {"room": "foreign"}],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(connection, place, installer, changed):
    find(connection, place, MOTION)
    fields = {"device": f"{gateway_of(connection, place)} 0x1", "name": "x", "room": "", "place": "", **changed}
    fields["room"] = fields["room"].replace("foreign", f"room:{room_of(connection, place, 'bathroom', 'lucia')}")
    answer = send(installer, f"/install/{home_of(connection, place)}/devices", chosen="0", **fields)
    assert answer.status_code in (409, 422)
    assert devices_of(connection, place) == []


def test_a_device_is_changed_taken_away_brought_back_and_replaced(connection, place, installer):
    find(connection, place, MOTION, DOOR)
    home = home_of(connection, place)
    send(installer, f"/install/{home}/devices", **put(connection, place), chosen="0")
    (device,) = devices_of(connection, place)
    path = f"/install/{home}/devices/{device['device_id']}"
    send(installer, path, name="Bagno", room=f"room:{room_of(connection, place, 'kitchen')}", place="wall")
    assert [(row["name"], row["kind"], row["place"]) for row in devices_of(connection, place)] == [
        ("Bagno", "kitchen", "wall")
    ]
    send(installer, f"{path}/retire")
    assert "riporta" in installer.get(f"/install/{home}/sensors").text.lower()
    send(installer, f"{path}/restore")
    assert devices_of(connection, place)[0]["retired_at"] is None
    assert send(installer, f"{path}/battery").status_code == 200
    assert send(installer, f"{path}/replace", by=f"{gateway_of(connection, place)} 0x2").status_code == 200
    old, new = devices_of(connection, place)
    assert old["retired_at"] is not None
    assert (new["name"], new["kind"]) == ("Bagno", "kitchen")
    assert send(installer, f"{path}/explode").status_code == 404


LABEL = "LW:D0:70B3D57ED0000010:24E124136B502217:000AF8BE"


def lorawan(connection):
    return connection.execute(
        "SELECT device.name, model, gateway.key AS gateway, device.home_id, place,"
        " array_agg(series.name ORDER BY quantity_id) AS series"
        " FROM devices.device JOIN devices.gateway USING (gateway_id) JOIN devices.series USING (device_id)"
        " WHERE device.key = '24e124136b502217' GROUP BY device_id, gateway.key ORDER BY device_id"
    ).fetchall()


def test_a_lorawan_sensor_is_installed_by_its_label_before_it_is_heard(connection, place, installer):
    home = home_of(connection, place)
    assert 'id="lorawan-code"' in installer.get(f"/install/{home}/found").text
    fields = {"code": LABEL, "model": "Milesight WS101", "name": "Pulsante", "room": "", "place": "body"}
    for _ in range(2):
        answer = send(installer, f"/install/{home}/lorawan", **fields)
        assert answer.status_code == 200, answer.text
    (row,) = lorawan(connection)
    assert (row["name"], row["model"], row["home_id"]) == ("Pulsante", "Milesight WS101", place.homes["maria"].home_id)
    assert row["gateway"] == gateway_of(connection, place)
    # Its first press is known for what it is.
    assert "24e124136b502217/sos_button" in row["series"]
    shown = installer.get(f"/install/{home}/sensors").text
    assert "Pulsante" in shown


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"code": "24E1"}, 409), ({"code": ""}, 409), ({"model": "Nobody X1"}, 422), ({"place": "moon"}, 422)],
)
def test_a_label_that_cannot_be_read_installs_nothing(connection, place, installer, changed, status):
    fields = {"code": LABEL, "model": "Milesight WS101", "name": "", "room": "", "place": "", **changed}
    assert send(installer, f"/install/{home_of(connection, place)}/lorawan", **fields).status_code == status
    assert lorawan(connection) == []


def test_a_lorawan_sensor_of_another_home_is_not_taken(connection, place, installer):
    fields = {"code": LABEL, "model": "Milesight WS101", "name": "", "room": "", "place": ""}
    assert send(installer, f"/install/{home_of(connection, place, 'lucia')}/lorawan", **fields).status_code == 200
    answer = send(installer, f"/install/{home_of(connection, place)}/lorawan", **fields)
    assert answer.status_code == 409
    assert "Prima toglilo da lì" in answer.text
    assert [row["home_id"] for row in lorawan(connection)] == [place.homes["lucia"].home_id]
    connection.execute("UPDATE devices.device SET retired_at = %s WHERE key = '24e124136b502217'", (NOW,))
    assert send(installer, f"/install/{home_of(connection, place)}/lorawan", **fields).status_code == 200


def test_a_form_of_a_stranger_is_refused(connection, place, installer):
    find(connection, place, MOTION)
    home = home_of(connection, place)
    answer = installer.post(f"/install/{home}/walk/begin", data={"csrf": "0" * 64})
    assert answer.status_code == 403
    assert connection.execute("SELECT 1 FROM devices.walk_test").fetchone() is None
