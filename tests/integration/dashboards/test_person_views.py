"""The views of a person: days, parts of life, and what a figure is based on, down to the readings."""

from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

import alerts.reads
import analytics.contexts.reads
import registry.reads
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in

YESTERDAY = (NOW - timedelta(days=1)).date()
MANY = "?days=" + "9" * 5_000  # digits that Python makes no number of


@pytest.fixture
def lively(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, NOW)


def episode(connection: psycopg.Connection[Any], made: filling.Home, kind: str, start: Any, minutes: float) -> None:
    connection.execute(
        "INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at, readings,"
        " code_version) VALUES (%s, %s, %s, %s, %s, %s, 4, '1')",
        (made.organisation_id, made.home_id, made.rooms["bathroom"], kind, start, start + timedelta(minutes=minutes)),
    )


def test_days_can_be_chosen_and_what_cannot_is_left_as_it_is(client: TestClient, lively: filling.Neighbourhood) -> None:
    sign_in(client)
    here = f"/persons/{lively.homes['maria'].person}/days"
    for asked, shown in (
        ("", 30),
        ("?days=7", 7),
        ("?days=90&plot=double", 90),
        ("?days=400&show=x&plot=y", 30),
        (MANY, 30),
    ):
        page = client.get(here + asked).text
        assert f"Gli ultimi {shown} giorni, una riga al giorno" in page
        assert page.count('<th scope="row">') == shown
        assert 'class="gap-fill"' in page
        assert 'class="fill-kitchen"' in page
        assert "style=" not in page
    only = client.get(here + "?days=7&show=bathroom").text
    assert 'd="M' in only.split('class="fill-bathroom"')[1][:40]
    assert 'class="fill-kitchen"' not in only


def test_a_part_of_life_is_shown_against_what_is_usual(client: TestClient, lively: filling.Neighbourhood) -> None:
    sign_in(client)
    here = f"/persons/{lively.homes['maria'].person}/life"
    page = client.get(f"{here}/bathroom?days=30").text
    assert "Visite in bagno di notte" in page
    assert "Tempo più lungo senza movimento" not in page
    assert page.count('class="band-fill"') == 1
    assert 'class="gap-fill"' in page
    assert "data-series" not in page
    year = client.get(f"{here}/bathroom?days=365").text
    assert "&#34;unit&#34;: &#34;1&#34;" in year
    assert "Nessun sensore di questa casa lo mostra" in client.get(f"{here}/meals").text
    assert client.get(f"{here}/secrets").status_code == 404
    assert client.get(f"{here}/meals{MANY}").status_code == 200


def test_a_figure_rests_on_the_sensors_of_its_room_alone(
    client: TestClient, connection: psycopg.Connection, lively: filling.Neighbourhood
) -> None:
    maria = lively.homes["maria"]
    filling.indicator(connection, maria, "activity_bathroom", YESTERDAY, 21.0, "min", NOW)
    sign_in(client)
    page = client.get(f"/persons/{maria.person}/basis/activity_bathroom/{YESTERDAY}").text
    assert "Movimento in bagno" in page
    assert "21 minuti" in page
    assert "Permanenze nelle stanze" in page
    assert "<td>pir-bathroom</td>" in page
    assert "pir-kitchen" not in page
    assert "style=" not in page


def test_readings_come_page_by_page_and_those_of_one_episode_alone(
    client: TestClient, connection: psycopg.Connection, lively: filling.Neighbourhood
) -> None:
    maria = lively.homes["maria"]
    series = filling.one(
        connection, "SELECT series_id FROM devices.series WHERE home_id = %s AND name = 'bathroom-occupancy'",
        maria.home_id,
    )  # fmt: skip
    midnight = filling.datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, 22, 30, tzinfo=filling.UTC)
    # The figure rests on the bedroom, too: visits count from bed.
    connection.execute("DELETE FROM ingest.reading_event")
    for minute in range(120):
        connection.execute(
            "INSERT INTO ingest.reading_event (ts, value, series_id, flags) VALUES (%s, %s, %s, %s)",
            (midnight + timedelta(minutes=minute), minute % 2, series, 1 if minute == 0 else 0),
        )
    episode(connection, maria, "bathroom_visit", midnight + timedelta(minutes=60), 4)
    sign_in(client)
    here = f"/persons/{maria.person}/basis/night_bathroom_visits/{YESTERDAY}"
    page = client.get(here).text
    assert "120 misure, pagina 1 di 3" in page
    assert "non plausibile" in page
    assert page.count("<td>pir-bathroom</td>") == 50
    assert 'id="earlier-readings"' not in page
    last = client.get(here + "?page=3").text
    assert last.count("<td>pir-bathroom</td>") == 20
    assert 'id="later-readings"' not in last
    assert "non plausibile" not in last
    visit = client.get(here + "?episode=1").text
    assert visit.count("<td>pir-bathroom</td>") == 7 - 1  # four minutes, with one before and one after
    assert 'id="all-readings"' in visit
    assert client.get(here + "?page=x&episode=99").status_code == 200


def test_nobody_sees_the_views_of_a_person_of_others(client: TestClient, lively: filling.Neighbourhood) -> None:
    sign_in(client)
    for view in ("days", "life/sleep", f"basis/night_bathroom_visits/{YESTERDAY}"):
        assert client.get(f"/persons/{lively.homes['ines'].person}/{view}").status_code == 404
    maria = lively.homes["maria"].person
    for nothing in (
        "basis/secrets/2026-03-15",
        "basis/meals/2026-03-15",
        "basis/meals/yesterday",
        "basis/meals/0001-01-01",
    ):
        assert client.get(f"/persons/{maria}/{nothing}").status_code == 404


def test_the_page_of_a_person_reads_nothing_twice(
    client: TestClient, lively: filling.Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    read: list[str] = []

    def counted(name: str, how: Any, *given: Any) -> Any:
        read.append(name)
        return how(*given)

    reads = ((alerts.reads, "open_alerts"), (analytics.contexts.reads, "contexts"), (registry.reads, "seen_persons"))
    for module, name in reads:
        monkeypatch.setattr(module, name, partial(counted, name, getattr(module, name)))
    assert client.get(f"/persons/{lively.homes['maria'].person}").status_code == 200
    assert sorted(read) == ["contexts", "open_alerts", "seen_persons"]
