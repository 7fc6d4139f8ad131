"""`vicino research`: who is in an export and who is not, what is in it, and that it can be made again."""

import csv
import json
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from pyarrow import parquet
from typer.testing import CliRunner

from cli.__main__ import app
from cli.research.export import Query, export
from cli.research.tables import TABLES, age_band
from core.clock import SimulatedClock
from core.database import Database, Role
from core.errors import VicinoError
from core.vocabulary import BY_NAME, PRESENCE
from gateway.recordings import tihm
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 10), date(2026, 3, 15)
QUERY = Query(first=FIRST, last=LAST)
NAMES = (
    *(b"rossi", b"bianchi", b"ferrari", b"maria", b"giuseppe", b"elena"),
    *(b"via roma", b"+39", b"casa-", b"mordano", b"gw-"),
)


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def place(connection):
    """Homes with a week of life; Maria, Giuseppe and Lucia agree to research, and to care like everybody."""
    place = filling.fill(connection, NOW)
    filling.trouble(connection, place, NOW - timedelta(days=1))
    for name in ("maria", "giuseppe", "lucia"):
        agree(connection, place, name, datetime(2026, 3, 1, tzinfo=UTC))
    agree(connection, place, "luigi", datetime(2026, 3, 1, tzinfo=UTC), purpose="care")
    connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = %s, escalates_at = NULL"
        " WHERE home_id = %s",
        (NOW, place.homes["maria"].home_id),
    )
    return place


def agree(connection, place, name, since, purpose="research", until=None):
    home = place.homes[name]
    connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, valid_until)"
        " VALUES (%s, %s, %s, 'consent', %s, %s)",
        (home.organisation_id, home.person_id, purpose, since, until),
    )


def withdraw(connection, place, name, at):
    connection.execute(
        "UPDATE registry.consent SET withdrawn_at = %s WHERE person_id = %s AND purpose = 'research'",
        (at, place.homes[name].person_id),
    )


def subject(connection, place, name):
    home = place.homes[name].home_id
    return connection.execute(
        "SELECT dashboards.pseudonym_for('research', public_id) AS it FROM registry.home WHERE home_id = %s", (home,)
    ).fetchone()["it"]


@pytest.fixture
def make(database_url, tmp_path):
    """Export into a new folder; return what came of it and the folder."""
    with Database(database_url, Role.SERVICE, name="test") as database:

        def run(to="export", query=QUERY, now=NOW, progress=lambda *_: None, formats=("csv", "parquet")):
            return export(database, query, tmp_path / to, formats, SimulatedClock(now), progress), tmp_path / to

        yield run


def table(folder, name):
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def homes(folder):
    return {row["subject"] for row in table(folder, "subjects")}


def test_only_who_agrees_is_in_it(make, connection, place):
    made, folder = make()
    agreeing = {subject(connection, place, name) for name in ("maria", "giuseppe", "lucia")}
    assert made.homes == 3
    assert homes(folder) == agreeing
    for each in TABLES:
        assert {row["subject"] for row in table(folder, each.name)} <= agreeing, each.name


def test_nobody_is_named(make, place):
    _, folder = make()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().lower()
        for word in NAMES:
            assert word not in text, (path, word)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_consent_that_has_ended_counts_at_once(make, connection, place):
    make("before")
    withdraw(connection, place, "maria", NOW + timedelta(minutes=1))
    _, folder = make("at-the-instant", now=NOW + timedelta(minutes=1))
    assert subject(connection, place, "maria") not in homes(folder)
    connection.execute(
        "UPDATE registry.consent SET valid_until = %s WHERE person_id = %s", (NOW, place.homes["lucia"].person_id)
    )
    _, folder = make("later", now=NOW + timedelta(minutes=1))
    assert homes(folder) == {subject(connection, place, "giuseppe")}


def test_a_consent_that_ends_meanwhile_leaves_nothing(make, connection, place, tmp_path):
    def meanwhile(done, _):
        if done == 2:
            withdraw(connection, place, "lucia", NOW - timedelta(seconds=1))

    with pytest.raises(VicinoError, match="ended while the export was made"):
        make(progress=meanwhile)
    assert list(tmp_path.iterdir()) == []
    assert connection.execute("SELECT count(*) AS n FROM dashboards.research_export").fetchone() == {"n": 0}
    made, _ = make()
    assert made.homes == 2


def test_where_somebody_who_lives_there_does_not_agree_nothing_of_the_home_is_used(make, connection, place):
    maria = place.homes["maria"]
    second = connection.execute(
        "INSERT INTO registry.person (organisation_id, home_id, key, name, birth_year, sex)"
        " VALUES (%s, %s, 'aldo', 'Aldo', 1936, 'male') RETURNING person_id",
        (maria.organisation_id, maria.home_id),
    ).fetchone()["person_id"]
    _, folder = make("one")
    assert subject(connection, place, "maria") not in homes(folder)
    # Once both agree, from the day after the second one did.
    connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
        " VALUES (%s, %s, 'research', 'consent', '2026-03-12T10:00:00Z')",
        (maria.organisation_id, second),
    )
    _, folder = make("both")
    (row,) = (row for row in table(folder, "subjects") if row["subject"] == subject(connection, place, "maria"))
    assert (row["residents"], row["first_day"], row["last_day"]) == ("2", "2026-03-13", "2026-03-15")
    events = [event for event in table(folder, "events") if event["subject"] == row["subject"]]
    assert events
    assert min(event["at"] for event in events) >= "2026-03-12T23:00:00"
    # A patient of TIHM is one person: two are in no row of its demographics.
    assert row["subject"] not in (folder / "tihm" / "Demographics.csv").read_text()


def test_what_was_before_the_consent_is_not_used(make, connection, place):
    connection.execute(
        "UPDATE registry.consent SET valid_from = '2026-03-13T23:00:00Z' WHERE person_id = %s",
        (place.homes["maria"].person_id,),
    )
    _, folder = make()
    mine = subject(connection, place, "maria")
    (row,) = (row for row in table(folder, "subjects") if row["subject"] == mine)
    assert row["first_day"] == "2026-03-14"  # midnight in Rome: the whole day
    assert {each["day"] for each in table(folder, "indicators") if each["subject"] == mine} == {
        "2026-03-14",
        "2026-03-15",
    }


def test_an_organisation_with_those_below_it(make, connection, place):
    agree(connection, place, "ines", datetime(2026, 3, 1, tzinfo=UTC))
    assert make("all")[0].homes == 4
    assert make("union", QUERY.__class__(first=FIRST, last=LAST, organisation="unione"))[0].homes == 3
    with pytest.raises(VicinoError, match="no organisation 'nowhere'"):
        make("nowhere", Query(first=FIRST, last=LAST, organisation="nowhere"))


def test_both_formats_say_the_same_and_what_each_column_is(make, place):
    made, folder = make()
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        described = {(row["table"], row["column"]): row["meaning"] for row in csv.DictReader(file)}
    rows = {}
    for each in TABLES:
        read = parquet.read_table(folder / "parquet" / f"{each.name}.parquet")
        found = table(folder, each.name)
        assert read.num_rows == len(found) == made.sums[each.name].rows
        assert read.column_names == [column.name for column in each.columns]
        for column in read.schema:
            assert described[each.name, column.name] == column.metadata[b"meaning"].decode()
        rows[each.name] = len(found)
    assert rows["events"] > 500
    assert rows["indicators"] == 3 * 2 * 6
    assert rows["alerts"] == 3
    first = parquet.read_table(folder / "parquet" / "events.parquet").to_pylist()[0]
    assert first["at"].tzinfo is not None
    assert f"{first['at']:%Y-%m-%dT%H:%M:%S.%f}Z" == table(folder, "events")[0]["at"]


def test_an_export_can_be_made_again_and_tells_whether_it_is_the_same(make, connection, place):
    made, folder = make("first")
    again, other = make("again", now=NOW + timedelta(days=2))
    assert again.digest == made.digest
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert len(names) == 2 * len(TABLES) + 4 + 3
    for name in names:
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name
    connection.execute(
        "UPDATE analytics.indicator SET value = value + 1 WHERE day = '2026-03-14' AND kind = 'longest_stillness'"
    )
    changed, _ = make("changed")
    assert changed.digest != made.digest
    assert {name for name, each in changed.sums.items() if each != made.sums[name]} == {"indicators"}


def test_programs_for_tihm_read_it(make, connection, place):
    """The reader of the recorded data set takes all of it: the same format, by another program of ours."""
    _, folder = make()
    read = tihm.read(folder / "tihm")
    assert read.refused == []
    assert read.notes == []
    assert {home.entry["persons"][0]["key"] for home in read.recorded} <= {f"tihm-{each}" for each in homes(folder)}
    rooms = {"bedroom", "bathroom", "kitchen", "living"}
    seen = [
        row
        for row in table(folder, "events")
        if row["quantity"] in PRESENCE and float(row["value"]) > 0 and row["room"] in rooms
    ]
    assert read.rows == len(seen) > 300
    sexes = {home.entry["persons"][0]["key"]: home.entry["persons"][0].get("sex") for home in read.recorded}
    assert sexes[f"tihm-{subject(connection, place, 'giuseppe')}"] == "male"
    found, refused = tihm.labels(folder / "tihm")
    assert refused == []
    assert [(label.patient, label.kind) for label in found] == [(subject(connection, place, "maria"), "sos_button")]


def test_measurements_and_doors_in_the_layout_of_tihm(make, connection, place):
    maria = place.homes["maria"]
    device = filling.one(
        connection,
        "INSERT INTO devices.device (organisation_id, home_id, gateway_id, key, place)"
        " VALUES (%s, %s, %s, 'x', 'entrance_door') RETURNING device_id",
        maria.organisation_id, maria.home_id, maria.gateway_id,
    )  # fmt: skip
    at = datetime(2026, 3, 12, 6, 30, tzinfo=UTC)
    for quantity, value in (("contact", 0), ("contact", 1), ("body_weight", 61.5), ("body_weight", 900)):
        at += timedelta(minutes=1)
        series = filling.one(
            connection,
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING series_id",
            maria.organisation_id, maria.home_id, maria.gateway_id, device, f"x/{value}", BY_NAME[quantity].id,
        )  # fmt: skip
        connection.execute(
            sql.SQL("INSERT INTO ingest.{} (series_id, ts, value, flags) VALUES (%s, %s, %s, %s)").format(
                sql.Identifier(f"reading_{BY_NAME[quantity].retention}")
            ),
            (series, at, value, int(value == 900)),
        )
    _, folder = make()
    mine = subject(connection, place, "maria")
    activity = (folder / "tihm" / "Activity.csv").read_text().splitlines()
    assert [line for line in activity if "Door" in line] == [f"{mine},Front Door,2026-03-12 07:31:00"]
    physiology = (folder / "tihm" / "Physiology.csv").read_text().splitlines()
    assert physiology[1:] == [f"{mine},2026-03-12 07:33:00,Body weight,61.5,kg"]
    assert [row["value"] for row in table(folder, "measurements")] == ["61.5", "900.0"]
    assert tihm.read(folder / "tihm").refused == []


def test_what_cannot_be_exported_is_said(make, connection, place, tmp_path):
    make("there")
    with pytest.raises(VicinoError, match="is there already"):
        make("there")
    with pytest.raises(VicinoError, match="after the last"):
        make("new", Query(first=LAST, last=FIRST))
    with pytest.raises(VicinoError, match="is not over"):
        make("new", Query(first=FIRST, last=NOW.date()))
    with pytest.raises(VicinoError, match="no home all of whose residents agree"):
        make("new", Query(first=date(2026, 2, 1), last=date(2026, 2, 20)))
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_the_command_and_what_became_of_its_consents(connection, place, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("VICINO_DATABASE_URL", database_url)

    def vicino(*arguments):
        return CliRunner().invoke(app, ["research", *arguments, "--data", str(tmp_path / "nowhere")])

    days = ("--from", FIRST.isoformat(), "--until", LAST.isoformat())
    done = vicino("export", "--to", str(tmp_path / "one"), *days, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["homes"], told["same"]) == (3, None)
    assert json.loads((tmp_path / "one" / "manifest.json").read_text())["digest"] == told["digest"]
    again = vicino("export", "--to", str(tmp_path / "two"), "--query", str(tmp_path / "one"), "--format", "csv")
    assert again.exit_code == 0, again.stderr
    assert "The same came of it as before." in again.stdout
    assert "has only 1 persons" in " ".join(again.stderr.split())
    assert not (tmp_path / "two" / "parquet").exists()
    gone = subject(connection, place, "maria")
    withdraw(connection, place, "maria", datetime.now(UTC))
    listed = json.loads(vicino("list", "--json").stdout)
    assert [(each["export_id"], each["ended"]) for each in listed] == [(2, [gone]), (1, [gone])]
    assert vicino("ended", "1").stdout.split() == [gone]
    assert vicino("ended", "9").exit_code == 1
    third = vicino("export", "--to", str(tmp_path / "three"), "--query", str(tmp_path / "one" / "query.json"))
    assert third.exit_code == 0
    fourth = vicino("export", "--to", str(tmp_path / "four"), "--query", str(tmp_path / "one" / "manifest.json"))
    assert fourth.exit_code == 1
    assert "Something else came of it" in fourth.stdout
    assert vicino("export", "--to", str(tmp_path / "five")).exit_code == 1
    refused = vicino("export", "--to", str(tmp_path / "five"), "--query", str(tmp_path / "x"))
    # The terminal breaks the line somewhere, by how long the path is.
    assert "saved query" in " ".join(refused.stderr.split())


@pytest.mark.parametrize(
    ("born", "band"),
    [
        *((1996, "(0, 60]"), (1966, "(0, 60]"), (1965, "(60, 70]"), (1956, "(60, 70]"), (1946, "(70, 80]")),
        *((1945, "(80, 90]"), (1936, "(80, 90]"), (1935, "(90, 120]"), (1920, "(90, 120]"), (None, "")),
    ],
)
def test_bands_of_age(born, band):
    assert age_band(born, 2026) == band
