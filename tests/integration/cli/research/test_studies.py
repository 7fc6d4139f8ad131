"""Studies by the command, and in exports."""

import json
from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg.rows import dict_row
from typer.testing import CliRunner

from cli.__main__ import app
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)


@pytest.fixture
def vicino(database_url, tmp_path, monkeypatch):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        filling.fill(connection, NOW, life=False)
    monkeypatch.setenv("VICINO_DATABASE_URL", database_url)

    def run(*arguments):
        done = CliRunner().invoke(app, ["research", *arguments, "--data", str(tmp_path / "nowhere")])
        return done.exit_code, done.stdout, " ".join(done.stderr.split())

    return run


def test_a_study_its_arms_and_who_takes_part(vicino):
    made = ("study", "valle", "--name", "Valle", "--organisation", "unione", "--arm", "monitored", "--arm", "control")
    assert vicino(*made)[0] == 0
    assert vicino(*made)[0] == 0
    assert vicino("enrol", "valle", "maria", "--arm", "monitored", "--on", "2026-03-01")[0] == 0
    assert vicino("enrol", "valle", "giuseppe", "--arm", "control", "--on", "2026-03-01")[0] == 0
    assert vicino("enrol", "valle", "lucia", "--arm", "monitored", "--on", "2026-03-01")[0] == 0
    assert vicino("leave", "valle", "lucia", "--on", "2026-03-09")[0] == 0
    told = json.loads(vicino("studies", "--json")[1])
    assert [(each["arm"], each["is_control"], each["enrolled"], each["has_left"]) for each in told] == [
        ("monitored", False, 2, 1),
        ("control", True, 1, 0),
    ]
    assert "monitored" in vicino("studies")[1]


def test_what_is_not_there_is_said(vicino):
    def study(*more):
        return vicino("study", "valle", "--name", "Valle", "--organisation", *more)

    assert "no organisation 'nowhere'" in study("nowhere", "--arm", "monitored")[2]
    assert "'control' is no arm of it" in study("unione", "--arm", "one", "--arm", "two")[2]
    assert "lower-case letters" in study("unione", "--arm", "Not One")[2]
    assert "no study 'valle'" in vicino("enrol", "valle", "maria", "--arm", "monitored")[2]
    study("unione", "--arm", "monitored")
    assert "has no arm 'other'" in vicino("enrol", "valle", "maria", "--arm", "other")[2]
    assert "no person 'nobody'" in vicino("enrol", "valle", "nobody", "--arm", "monitored")[2]
    vicino("enrol", "valle", "maria", "--arm", "monitored", "--on", "2026-03-01")
    assert "does not take part" in vicino("leave", "valle", "maria", "--on", "2026-02-01")[2]


def test_arms_are_in_an_export_of_who_agrees(vicino, database_url, tmp_path):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
            " SELECT organisation_id, person_id, 'research', 'consent', '2026-01-01' FROM registry.person"
            " WHERE key = 'maria'"
        )
    vicino("study", "valle", "--name", "Valle", "--organisation", "unione", "--arm", "monitored", "--arm", "control")
    vicino("enrol", "valle", "maria", "--arm", "monitored", "--on", "2026-03-01")
    vicino("enrol", "valle", "giuseppe", "--arm", "control", "--on", "2026-03-01")
    to = tmp_path / "export"
    days = ("--from", date(2026, 3, 1).isoformat(), "--until", date(2026, 3, 10).isoformat())
    code, _, err = vicino("export", "--to", str(to), *days, "--format", "csv")
    assert code == 0, err
    head, *rows = (to / "csv" / "enrolments.csv").read_text().splitlines()
    assert head == "subject,resident,study,arm,control,enrolled_on,left_on"
    assert [row.split(",", 2)[2] for row in rows] == ["valle,monitored,false,2026-03-01,"]
