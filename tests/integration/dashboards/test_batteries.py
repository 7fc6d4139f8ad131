"""The round on which batteries are changed, as whoever is in charge of devices sees it."""

import csv
import io
from datetime import timedelta

import pytest

from core.vocabulary import BY_NAME
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in
from tests.integration.dashboards.installing import send


@pytest.fixture
def falling(connection, place):
    """Batteries that fall by 1 % a day, one at Maria's, one at Luigi's, and one of somebody else's at Ines's."""
    made = {}
    for who, left in (("maria", 20), ("luigi", 12), ("ines", 12)):
        home = place.homes[who]
        device = connection.execute(
            "INSERT INTO devices.device (organisation_id, home_id, gateway_id, key, name, model)"
            " VALUES (%s, %s, %s, %s, '=Pulsante', 'TS0215A_sos') RETURNING device_id",
            (home.organisation_id, home.home_id, home.gateway_id, f"0x{who}"),
        ).fetchone()["device_id"]
        series = connection.execute(
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING series_id",
            (home.organisation_id, home.home_id, home.gateway_id, device, f"0x{who}/battery", BY_NAME["battery"].id),
        ).fetchone()["series_id"]
        for ago in range(20):
            connection.execute(
                "INSERT INTO ingest.daily_technical VALUES (%s, %s, 1, 1, %s, %s, %s, %s, %s)",
                (series, NOW - timedelta(days=ago), *[left + ago] * 5),
            )
        made[who] = device
    return made


def test_the_round_goes_from_home_to_home_and_says_what_to_bring(installer, falling):
    page = " ".join(installer.get("/batteries").text.split())
    assert page.index("Luigi") < page.index("Maria"), "Casalfiumanese comes before Castel del Rio"
    assert "Ines" not in page
    assert "Charge" not in page
    assert "Probabilmente scarica tra 9 giorni, forse già tra 9." in page
    assert "2 batterie da cambiare, 2 case" in page
    assert 'aria-current="page">Batterie' in page


def test_the_round_is_of_one_municipality_and_a_time_if_wanted(installer, falling):
    assert "Maria" not in installer.get("/batteries", params={"municipality": "Casalfiumanese"}).text
    none = installer.get("/batteries", params={"within": 7}).text
    assert "Nessuna batteria da cambiare entro questo tempo" in none
    assert installer.get("/batteries", params={"within": "soon"}).status_code == 404


def test_what_was_changed_leaves_the_round(connection, place, installer, falling):
    home = connection.execute(
        "SELECT public_id FROM registry.home WHERE home_id = %s", (place.homes["maria"].home_id,)
    ).fetchone()["public_id"]
    assert send(installer, f"/install/{home}/devices/{falling['maria']}/battery").status_code == 200
    left = installer.get("/batteries/list").text
    assert "Luigi" in left
    assert "Maria" not in left


def test_a_sensor_that_is_silent_for_its_battery_is_on_the_round_until_that_is_changed(
    connection, place, installer, falling
):
    home, device = place.homes["maria"], falling["maria"]
    connection.execute(
        "INSERT INTO analytics.silence (organisation_id, home_id, subject_kind, subject_id, class, cause, started_at,"
        " since, confidence, known_at, updated_at)"
        " VALUES (%s, %s, 'device', %s, 'battery_low', 'empty', %s, %s, 0.9, %s, %s)",
        (home.organisation_id, home.home_id, device, *[NOW - timedelta(days=2)] * 4),
    )
    assert "Il sensore tace: la batteria è probabilmente scarica." in installer.get("/batteries").text
    connection.execute("UPDATE devices.device SET battery_changed_at = %s WHERE device_id = %s", (NOW, device))
    assert "Il sensore tace" not in installer.get("/batteries").text


def test_the_file_opens_in_an_italian_spreadsheet_and_holds_no_formula(installer, falling):
    answer = installer.get("/batteries/file")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="batterie-2026-03-16.csv"'
    header, *lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert header[:4] == ["Tappa", "Comune", "Indirizzo", "Casa"]
    assert [line[:2] for line in lines] == [["1", "Casalfiumanese"], ["2", "Castel del Rio"]]
    assert lines[0][header.index("Sensore")] == "'=Pulsante"
    assert lines[0][header.index("Carica (%)")] == "12"
    assert all(len(line) == len(header) for line in lines)


def test_who_is_in_charge_of_no_devices_has_no_round(connection, place, client):
    sign_in(client)
    for path in ("/batteries", "/batteries/list", "/batteries/file"):
        assert client.get(path).status_code == 404
    assert 'href="/batteries"' not in client.get("/").text


def test_another_organisation_sees_only_its_own(connection, place, client, falling):
    connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (place.accounts[filling.STRANGER],)
    )
    sign_in(client, filling.STRANGER)
    page = client.get("/batteries").text
    assert "Ines" in page
    assert "Maria" not in page
