"""A person's own copy: all that is held, nothing that is private of others, for nobody but who may have it."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from dashboards.own_copy.archive import DICTIONARY, INDEX, MANIFEST
from dashboards.own_copy.columns import COLUMNS
from dashboards.own_copy.parts import PARTS
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import NOW, proof, sign_in

HERSELF, DELEGATE = "maria.r", "delia"


@pytest.fixture
def place(connection):
    place = filling.fill(connection, NOW)
    filling.trouble(connection, place, NOW - timedelta(days=1))
    return place


@pytest.fixture
def maria(connection, place):
    maria = place.homes["maria"]
    kin.consent(connection, maria, NOW)
    kin.shared(connection, maria, ["day", "safety"])
    kin.pause(connection, maria, NOW - timedelta(days=9), NOW - timedelta(days=8))
    kin.close(connection, maria, HERSELF, "Maria Rossi", "self")
    kin.close(connection, maria, DELEGATE, "Delia Conti", "delegate")
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    return maria


def take(client, maria, login):
    sign_in(client, login)
    csrf = proof(client.get("/notifications").text)
    return client.post(f"/sharing/{maria.person}/copy", data={"csrf": csrf})


def table(archive, name):
    with archive.open(f"data/{name}.csv") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")))


@pytest.fixture
def archive(client, maria):
    answer = take(client, maria, HERSELF)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "vicino-i-miei-dati-2026-03-16.zip" in answer.headers["content-disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_all_of_it_is_in_the_copy(archive, connection, maria):
    assert archive.testzip() is None
    for name, where in {
        "readings": "ingest.reading_event JOIN devices.series USING (series_id) WHERE series.home_id = %s",
        "episodes": "analytics.episode WHERE home_id = %s",
        "indicators": "analytics.indicator WHERE home_id = %s",
        "indicators_by_hour": "analytics.hourly WHERE home_id = %s",
        "alerts": "alerts.alert WHERE home_id = %s",
        "pauses": "registry.pause WHERE home_id = %s",
        "rooms": "registry.room WHERE home_id = %s",
        "devices": "devices.device WHERE home_id = %s",
    }.items():
        count = filling.one(connection, f"SELECT count(*) FROM {where}", maria.home_id)  # noqa: S608 - our own names
        if name == "readings":
            count += filling.one(
                connection,
                "SELECT count(*) FROM ingest.reading_level JOIN devices.series USING (series_id) WHERE home_id = %s",
                maria.home_id,
            )
        assert len(table(archive, name)) == count > 0, name
    (person,) = table(archive, "person")
    assert (person["name"], person["phone"]) == ("Maria Rossi", "+39 0542 555 012")
    readings = table(archive, "readings")
    assert [row["at"] for row in readings] == sorted(row["at"] for row in readings)
    series = {row["series_id"] for row in table(archive, "series")}
    assert {row["series_id"] for row in readings} == series
    assert {row["contact"] for row in table(archive, "shares")} == {"Elena"}


def test_what_is_private_of_others_is_not(archive, connection, maria):
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Elena" in whole
    for secret in (b"+39 333 555 0199", b"Giuseppe", b"Bianchi"):
        assert secret not in whole
    assert "Elena Rossi" in {row["name"] for row in table(archive, "accounts")}


def test_nothing_about_somebody_else_in_the_home(client, connection, maria):
    filling.one(
        connection,
        "INSERT INTO registry.person (organisation_id, home_id, key, name, phone)"
        " VALUES (%s, %s, 'aldo', 'Aldo Rossi', '+39 0542 555 999') RETURNING person_id",
        maria.organisation_id, maria.home_id,
    )  # fmt: skip
    aldo = filling.one(connection, "SELECT person_id FROM registry.person WHERE key = 'aldo'")
    filling.alert(
        connection,
        maria,
        NOW,
        person_id=aldo,
        kind="fall",
        explanation_it="Aldo è caduto.",
        explanation_en="Aldo fell.",
    )
    answer = take(client, maria, HERSELF)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        assert table(archive, "readings")
    assert b"Aldo" not in whole
    assert b"555 999" not in whole


def test_every_column_is_described_and_sums_are_right(archive):
    described = {(row["file"], row["column"]) for row in csv.DictReader(io.StringIO(archive.read(DICTIONARY).decode()))}
    manifest = json.loads(archive.read(MANIFEST))
    used = set()
    for part in PARTS:
        head, *rows = csv.reader(io.StringIO(archive.read(f"data/{part.name}.csv").decode()))
        used |= set(head)
        assert {(f"{part.name}.csv", name) for name in head} <= described
        assert manifest["files"][f"data/{part.name}.csv"]["rows"] == len(rows)
    assert used == COLUMNS.keys(), "a column without a use, or without a meaning"


def test_every_view_is_a_part(connection):
    views = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'dashboards'::regnamespace AND relname ~ '^held_'"
    ).fetchall()
    assert {row["relname"].removeprefix("held_") for row in views} == {part.name for part in PARTS}


def test_the_index_says_it_in_plain_italian(archive):
    page = archive.read(INDEX).decode()
    for said in ("Maria Rossi", "Pulsante SOS premuto alle 03:12.", "Come va la mia giornata", "data/readings.csv"):
        assert said in page
    assert "http" not in page.split("<body>")[1]


def test_a_delegate_has_it_and_nobody_else(client, maria, place):
    assert take(client, maria, DELEGATE).status_code == 200
    for login in (kin.DAUGHTER, filling.LOGIN, filling.STRANGER):
        client.cookies.clear()
        assert take(client, maria, login).status_code == 404, login


def test_it_is_noted_who_took_it(client, connection, maria, archive):
    row = connection.execute("SELECT method, route FROM dashboards.audit ORDER BY audit_id DESC LIMIT 1").fetchone()
    assert row == {"method": "POST", "route": "/sharing/{public_id}/copy"}
    (look,) = [row for row in table(archive, "looks") if row["route"] == "/sharing/{public_id}/copy"]
    assert look["name"] == "Maria Rossi"


def test_after_one_there_can_be_another(client, maria):
    for _ in range(3):
        client.cookies.clear()
        assert take(client, maria, HERSELF).status_code == 200
