"""`vicino contexts add`, `confirm` and `refuse`: as an account that may, with its name in the history."""

import json
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner

from cli.__main__ import app
from core.database import Database, Role
from tests.integration.analytics.conftest import NOW


@pytest.fixture
def vicino(database_url, clock, monkeypatch):
    class Here:
        def __init__(self, _):
            pass

        def database(self):
            return Database(database_url, Role.SERVICE, name="test")

        def database_of_people(self):
            return Database(database_url, Role.PEOPLE, name="test")

    monkeypatch.setattr("cli.contexts.Installation", Here)
    monkeypatch.setattr("cli.contexts.SystemClock", lambda: clock)
    runner = CliRunner()

    def run(*arguments):
        result = runner.invoke(app, ["contexts", *(str(each) for each in arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def home(installation):
    made = installation.home(installation.organisation())
    key = installation.one("SELECT key FROM registry.home WHERE home_id = %s", made.home_id)
    return made, key


def login(installation, organisation_id) -> str:
    account = installation.viewer(organisation_id)
    return installation.rows("SELECT login FROM registry.account WHERE account_id = %s", account)[0]["login"]


def listed(vicino, key) -> list[dict]:
    return json.loads(vicino("list", "--home", key, "--json").stdout)["contexts"]


def test_something_is_entered_once_on_the_clock_of_the_home(installation, vicino, home) -> None:
    made, key = home
    anna = login(installation, made.organisation_id)
    given = ("add", key, "hospital", "--as", anna, "--from", "2026-02-20", "--to", "2026-03-05T18:30", "--note", "Hip")
    for _ in range(2):
        assert vicino(*given).exit_code == 0
    (one,) = listed(vicino, key)
    assert (one["kind"], one["standing"], one["note"]) == ("hospital", "entered", "Hip")
    assert one["started_at"].startswith("2026-02-19 23:00")
    assert one["ended_at"].startswith("2026-03-05 17:30")
    assert vicino("list").exit_code == 0
    assert vicino("add", key, "visit", "--as", anna).exit_code == 0
    assert [each["started_at"][:16] for each in listed(vicino, key)][1] == f"{NOW:%Y-%m-%d %H:%M}"
    said = installation.rows("SELECT account_name, action FROM analytics.context_history ORDER BY at")
    assert {(row["account_name"], row["action"]) for row in said} == {(anna, "entered")}


def test_a_proposal_is_confirmed_as_something_else_and_refused(installation, vicino, home) -> None:
    made, key = home
    anna = login(installation, made.organisation_id)
    proposed = installation.one(
        "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, standing, detector, confidence,"
        " evidence, why_it, why_en, made_at, updated_at) VALUES (%s, %s, 'away', %s, 'proposed', 'absence', 0.9, %s,"
        " '', 'Nobody moves.', %s, %s) RETURNING public_id",
        made.organisation_id, made.home_id, NOW - timedelta(days=2), Jsonb({}), NOW, NOW,
    )  # fmt: skip
    assert vicino("confirm", proposed, "--as", anna, "--kind", "holiday").exit_code == 0
    assert [(each["kind"], each["standing"]) for each in listed(vicino, key)] == [("holiday", "confirmed")]
    assert vicino("refuse", proposed, "--as", anna).exit_code == 0
    assert [(each["kind"], each["standing"]) for each in listed(vicino, key)] == [("holiday", "refused")]
    assert installation.rows("SELECT home_id FROM analytics.context_due") == [{"home_id": made.home_id}]


def test_who_may_not_changes_nothing(installation, vicino, home) -> None:
    made, key = home
    anna, stranger = login(installation, made.organisation_id), login(installation, installation.organisation())
    for wrong in (
        ("add", key, "visit", "--as", stranger),
        ("add", key, "visit", "--as", "nobody"),
        ("add", "nowhere", "visit", "--as", anna),
        ("add", key, "visit", "--as", anna, "--from", "2026-02-20", "--to", "2026-02-19"),
        ("add", key, "war", "--as", anna),
        ("add", key, "visit"),
        ("confirm", "7b0c9d5e-0000-4000-8000-000000000000", "--as", anna),
        ("refuse", "7b0c9d5e-0000-4000-8000-000000000000", "--as", anna),
    ):
        assert vicino(*wrong).exit_code != 0, wrong
    assert listed(vicino, key) == []
