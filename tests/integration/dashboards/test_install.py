"""The installer's pages: who may, what they show, and that a form that arrives twice does what it does once."""

import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import timedelta

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

import ingest.repository
from core.credentials import from_toml
from core.database import Database, Role
from core.errors import VicinoError
from core.messages import FoundDevice
from core.vocabulary import BY_NAME
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan, proof, sign_in

MOTION = FoundDevice("0x1", "Movimento bagno", "SONOFF", "SNZB-03", quantities=["occupancy", "battery", "link_quality"])
DOOR = FoundDevice("0x2", "Porta di casa", "Xiaomi", "MCCGQ11LM", quantities=["contact", "battery"])
BUTTON = FoundDevice("0x3", "Pulsante", "Tuya", "TS0215A_sos", quantities=["sos_button", "battery"])
PUT_FOUND = (MOTION, DOOR, BUTTON)
STRANGE = FoundDevice("0x4", "Cosa", "Nobody", "X1", unmapped={"warp": "9"})


@pytest.fixture
def installer(connection, place, client):
    as_role(connection, place, "installer")
    sign_in(client)
    return client


def as_role(connection, place, role):
    connection.execute(
        "UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, place.accounts[filling.LOGIN])
    )


def home_of(connection, place, name="maria"):
    row = connection.execute(
        "SELECT public_id FROM registry.home WHERE home_id = %s", (place.homes[name].home_id,)
    ).fetchone()
    return row["public_id"]


def gateway_of(connection, place, name="maria"):
    row = connection.execute(
        "SELECT key FROM devices.gateway WHERE gateway_id = %s", (place.homes[name].gateway_id,)
    ).fetchone()
    return row["key"]


def room_of(connection, place, kind, name="maria"):
    row = connection.execute(
        "SELECT room_id FROM registry.room WHERE home_id = %s AND kind = %s", (place.homes[name].home_id, kind)
    ).fetchone()
    return row["room_id"]


def find(connection, place, *devices: FoundDevice, name="maria"):
    assert ingest.repository.record_inventory(connection, gateway_of(connection, place, name), devices, NOW)


def send(client, path, **fields: str | Sequence[str]):
    page = client.get("/install/" + path.split("/")[2])
    return client.post(path, data={"csrf": proof(page.text), **fields}, headers={"HX-Request": "true"})


def devices_of(connection, place, name="maria"):
    return connection.execute(
        "SELECT device_id, device.key, device.name, room.kind, place, retired_at FROM devices.device"
        " LEFT JOIN registry.room USING (room_id) WHERE device.home_id = %s AND device.key LIKE '0x_'"
        " ORDER BY device.key",
        (place.homes[name].home_id,),
    ).fetchall()


def hear(connection, place, key, quantity, value, at):
    row = connection.execute(
        "SELECT series_id FROM devices.series JOIN devices.device USING (device_id)"
        " WHERE device.key = %s AND quantity_id = %s AND device.home_id = %s",
        (key, BY_NAME[quantity].id, place.homes["maria"].home_id),
    ).fetchone()
    connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (at, at))
    table = sql.Identifier("ingest", f"reading_{BY_NAME[quantity].retention}")
    insert = sql.SQL("INSERT INTO {} (series_id, ts, value, flags) VALUES (%s, %s, %s, 0)").format(table)
    connection.execute(insert, (row["series_id"], at, value))


PUT = {
    "device": ["{gateway} 0x1", "{gateway} 0x2", "{gateway} 0x3"],
    "name": ["Movimento bagno", "Porta di casa", "Pulsante"],
    "room": ["kind:bathroom", "kind:entrance", ""],
    "place": ["", "entrance_door", "body"],
}


def put(connection, place):
    gateway = gateway_of(connection, place)
    return PUT | {"device": [each.format(gateway=gateway) for each in PUT["device"]]}


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


def test_credentials_are_made_handed_over_and_shown_once(connection, place, installer, handed):
    home = home_of(connection, place)
    page = installer.get(f"/install/{home}")
    shown = installer.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    (made,) = handed
    assert made.gateway == gateway_of(connection, place)
    file = b64decode(re.search(r'href="data:text/plain;base64,([^"]+)"', shown.text).group(1)).decode()
    assert from_toml(file).password == made.password
    assert "<svg" in shown.text
    # Nobody took them to the broker in time, and that is said here and on the home's page.
    assert 'id="not-yet"' in shown.text
    assert 'id="not-admitted"' in installer.get(f"/install/{home}/gateway").text
    assert made.password not in installer.get(f"/install/{home}").text
    row = connection.execute("SELECT password_hash FROM devices.enrolment").fetchone()
    assert made.password not in row["password_hash"]
    answer = installer.post(
        f"/install/{home}/gateway/{made.gateway}/revoke", data={"csrf": proof(installer.get(f"/install/{home}").text)}
    )
    assert answer.status_code == 303
    assert connection.execute("SELECT revoked_at FROM devices.enrolment").fetchone()["revoked_at"] is not None


def test_a_home_without_gateway_gets_one(connection, place, installer, handed):
    home = connection.execute(
        "INSERT INTO registry.home (organisation_id, key, name) VALUES (%s, 'nuova', 'Casa Nuova') RETURNING public_id",
        (place.homes["maria"].organisation_id,),
    ).fetchone()["public_id"]
    page = installer.get(f"/install/{home}")
    assert "non ha ancora un gateway" in page.text
    for _ in range(2):
        installer.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    assert [made.gateway for made in handed] == ["gw-nuova", "gw-nuova"]
    assert connection.execute("SELECT count(*) AS n FROM devices.gateway WHERE key = 'gw-nuova'").fetchone()["n"] == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("admitted_at = enrolled_at", ""),
        ("trouble = 'The broker refuses setClient.'", "The broker refuses setClient. Si riprova"),
        ("trouble = 'VICINO_BROKER_ADMIN_URL'", "chiedi a loro di ammettere questo gateway"),
    ],
)
def test_it_is_said_whether_a_gateway_can_connect_yet_and_why_not(database_url, connection, place, clock, told, said):
    def hand_over(made):
        connection.execute(f"UPDATE devices.enrolment SET {told}")  # noqa: S608 - of this test

    as_role(connection, place, "installer")
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver")
    with (
        Database(database_url, Role.PEOPLE, name="test") as database,
        TestClientWithoutLifespan(create_app(database, clock, settings, hand_over=hand_over)) as client,
    ):
        sign_in(client)
        home = home_of(connection, place)
        page = client.get(f"/install/{home}")
        shown = client.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)}).text
        part = client.get(f"/install/{home}/gateway").text
    assert "base64" in shown
    # As soon as it is known: nobody waits for the full time.
    assert clock.now() == NOW
    assert ('id="not-yet"' in shown) is ('id="not-admitted"' in part) is bool(said)
    assert said in " ".join(shown.split())


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        (
            "confirmed = version, confirmed_at = changed_at",
            "Conosce i dispositivi e le regole di questa casa (versione 0123abcd",
        ),
        ("confirmed = 'old'", "non l'ha ancora confermato"),
        ("published_at = NULL", "è in viaggio"),
        ("trouble = 'a siren is there twice'", "Dillo a chi amministra Vicino: a siren is there twice"),
    ],
)
def test_whether_the_gateway_follows_what_it_was_told_is_shown(connection, place, installer, stands, said):
    home, gateway = home_of(connection, place), place.homes["maria"].gateway_id
    values = (NOW, gateway)
    connection.execute(
        "INSERT INTO devices.enrolment (gateway_id, organisation_id, home_id, enrolled_at, admitted_at, password_hash)"
        " SELECT gateway_id, organisation_id, home_id, %s, now(), 'x' FROM devices.gateway WHERE gateway_id = %s",
        values,
    )
    connection.execute(
        "INSERT INTO devices.gateway_config"
        " (gateway_id, organisation_id, home_id, version, config, changed_at, published_at)"
        " SELECT gateway_id, organisation_id, home_id, '0123abcd4567', '', %s, now() FROM devices.gateway"
        " WHERE gateway_id = %s",
        values,
    )
    assert 'class="configuration' not in installer.get(f"/install/{home}/gateway").text
    filling.status(connection, place.homes["maria"], NOW, online=True)
    connection.execute(f"UPDATE devices.gateway_config SET {stands}")  # noqa: S608 - of this test
    assert said in " ".join(installer.get(f"/install/{home}/gateway").text.split())


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("outbox full", "La memoria del gateway è piena"),
        ("disk full", "La memoria del gateway è piena"),
        ("disk broken", "La memoria del gateway è guasta"),
        ("other", "Il gateway ha un problema"),
    ],
)
def test_what_troubles_the_gateway_is_said_in_words(connection, place, installer, trouble, said):
    home, path = place.homes["maria"], f"/install/{home_of(connection, place)}/gateway"
    filling.status(connection, home, NOW, online=True)
    connection.execute(
        "UPDATE ingest.gateway_status SET trouble = %s WHERE gateway_id = %s", (trouble, home.gateway_id)
    )
    assert said in installer.get(path).text


def test_no_credentials_are_shown_that_the_broker_does_not_know(database_url, connection, place, clock):
    def fails(_):
        raise VicinoError("The broker does not answer.")

    as_role(connection, place, "installer")
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver")
    with Database(database_url, Role.PEOPLE, name="test") as database:
        app = create_app(database, clock, settings, hand_over=fails)
        with TestClientWithoutLifespan(app) as client:
            sign_in(client)
            home = home_of(connection, place)
            page = client.get(f"/install/{home}")
            answer = client.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    assert answer.status_code == 503
    assert "<svg xmlns" not in answer.text
    assert "base64" not in answer.text


@pytest.mark.parametrize("role", ["operator", "researcher"])
def test_who_is_not_in_charge_of_devices_makes_no_credentials(connection, place, client, handed, role):
    as_role(connection, place, role)
    sign_in(client)
    home, csrf = home_of(connection, place), proof(client.get("/").text)
    assert client.post(f"/install/{home}/gateway/credentials", data={"csrf": csrf}).status_code == 404
    gateway = gateway_of(connection, place)
    assert client.post(f"/install/{home}/gateway/{gateway}/revoke", data={"csrf": csrf}).status_code == 404
    assert handed == []


def test_a_form_of_a_stranger_is_refused(connection, place, installer):
    find(connection, place, MOTION)
    home = home_of(connection, place)
    answer = installer.post(f"/install/{home}/walk/begin", data={"csrf": "0" * 64})
    assert answer.status_code == 403
    assert connection.execute("SELECT 1 FROM devices.walk_test").fetchone() is None
