"""The report on a pilot: what it tells, that it can be had again to the byte, and that it tells nothing of a few."""

import json
from datetime import timedelta

import pytest

from core.database import Database, Role
from core.viewer import Viewer
from dashboards.app import create_app
from dashboards.research.numbers import Asked, canonical, digest, document, load
from dashboards.research.reads import figures
from dashboards.settings import DashboardSettings
from tests.integration.dashboards.conftest import TestClientWithoutLifespan, sign_in
from tests.integration.dashboards.grafana import filled
from tests.integration.dashboards.research.test_page import FIRST, LAST, LOGIN, NOW, connection, join, withdraw

__all__ = ["connection"]
ASKED = Asked(first=FIRST, last=LAST)
PASSWORD = "una passeggiata lunga"


@pytest.fixture
def numbers(connection, database_url):
    def ask(at=NOW):
        with Database(database_url, Role.PEOPLE, name="test") as database, database.seen_by(Viewer(2)) as view:
            return document(figures(view, FIRST, LAST, at), ASKED)

    return ask


@pytest.fixture
def client(connection, database_url, clock):
    clock.advance((NOW - clock.now()).total_seconds())
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings, hand_over=print)) as client,
    ):
        yield client


def test_it_tells_of_all_that_agree(numbers):
    found = numbers()
    assert sum(each["homes"] for each in found["cohort"]) == filled.HOMES
    loads = [each for each in found["load"] if each["family"] == "safety"]
    assert len(loads) >= 10
    assert all(each["homes"] == filled.HOMES for each in loads)
    # A whole week: one alert a day and home.
    assert loads[3]["per_home_week"] == pytest.approx(7, rel=0.05)
    safety = found["responses"][0]
    assert (safety["family"], safety["told_s"], safety["taken_s"], safety["closed_s"]) == ("safety", 2, 180, 3600)
    assert all(each["homes"] >= 5 and each["alerts"] >= each["needed"] + each["mistaken"] for each in found["kinds"])
    assert any(each["precision"] is not None for each in found["kinds"])
    assert found["detectors"]
    for each in found["detectors"]:
        assert each["homes"] >= 5
        assert each["rate_low"] <= each["per_1000_days"] <= each["rate_high"]
    for each in (*found["kinds"], *found["detectors"]):
        if each["precision"] is not None:
            assert 0 <= each["precision_low"] <= each["precision"] <= each["precision_high"] <= 1


def test_the_same_days_of_the_same_data_give_the_same_bytes_and_other_data_others(numbers, connection):
    before = canonical(numbers())
    assert canonical(numbers(NOW + timedelta(days=3))) == before
    asked, sum_before = load(before)
    assert (asked, sum_before) == (ASKED, digest(numbers()))
    assert load(b'{"first": "2026-01-01", "last": "2026-03-15"}') == (ASKED, "")
    connection.execute("UPDATE alerts.alert SET outcome = 'false' WHERE outcome = 'true'")
    assert digest(numbers()) != sum_before


def test_of_a_few_nothing_is_told(numbers, connection):
    withdraw(connection, *range(5, 42))
    found = numbers()
    assert found["cohort"] == [{"sex": None, "age_from": None, "homes": None, "persons": None}]
    for empty in ("coverage", "load", "responses", "kinds", "detectors", "events"):
        assert found[empty] == [], empty


def test_a_kind_that_few_homes_had_is_left_out(numbers, connection):
    connection.execute(
        "UPDATE alerts.alert SET kind = 'fall' WHERE home_id IN (SELECT home_id FROM registry.home ORDER BY 1 LIMIT 4)"
        " AND family = 'safety'"
    )
    assert "fall" not in {each["kind"] for each in numbers()["kinds"]}
    connection.execute(
        "UPDATE alerts.alert SET kind = 'fall' WHERE home_id IN (SELECT home_id FROM registry.home ORDER BY 1 LIMIT 5)"
        " AND family = 'safety'"
    )
    assert "fall" in {each["kind"] for each in numbers()["kinds"]}


def test_what_goes_on_and_was_not_taken_is_later_than_any(numbers, connection):
    connection.execute("DELETE FROM alerts.history WHERE action = 'taken'")
    connection.execute(
        "UPDATE alerts.alert SET state = 'new', outcome = NULL, resolved_at = NULL, taken_by = NULL, taken_at = NULL,"
        " kind = kind || alert_id"
    )
    for each in numbers()["responses"]:
        assert (each["taken_s"], each["taken_late_s"], each["closed_s"]) == (None, None, None)


@pytest.mark.parametrize(
    ("language", "heading"), [("it", "Rapporto sulla sperimentazione"), ("en", "Report on the pilot")]
)
def test_the_page_says_it_with_a_table_under_every_picture_and_names_nobody(client, connection, language, heading):
    connection.execute("UPDATE registry.account SET language = %s WHERE login = %s", (language, LOGIN))
    sign_in(client, LOGIN, PASSWORD)
    days = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
    page = client.get("/research/report", params=days)
    assert (page.status_code, page.headers["content-language"]) == (200, language)
    assert f"<h1>{heading}</h1>" in page.text
    sections = page.text.split("<section")[1:]
    assert len(sections) == 9
    for section in sections[:-1]:
        assert ("<svg" in section) is ("<table" in section)
    assert page.text.count("<svg") > 10
    assert not [name for name in (filled.PERSON, filled.CONTACT, filled.ADDRESS, filled.PHONE) if name in page.text]
    again = client.get("/research/report.json", params=days)
    assert again.headers["content-disposition"].startswith("attachment")
    assert digest(json.loads(again.content)) in page.text
    assert canonical(json.loads(again.content)) == again.content


def test_nobody_else_gets_it(client, connection):
    join(connection, "union", "coordinator")
    sign_in(client, LOGIN, PASSWORD)
    for path in ("/research/report", "/research/report.json"):
        assert client.get(path).status_code == 404
