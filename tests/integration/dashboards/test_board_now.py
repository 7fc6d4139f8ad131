"""What of the board is there at once: made once for the open boards of an account, and never for anybody else's."""

import re
from datetime import timedelta

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def place(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, NOW)


def now(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/board/now{query}", headers=FRAGMENT)
    assert answer.status_code == 200
    return answer.text


def test_what_asks_for_somebody_and_what_has_just_come_in_is_there_and_nothing_else(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    sign_in(client)
    assert "Maria Rossi" not in now(client)
    filling.alert(connection, place.homes["maria"], NOW - timedelta(minutes=5))
    technical = {"family": "technical", "severity": 0.6, "kind": "gateway_silent"}
    filling.alert(connection, place.homes["lucia"], NOW - timedelta(hours=3), **technical)
    filling.alert(connection, place.homes["rosa"], NOW - timedelta(seconds=30), **technical)
    text = now(client, "?looks=1&unseen=4")
    act, news = text.split('id="group-news"')
    assert "Maria Rossi" in act
    assert "Rosa Marino" in news
    assert "Lucia Ferrari" not in text
    assert "Pietro Conti" not in text
    # The headline goes with it, and says the rest as the board has counted it.
    assert 'id="headline"' in text
    assert re.search(r'data-waiting="1" data-announce="1 casa [^"]*4 case', text)


def test_boards_of_one_account_share_it_without_a_proof_and_those_of_others_get_their_own(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    filling.alert(connection, place.homes["maria"], NOW)
    filling.alert(connection, place.homes["ines"], NOW)
    sign_in(client)
    own = now(client)
    assert "Maria Rossi" in own
    assert 'name="csrf" value=""' in own
    client.cookies.clear()
    sign_in(client)
    assert now(client) == own
    client.cookies.clear()
    sign_in(client, filling.STRANGER)
    foreign = now(client)
    assert "Ines Fuori" in foreign
    assert "Maria Rossi" not in foreign
    client.cookies.clear()
    assert client.get("/board/now", headers=FRAGMENT, follow_redirects=False).status_code == 204
