"""The examples loaded by the commands into a real database, and tried out."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from typer.testing import CliRunner

import registry.repository
from cli import policies, shifts
from cli.installation import Installation
from core.database import Database, Role
from registry import file

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"


@pytest.fixture
def database(database_url):
    with Database(database_url, Role.SERVICE, name="test") as database:
        with database.transaction() as connection:
            registry.repository.apply(connection, file.load(EXAMPLES / "registry.yaml"))
        yield database


@pytest.fixture
def run(database, monkeypatch):
    @contextmanager
    def there(_self):
        yield database

    monkeypatch.setattr(Installation, "database", there)

    def one(app, *words, code=0):
        with time_machine.travel("2026-12-04T09:00:00Z", tick=False):
            result = CliRunner().invoke(app, words)
        assert result.exit_code == code, result.output
        return result.stdout

    return one


@pytest.fixture
def loaded(run):
    run(shifts.app, "load", str(EXAMPLES / "shifts.yaml"))
    run(policies.app, "load", str(EXAMPLES / "policies.yaml"))


def tried(run, *words):
    return json.loads(run(policies.app, "try", "--home", "casa-01", "--json", *words))


def test_loading_says_what_holds_and_the_same_again_nothing(run, database):
    said = run(shifts.app, "load", str(EXAMPLES / "shifts.yaml"))
    assert "unione-valle centrale: version 1 holds from now on." in said
    said = run(policies.app, "load", str(EXAMPLES / "policies.yaml"))
    assert "unione-valle safety water_leak: version 1 holds from now on." in said
    assert run(policies.app, "load", str(EXAMPLES / "policies.yaml")) == "Nothing was changed.\n"


def test_a_call_at_night_goes_from_the_shift_to_the_last_resort(run, loaded):
    found = tried(run, "--family", "safety", "--at", "2026-12-05T03:10", "--most", "8")
    assert [(each["after_s"], each["people"]) for each in found] == [
        (0, ["Omar Riva"]), (90, ["Omar Riva"]), (180, ["Omar Riva"]),
        # Of the operators he alone is on duty; the family is told besides.
        (270, ["Omar Riva", "Lucia Bianchi", "Piero Sarti"]),
        (450, ["Vera Galli"]),
        (750, ["Carla Conti"]), (1350, ["Carla Conti"]), (1950, ["Carla Conti"]),
    ]  # fmt: skip
    assert [each["unanswered"] for each in found].index(True) == 5
    # The neighbour has a telephone alone.
    assert found[3]["channels"] == ["email", "email", "voice"]


def test_who_cannot_be_reached_by_what_is_permitted_is_passed_over(run, loaded, tmp_path):
    text = (EXAMPLES / "policies.yaml").read_text()
    only = text.replace(
        "tell: [{role: operator}, {contacts: family}]", "tell: [{contacts: family}]\n        channels: [sms]"
    )
    assert only != text
    file = tmp_path / "policies.yaml"
    file.write_text(only)
    run(policies.app, "load", str(file))
    # Nobody of the family has a mobile telephone: the volunteers are told at once.
    found = tried(run, "--family", "safety", "--at", "2026-12-05T03:10", "--most", "5")
    assert (found[3]["after_s"], found[3]["passed_over"], found[3]["people"]) == (270, [1], ["Vera Galli"])


def test_quiet_hours_hold_up_what_can_wait_but_not_what_is_severe(run, loaded):
    (first, *_) = tried(run, "--family", "wellbeing", "--at", "2026-12-05T03:10")
    assert first["at"].startswith("2026-12-05T06:00")
    (first, *_) = tried(run, "--family", "wellbeing", "--at", "2026-12-05T03:10", "--severity", "0.8")
    assert first["after_s"] == 0
    (first, *_) = tried(run, "--family", "technical", "--at", "2026-12-05T09:10")
    assert first["at"].startswith("2026-12-06T07:00")


def test_hours_nobody_covers_are_told_before_they_come(run, loaded):
    said = run(shifts.app, "gaps", "--days", "40", code=1)
    assert said.splitlines() == [
        "centrale: nobody on duty Mon 04 Jan 14:00-Mon 04 Jan 20:00.",
        "centrale: nobody on duty Tue 05 Jan 14:00-Tue 05 Jan 20:00.",
    ]
    assert "Somebody is on duty" in run(shifts.app, "gaps", "--days", "14")
    found = json.loads(run(shifts.app, "show", "--days", "21", "--json"))
    # She goes on from her own shift into the one she took over.
    swapped = next(each for each in found if each["from"] == "2026-12-24T14:00+01:00")
    assert (swapped["to"], swapped["people"]) == ("2026-12-25T08:00+01:00", ["beth"])


def test_in_a_gap_the_next_step_comes_at_once(run, loaded):
    (first, *_) = tried(run, "--family", "safety", "--at", "2027-01-04T15:00")
    assert (first["after_s"], first["people"], first["passed_over"]) == (0, ["Lucia Bianchi", "Piero Sarti"], [0])


def test_what_holds_is_shown_for_a_home_in_both_languages(run, loaded):
    found = json.loads(run(policies.app, "show", "--home", "casa-01", "--json"))
    assert [(each["family"], each["kind"], each["organisation"]) for each in found] == [
        ("safety", "", "unione-valle"), ("safety", "water_leak", "unione-valle"), ("wellbeing", "", "unione-valle"),
        ("technical", "", "unione-valle"),
    ]  # fmt: skip
    assert found[0]["sentences"]["it"][0] == "Subito si avvisano: chi è in turno (centrale), 3 volte, ogni 90 secondi."
    assert "standard" in run(policies.app, "show")


def test_nothing_is_written_by_trying(run, loaded, database):
    tried(run, "--family", "safety", "--at", "2026-12-05T03:10")
    with database.transaction() as connection:
        (row,) = connection.execute("SELECT count(*) AS rows FROM alerts.notification").fetchall()
    assert row["rows"] == 0


def test_a_home_or_a_kind_that_there_is_not(run):
    run(policies.app, "try", "--home", "x", "--family", "safety", "--at", "2026-12-05T03:10", code=1)
    run(policies.app, "show", "--home", "x", code=1)
    run(
        policies.app,
        "try",
        "--home",
        "casa-01",
        "--family",
        "safety",
        "--kind",
        "x",
        "--at",
        "2026-12-05T03:10",
        code=1,
    )
