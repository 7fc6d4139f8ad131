"""How homes stand, on the board and on the page of a person: in which order, in which words, for whom."""

import re
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from analytics.change.domains import Domain
from analytics.wellbeing.state import Sight
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood
from tests.unit.analytics.wellbeing.stated import CALM, all_parts, shown, told

YESTERDAY = (NOW - timedelta(days=1)).date()
RISING = [0.3, 0.3, 0.3, 0.3, 3.0, 3.5, 4.0]


@pytest.fixture
def stated(connection: psycopg.Connection) -> Neighbourhood:
    """A neighbourhood in which people live, and a home for every way in which a day can stand."""
    place = filling.fill(connection, NOW)
    week = [YESTERDAY - timedelta(days=back) for back in reversed(range(7))]
    for who, evidence in {
        "maria": CALM,
        "giuseppe": CALM._replace(shows=[shown(Domain.NIGHT, 4.6)]),
        "lucia": CALM._replace(shows=[shown(Domain.KITCHEN, 7.0)], told=[told(0.8, "meals", Domain.KITCHEN)]),
        "carla": CALM._replace(parts=all_parts(Sight.LEARNING), shows=()),
        "pietro": CALM._replace(coverage=0.4),
    }.items():
        filling.stands(connection, place.homes[who], dict.fromkeys(week, evidence), NOW)
    rising = {day: CALM._replace(shows=[shown(Domain.NIGHT, each)]) for day, each in zip(week, RISING, strict=True)}
    filling.stands(connection, place.homes["rosa"], rising, NOW)
    filling.stands(connection, place.homes["ines"], {YESTERDAY: CALM._replace(shows=[shown(Domain.OUT, 9.0)])}, NOW)
    return place


def names(page: str) -> list[str]:
    return re.findall(r'id="person-[^>]+>([^<]+)</a>', page)


def group(page: str, key: str) -> str:
    return page.split(f'id="group-{key}"')[1].split("</section>", maxsplit=1)[0]


def test_homes_that_nothing_is_open_of_stand_as_they_ask_for_a_look(client: TestClient, stated: Neighbourhood) -> None:
    sign_in(client)
    page = client.get("/").text
    # What stood out though nothing of it was told is looked at; what was told has had its alert.
    assert names(group(page, "look")) == ["Giuseppe Bianchi"]
    assert "nessun aspetto da solo bastava per un allarme" in group(page, "look")
    usual = group(page, "usual")
    # Of Luigi's home no day was stated: not known. Of Rosa's the days are green, and worse from day to day.
    assert names(usual) == [
        "Lucia Ferrari", "Luigi Neri", "Pietro Conti", "Carla Gallo", "Rosa Marino", "Maria Rossi",
    ]  # fmt: skip
    assert "molto fuori dal solito: pasti e cucina, da 7 giorni." in usual
    assert "Niente da segnalare ora." in usual.split("Luigi Neri")[0]
    assert "Si è visto troppo poco: il 40 % della giornata, da 7 giorni." in usual
    assert "9 giorni su 14" in usual
    assert "sempre più fuori dal solito questa settimana" in usual.split("Rosa Marino")[1]
    assert "Ines Fuori" not in page


def test_alerts_stay_above_in_the_order_of_triage(
    client: TestClient, connection: psycopg.Connection, stated: Neighbourhood
) -> None:
    filling.trouble(connection, stated, NOW)
    sign_in(client)
    page = client.get("/", params={"order": "look"}).text
    assert 'hx-get="/board?order=look"' in page
    assert names(group(page, "act")) == ["Maria Rossi"]
    assert names(group(page, "look")) == ["Giuseppe Bianchi", "Lucia Ferrari"]
    assert 'id="group-usual"' not in page
    # Luigi's gateway is offline, and of his home nothing is known either: both are not seen, his for longer.
    assert names(group(page, "attention")) == ["Luigi Neri", "Pietro Conti", "Carla Gallo", "Rosa Marino"]
    part = client.get("/board", params={"order": "look"}).text
    assert names(part) == names(page)
    assert client.get("/", params={"order": "worst"}).status_code == 404


def test_the_page_of_a_person_shows_four_weeks_and_what_cannot_be_judged(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    filling.stands(connection, place.homes["lucia"], filling.four_weeks(YESTERDAY), NOW)
    sign_in(client)
    page = client.get(f"/persons/{place.homes['lucia'].person}").text
    section = page.split('aria-labelledby="stands"')[1].split("</section>")[0]
    assert "domenica 15 marzo: molto fuori dal solito" in section
    assert "Molto fuori dal solito. Notti: 5 visite al bagno, di solito da 0 a 2 (80 %)" in section
    assert section.count('<rect class="state-') == 28
    assert "Le ultime quattro settimane: molto fuori dal solito 1; fuori dal solito 1; non si sa 8;" in section
    assert "Gli ultimi 7 giorni: molto fuori dal solito 1; fuori dal solito 1; come al solito 5." in section
    assert section.count("<tr>") == 29
    assert "Non valutata come al solito: Visite." in section
    assert "Sto ancora imparando: ritmo delle giornate (9 su 14 giorni)." in section
    assert "Uscite: serve un sensore sulla porta d&#39;ingresso" in section
    assert "style=" not in section


def test_a_home_that_was_never_judged_says_so(client: TestClient, place: Neighbourhood) -> None:
    sign_in(client)
    page = client.get(f"/persons/{place.homes['lucia'].person}").text
    assert "Nessuna giornata delle ultime quattro settimane si è potuta valutare." in page
    assert "servono 14 giorni" in page


def test_a_stranger_sees_nothing_of_it(client: TestClient, stated: Neighbourhood) -> None:
    sign_in(client, STRANGER)
    page = client.get("/", params={"order": "look"}).text
    assert names(group(page, "attention")) == ["Ines Fuori"]
    assert "Lucia" not in page
