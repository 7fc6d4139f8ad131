"""`vicino backtest`, `vicino rules` and `vicino visits` on stored readings."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from analytics.jobs import analyse
from cli.__main__ import app
from core.database import Database, Role
from tests.unit.analytics.made import at

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 20), date(2026, 2, 28)


@pytest.fixture
def home(installation, database, clock, days_of):
    made = installation.home(installation.organisation())
    installation.store(made, [*days_of(FIRST, LAST), (at(BAD, "26:00"), "entrance_door")])
    analyse(database, FIRST, LAST, clock=clock, homes=[made.home_id])
    key = installation.rows("SELECT key FROM registry.home WHERE home_id = %s", made.home_id)[0]["key"]
    return made, key


@pytest.fixture
def vicino(database_url, clock, monkeypatch):
    class Here:
        def __init__(self, _):
            pass

        def database(self):
            return Database(database_url, Role.SERVICE, name="test")

    for module in ("cli.commands.backtest", "cli.commands.findings", "cli.precision", "cli.rules", "cli.visits"):
        monkeypatch.setattr(f"{module}.Installation", Here)
        monkeypatch.setattr(f"{module}.SystemClock", lambda: clock, raising=False)
    runner = CliRunner()

    def run(*arguments):
        result = runner.invoke(app, [str(each) for each in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_a_backtest_lists_days_and_homes_beside_what_was_raised(vicino, home):
    _, key = home
    report = json.loads(vicino("backtest", "night_absence", "--days", 27, "--home", key, "--json").stdout)
    assert (report["fired"], report["raised"], report["homes_with"], report["homes_looked_at"]) == (1, 1, 1, 1)
    assert report["homes"][key]["days"] == ["2026-02-21"]
    assert "nobody was seen inside" in report["homes"][key]["fired"][0]["explanation"]["en"]
    said = vicino("backtest", "night_absence", "--days", 27, "--home", key).stdout
    assert "night_absence would have fired once in 27 days in 1 of 1 homes. What was raised then: 1." in said
    patient = vicino("backtest", "night_absence", "--home", key, "--set", "least=200", "--json").stdout
    assert json.loads(patient)["fired"] == 0


def test_how_often_a_detector_was_right_is_told_of_all_homes_or_one(vicino, home, installation):
    made, key = home
    (told,) = [line for line in json.loads(vicino("findings", "--json").stdout) if line["kind"] == "night_absence"]
    assert told["home"] == key
    assert "No alert about a finding" in vicino("findings", "precision").stdout
    installation.connection.execute(
        "INSERT INTO analytics.outcome SELECT finding_id, organisation_id, home_id, gen_random_uuid(), 'true',"
        " detector, kind, NULL, NULL, %s, 'Anna', found_at, 'went' FROM analytics.finding WHERE kind = 'night_absence'",
        (installation.viewer(made.organisation_id),),
    )
    counted = {"n": 1, "true": 1, "false": 0, "explained": 0, "unclear": 0, "precision": 1, "interval": [0.2065, 1.0]}
    for arguments in ((), ("--home", key)):
        (detector,) = json.loads(vicino("findings", "precision", "--json", *arguments).stdout)["detectors"]
        assert detector == {
            "detector": "night_absence", **counted, "kinds": [{"kind": "night_absence", **counted}],
            "reasons": [
                {"reason": "went", "outcome": "true", "n": 1, "share": 1.0, "precision_without": None}
            ],
        }  # fmt: skip
    told = vicino("findings", "precision").stdout
    assert "100%" in told
    assert "Somebody" in told
    other = installation.home(made.organisation_id)
    (key,) = [
        row["key"] for row in installation.rows("SELECT key FROM registry.home WHERE home_id = %s", other.home_id)
    ]
    assert json.loads(vicino("findings", "precision", "--json", "--home", key).stdout)["detectors"] == []
    assert vicino("findings", "precision", "--home", "nowhere").exit_code != 0


def test_rules_are_set_for_a_home_and_listed(vicino, home):
    _, key = home
    said = vicino("rules", "set", "cold", "--home", key, "--mode", "shadow", "--set", "advised=19")
    assert said.exit_code == 0
    listed = json.loads(vicino("rules", "list", "--json").stdout)
    assert listed["defaults"]["vital_signs"]["mode"] == "off"
    (row,) = [row for row in listed["set"] if row["home"] == key]
    assert (row["rule"], row["mode"], row["fields"], row["set_by"]) == ("cold", "shadow", {"advised": 19}, None)
    assert vicino("rules", "list").exit_code == 0
    assert vicino("rules", "set", "cold", "--home", key, "--set", "advised=hot").exit_code != 0
    assert vicino("rules", "set", "cold", "--set", "advised=19").exit_code != 0


def test_visits_are_entered_listed_and_ended(vicino, home):
    _, key = home
    entered = vicino("visits", "add", key, "--weekdays", "mon,thu", "--from", "8:30", "--to", "9:15", "--who", "Carla")
    assert entered.exit_code == 0, entered.output
    (line,) = [line for line in json.loads(vicino("visits", "list", "--json").stdout) if line["home"] == key]
    assert (line["who"], line["weekdays"], line["from"], line["to"]) == ("Carla", ["mon", "thu"], "08:30", "09:15")
    assert vicino("visits", "end", line["visit"], "--last", "2026-03-31").exit_code == 0
    (line,) = [line for line in json.loads(vicino("visits", "list", "--json").stdout) if line["home"] == key]
    assert line["last"] == "2026-03-31"
    assert vicino("visits", "add", key, "--weekdays", "someday", "--from", "8:30", "--to", "9:15").exit_code != 0
    assert json.loads(vicino("visits", "propose", key, "--json").stdout) == []
    assert vicino("visits", "list").exit_code == 0
